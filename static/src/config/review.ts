// The state of one review: the server's plan for what is staged, kept up with what is saved elsewhere meanwhile.
import { signal, type Signal } from '@preact/signals';
import { madeBy, propose, shown } from '../changes/act';
import { changesOf, type Drafts } from '../data/drafts';
import { once } from '../data/once';
import { asProblem, type Problem } from '../data/problem';
import { stagingOf } from '../data/staging';
import { configurations, environments } from '../data/stores';
import type { ChangeDocument, Configuration, DiffItem, Plan } from '../data/types';
import { follow, plan as askPlan, save, savedBy } from './save';

/** How a review can end: written at once, submitted for somebody else's approval, or kept for later. */
export type Ending = 'save' | 'submit' | 'keep';

/** Refused for what the plan would have said, had it been made now. */
const otherwise = new Set([403, 409, 412, 422]);

export interface Review {
	readonly plan: Signal<Plan | null>;
	/** Why there is no plan. */
	readonly problem: Signal<Problem | null>;
	/** Why nothing was written. */
	readonly refusal: Signal<Problem | null>;
	readonly busy: Signal<Ending | null>;
	ask(): Promise<void>;
	/**
	 * The change set that was made, if one was; null when it was not written. A stale version is not an error here:
	 * the review moves on and shows what moved.
	 */
	end(how: Ending, reason: string): Promise<{ change: ChangeDocument | null } | null>;
}

export function openReview(env: string): Review {
	const plan = signal<Plan | null>(null);
	const problem = signal<Problem | null>(null);
	const refusal = signal<Problem | null>(null);
	const busy = signal<Ending | null>(null);
	const staging = stagingOf(env);
	const saving = once(savedBy);
	const proposing = once(madeBy);
	let asked = 0;
	let planned: Drafts | null = null;

	async function ask(): Promise<void> {
		const mine = ++asked;
		const drafts = staging.drafts.peek();
		if (drafts !== planned) plan.value = null; // of something else than what would be written
		try {
			const answer = await askPlan(env, drafts);
			if (mine === asked) {
				planned = drafts;
				plan.value = answer;
				problem.value = null;
			}
		} catch (thrown) {
			if (mine === asked) problem.value = asProblem(thrown);
		}
	}

	async function write(how: Ending, base: number, reason: string): Promise<ChangeDocument | null> {
		const drafts = staging.drafts.peek();
		if (how === 'save') {
			await follow(env, await saving((as) => save(env, drafts, base, reason, as)));
			return null;
		}
		const change = await proposing((as) => propose(env, changesOf(drafts), base, reason, how === 'submit', as));
		await shown(change);
		staging.unstage(...Object.keys(change.changes));
		return change;
	}

	async function end(how: Ending, reason: string): Promise<{ change: ChangeDocument | null } | null> {
		const on = plan.peek();
		if (!on || staging.drafts.peek() !== planned || busy.peek() !== null) return null;
		busy.value = how;
		refusal.value = null;
		try {
			return { change: await write(how, on.base_version, reason) };
		} catch (thrown) {
			const refused = asProblem(thrown);
			await Promise.all([configurations.of(env).refresh(), environments.refresh()]);
			if (otherwise.has(refused.status)) await ask();
			if (refused.code !== 'stale') refusal.value = refused;
			return null;
		} finally {
			busy.value = null;
		}
	}

	return { plan, problem, refusal, busy, ask, end };
}

/** What others saved between two looks at an environment. */
export function moved(before: Configuration, after: Configuration): DiffItem[] {
	const names = new Set([...Object.keys(before.values), ...Object.keys(after.values)]);
	return [...names].sort().flatMap((name) => {
		const old = before.values[name] ?? null;
		const fresh = after.values[name] ?? null;
		return old === fresh ? [] : [{ name, old, new: fresh }];
	});
}
