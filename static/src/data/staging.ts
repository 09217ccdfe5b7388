// What is staged for an environment: a draft per parameter, beside the live value it was made from, never
// instead of it. Kept for this tab and operator, so that a reload loses nothing. What the live values make of
// it is computed, not stored.
import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { readDrafts, type Drafts } from './drafts';
import { session } from './session';
import type { Changes, Configuration } from './types';

export interface Staging {
	readonly drafts: ReadonlySignal<Drafts>;
	readonly names: ReadonlySignal<string[]>;
	stage(name: string, value: string | null, live: Configuration): void;
	/** Many at once, each as `stage` does it. */
	stageAll(changes: Changes, live: Configuration): void;
	unstage(...names: string[]): void;
	/** Keeps my draft although the live value moved: it is made against the new one now. */
	rebase(name: string, live: Configuration): void;
}

function kept(key: string): Signal<Drafts> {
	const drafts = signal(readDrafts(sessionStorage.getItem(key)));
	drafts.subscribe((now) => {
		if (Object.keys(now).length > 0) sessionStorage.setItem(key, JSON.stringify(now));
		else sessionStorage.removeItem(key);
	});
	return drafts;
}

function open(key: string): Staging {
	const drafts = kept(key);
	return {
		drafts,
		names: computed(() => Object.keys(drafts.value).sort()),
		stage(name, value, live) {
			this.stageAll({ [name]: value }, live);
		},
		stageAll(changes, live) {
			const made = Object.entries(changes).map(
				([name, value]) => [name, { value, from: live.values[name] ?? null }] as const,
			);
			drafts.value = { ...drafts.peek(), ...Object.fromEntries(made) };
		},
		unstage(...names) {
			const rest = Object.entries(drafts.peek()).filter(([name]) => !names.includes(name));
			drafts.value = Object.fromEntries(rest);
		},
		rebase(name, live) {
			const draft = drafts.peek()[name];
			if (draft) this.stage(name, draft.value, live);
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
