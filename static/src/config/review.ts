// The state of one review: the server's plan for what is staged, kept up with what is saved elsewhere meanwhile.
import { signal, type Signal } from '@preact/signals';
import { asProblem, type Problem } from '../data/problem';
import { configurations, environments } from '../data/stores';
import { stagingOf } from '../data/staging';
import type { Configuration, DiffItem, Plan } from '../data/types';
import { plan as askPlan, save } from './save';

export interface Review {
	readonly plan: Signal<Plan | null>;
	readonly problem: Signal<Problem | null>;
	readonly saving: Signal<boolean>;
	ask(): Promise<void>;
	/** True when it was saved. A stale version is not an error here: the review moves on and shows what moved. */
	save(reason: string): Promise<boolean>;
}

export function openReview(env: string): Review {
	const plan = signal<Plan | null>(null);
	const problem = signal<Problem | null>(null);
	const saving = signal(false);
	const staging = stagingOf(env);
	let asked = 0;

	async function ask(): Promise<void> {
		const mine = ++asked;
		try {
			const answer = await askPlan(env, staging.drafts.peek());
			if (mine === asked) {
				plan.value = answer;
				problem.value = null;
			}
		} catch (thrown) {
			if (mine === asked) problem.value = asProblem(thrown);
		}
	}

	async function attempt(reason: string): Promise<boolean> {
		const planned = plan.peek();
		if (!planned || saving.peek()) return false;
		saving.value = true;
		try {
			await save(env, staging.drafts.peek(), planned.base_version, reason);
			return true;
		} catch (thrown) {
			const refusal = asProblem(thrown);
			await Promise.all([configurations.of(env).refresh(), environments.refresh()]);
			if (refusal.code !== 'stale') problem.value = refusal;
			else await ask();
			return false;
		} finally {
			saving.value = false;
		}
	}

	return { plan, problem, saving, ask, save: attempt };
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
