import type { Choice } from './FilterSelect';

/** Choices that are called what they are. */
export const named = (names: readonly string[] | undefined): Choice[] =>
	(names ?? []).map((name) => ({ value: name, label: name }));
