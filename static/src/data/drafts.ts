// Drafts over live values: what they change, and where they are in each other's way.
import type { Changes, Configuration } from './types';

/** value null: back to the catalog's default. from: the live value the draft was made against. */
export interface Draft {
	value: string | null;
	from: string | null;
}
export type Drafts = Readonly<Record<string, Draft>>;

const isValue = (value: unknown): boolean => value === null || typeof value === 'string';

const isDraft = (kept: unknown): kept is Draft => {
	const { value, from } = (kept ?? {}) as Partial<Record<keyof Draft, unknown>>;
	return isValue(value) && isValue(from);
};

/** What a browser kept of drafts. Whatever else lies there is none, so that the page is drawn all the same. */
export function readDrafts(text: string | null): Drafts {
	try {
		const kept = Object.entries((JSON.parse(text ?? '{}') ?? {}) as Record<string, unknown>);
		return Object.fromEntries(kept.filter((entry): entry is [string, Draft] => isDraft(entry[1])));
	} catch {
		return {};
	}
}

export const changesOf = (drafts: Drafts): Changes =>
	Object.fromEntries(Object.entries(drafts).map(([name, { value }]) => [name, value]));

/** Somebody saved another value under a draft since it was made: one of the two must be chosen. */
export interface Conflict {
	name: string;
	from: string | null;
	theirs: string | null;
	mine: string | null;
}

export function conflicts(drafts: Drafts, live: Configuration): Conflict[] {
	return Object.entries(drafts).flatMap(([name, { value, from }]) => {
		const theirs = live.values[name] ?? null;
		return theirs === from || theirs === value ? [] : [{ name, from, theirs, mine: value }];
	});
}
