// How an open change set stands now: what the server's plan for it says, against what it said when it was made.
import { api, unwrap } from '../data/api';
import { resource, type Resource } from '../data/resource';
import type { Change, ChangeState, Plan } from '../data/types';

export const isOpen = (state: ChangeState): boolean => state === 'draft' || state === 'pending_approval';

/** The server's plan for what a change set changes, on top of what is in force at the time of asking. */
export const planOf = ({ environment, changes }: Pick<Change, 'environment' | 'changes'>): Resource<Plan> =>
	resource(() =>
		unwrap(
			api.POST('/config/{env}/plan', { params: { path: { env: environment } }, body: { changes } }),
		),
	);

export interface Moved {
	name: string;
	/** The value it was proposed against. */
	base: string | null;
	now: string | null;
	proposed: string | null;
}

/** Parameters of which another value is in force than when it was proposed: an approval of it is void until a rebase. */
export function movedOf(change: Pick<Change, 'content_hash' | 'diff'>, plan: Plan): Moved[] {
	if (plan.content_hash === change.content_hash) return [];
	const planned = new Map(plan.diff.map((item) => [item.name, item]));
	const stored = new Map(change.diff.map((item) => [item.name, item]));
	return [...new Set([...stored.keys(), ...planned.keys()])].sort().flatMap((name) => {
		const was = stored.get(name);
		const is = planned.get(name);
		const proposed = (is ?? was)?.new ?? null;
		const base = was ? was.old : proposed;
		const now = is ? is.old : proposed; // not in the plan: what is proposed is in force already
		return base === now ? [] : [{ name, base, now, proposed }];
	});
}

const names = (diff: Change['diff']) => new Map(diff.map((item) => [item.name, item]));

export interface Edited {
	name: string;
	/** The value that was shown as proposed, or undefined: it was not touched. */
	seen: string | null | undefined;
	now: string | null | undefined;
}

/** What another content of a change set proposes otherwise than the one that was looked at. */
export function editedOf(seen: Change['diff'], now: Change['diff']): Edited[] {
	const before = names(seen);
	const after = names(now);
	return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => {
		const was = before.get(name)?.new;
		const is = after.get(name)?.new;
		return was === is ? [] : [{ name, seen: was, now: is }];
	});
}

/** The strictest boundary of what would change: a set comes into force as one. */
export function boundaryOf({ boundaries, restart_required }: Plan): 'cycle end' | 'position close' | 'restart' {
	if (restart_required.length > 0) return 'restart';
	return Object.values(boundaries).includes('risk_limit') ? 'position close' : 'cycle end';
}
