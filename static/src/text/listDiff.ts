import { items } from './words';

export interface ListDiff {
	removed: string[];
	added: string[];
	kept: string[];
}

/** What went and what came between two lists' canonical texts; null where one is no list, or only the order changed. */
export function listDiff(old: string | null, fresh: string | null): ListDiff | null {
	const before = old === null ? null : items(old);
	const after = fresh === null ? null : items(fresh);
	if (!before || !after) return null;
	const removed = before.filter((item) => !after.includes(item));
	const added = after.filter((item) => !before.includes(item));
	if (removed.length + added.length === 0) return null;
	return { removed, added, kept: after.filter((item) => before.includes(item)) };
}
