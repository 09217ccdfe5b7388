import type { DiffItem, HistoryEntry, Plan } from '../data/types';

export interface Later {
	name: string;
	/** What the entry had set, what is in force now, and what a revert goes back to. */
	set: string | null;
	now: string | null;
	back: string | null;
}

const bySetting = (diff: readonly DiffItem[]) => new Map(diff.map(({ name, new: set }) => [name, set]));

/** Parameters of an entry that were changed again after it, by the plan of its revert. */
export function changedSince({ diff }: Pick<HistoryEntry, 'diff'>, plan: Pick<Plan, 'diff'>): Later[] {
	const had = bySetting(diff);
	return plan.diff.flatMap(({ name, old: now, new: back }) => {
		const set = had.get(name);
		return set === undefined || set === now ? [] : [{ name, set, now, back }];
	});
}
