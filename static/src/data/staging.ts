// What is staged for an environment: a draft per parameter, beside the live value it was made from, never instead of it.
// Kept for this tab and operator, so that a reload loses nothing. What the live values make of it is computed, not stored.
import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { session } from './session';
import type { Drafts } from './drafts';
import type { Configuration } from './types';

export interface Staging {
	readonly drafts: ReadonlySignal<Drafts>;
	readonly names: ReadonlySignal<string[]>;
	/** The version the first draft was made on, and what was saved elsewhere since. */
	readonly base: ReadonlySignal<number | null>;
	stage(name: string, value: string | null, live: Configuration): void;
	unstage(...names: string[]): void;
	/** Keeps my draft although the live value moved: it is made against the new one now. */
	rebase(name: string, live: Configuration): void;
	/** All drafts are seen against this version from here on. */
	settle(version: number): void;
}

interface Kept {
	base: number | null;
	drafts: Drafts;
}
const empty: Kept = { base: null, drafts: {} };

function keep(key: string): Signal<Kept> {
	let first = empty;
	try {
		first = { ...empty, ...(JSON.parse(sessionStorage.getItem(key) ?? '{}') as Partial<Kept>) };
	} catch {
		sessionStorage.removeItem(key);
	}
	const kept = signal(first);
	kept.subscribe((now) => {
		if (Object.keys(now.drafts).length > 0) sessionStorage.setItem(key, JSON.stringify(now));
		else sessionStorage.removeItem(key);
	});
	return kept;
}

function open(key: string): Staging {
	const kept = keep(key);
	const put = (drafts: Drafts, base = kept.value.base) => {
		kept.value = Object.keys(drafts).length > 0 ? { base, drafts } : empty;
	};
	return {
		drafts: computed(() => kept.value.drafts),
		names: computed(() => Object.keys(kept.value.drafts).sort()),
		base: computed(() => kept.value.base),
		stage(name, value, live) {
			const from = live.values[name] ?? null;
			put({ ...kept.value.drafts, [name]: { value, from } }, kept.value.base ?? live.version);
		},
		unstage(...names) {
			put(
				Object.fromEntries(
					Object.entries(kept.value.drafts).filter(([name]) => !names.includes(name)),
				),
			);
		},
		rebase(name, live) {
			const draft = kept.value.drafts[name];
			if (draft) put({ ...kept.value.drafts, [name]: { ...draft, from: live.values[name] ?? null } });
		},
		settle(version) {
			put(kept.value.drafts, version);
		},
	};
}

const opened = new Map<string, Staging>();

export function stagingOf(environment: string): Staging {
	const key = `cvn-staged:${session.peek()?.login ?? ''}:${environment}`;
	let found = opened.get(key);
	if (!found) opened.set(key, (found = open(key)));
	return found;
}

export const anythingStaged = (): boolean =>
	[...opened.values()].some(({ names }) => names.peek().length > 0);
