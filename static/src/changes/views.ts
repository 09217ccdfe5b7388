import { holdsAnywhere } from '../data/session';

/** The views of the inbox, by their name in the address. */
export const views = {
	decide: 'Needs my decision',
	mine: 'Mine',
	all: 'All',
} as const;
export type ViewName = keyof typeof views;

export const isView = (name: string | null): name is ViewName => name !== null && Object.hasOwn(views, name);

/** Whoever decides sees what waits for them first; whoever proposes, their own. */
export function defaultView(): ViewName {
	if (holdsAnywhere('approver')) return 'decide';
	return holdsAnywhere('editor') ? 'mine' : 'all';
}
