// Two who write the same thing from the same beginning.

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The members in which the two differ. */
export const differing = <T extends object>(a: T, b: T): (keyof T & string)[] =>
	(Object.keys(a) as (keyof T & string)[]).filter((member) => !same(a[member], b[member]));

/** What I touched since the beginning as I have it, and the rest as they have it. */
export const merged = <T extends object>(base: T, theirs: T, mine: T): T => ({
	...theirs,
	...Object.fromEntries(differing(base, mine).map((member) => [member, mine[member]])),
});
