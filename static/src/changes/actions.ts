// What may be done to a change set, by its state: a row each, with the sentence that says why not now.
import { freezeOf, missing, ownChange } from '../data/permission';
import type { Change, Environment, Plan } from '../data/types';
import type { Verb } from './act';
import type { Moved } from './standing';

export interface Action {
	verb: Verb | 'edit';
	label: string;
	primary: boolean;
	/** Why it cannot be done now; null: it can. */
	blocked: string | null;
}

/** What an action is called where it is spoken of. */
export const actionNames: Record<Action['verb'], string> = {
	submit: 'Submit',
	approve: 'Approve',
	reject: 'Reject',
	rebase: 'Rebase',
	edit: 'Edit',
	withdraw: 'Withdraw',
};

export interface Circumstances {
	change: Change;
	plan: Plan | null;
	moved: readonly Moved[];
	environment: Environment | undefined;
	/** It has another content than the one that is shown. */
	edited: boolean;
}

type Guard = (c: Circumstances) => string | null;

const editor =
	(what: string): Guard =>
	({ change }) =>
		missing('editor', change.environment, what);
const approver: Guard = ({ change }) => missing('approver', change.environment, 'Deciding');
const own: Guard = ({ change }) => ownChange(change);
const shown: Guard = ({ edited }) =>
	edited ? 'Its content is another one than you have looked at: look at the new one first.' : null;
const planned: Guard = ({ plan }) => (plan ? null : 'What it would do is not known yet.');
const onBase: Guard = ({ moved }) =>
	moved.length > 0 ? 'What it touches has other values now: it has to be rebased first.' : null;
const valid: Guard = ({ plan }) =>
	plan && plan.errors.length > 0 ? 'It would not be valid: see what it would do.' : null;
const thawed: Guard = ({ environment }) => {
	const freeze = environment && freezeOf(environment);
	return freeze ? `${freeze} Nothing is applied before.` : null;
};
/** A lock is judged by who made the change, not by who approves it. */
const unlocked: Guard = ({ change, environment }) =>
	environment && environment.locked_by !== null && environment.locked_by !== change.created_by
		? `${environment.locked_by} holds the lock of ${environment.environment}: only what ${environment.locked_by} made is applied.`
		: null;

const applicable = [planned, onBase, valid, thawed, unlocked];

const first = (c: Circumstances, guards: readonly Guard[]): string | null => {
	for (const guard of guards) {
		const why = guard(c);
		if (why !== null) return why;
	}
	return null;
};

const needsApproval = ({ plan }: Circumstances) => plan === null || plan.needs_approval;

function ofDraft(c: Circumstances): Action[] {
	const approval = needsApproval(c);
	const env = c.change.environment;
	return [
		...rebasing(c),
		{
			verb: 'submit',
			label: approval ? 'Submit for approval' : `Apply to ${env}`,
			primary: c.moved.length === 0,
			blocked: first(c, [editor('Changing it'), ...(approval ? [planned, valid] : applicable)]),
		},
		{ verb: 'edit', label: 'Edit', primary: false, blocked: editor('Changing it')(c) },
		{ verb: 'withdraw', label: 'Withdraw', primary: false, blocked: editor('Changing it')(c) },
	];
}

function ofPending(c: Circumstances): Action[] {
	return [
		...rebasing(c),
		{
			verb: 'approve',
			label: `Approve and apply to ${c.change.environment}`,
			primary: c.moved.length === 0,
			blocked: first(c, [own, approver, shown, ...applicable]),
		},
		{ verb: 'reject', label: 'Reject', primary: false, blocked: first(c, [own, approver]) },
		{ verb: 'edit', label: 'Edit', primary: false, blocked: editor('Changing it')(c) },
		{ verb: 'withdraw', label: 'Withdraw', primary: false, blocked: editor('Changing it')(c) },
	];
}

const rebasing = (c: Circumstances): Action[] =>
	c.moved.length === 0 || !c.plan
		? []
		: [
				{
					verb: 'rebase',
					label: `Rebase onto v${c.plan.base_version}`,
					primary: true,
					blocked: editor('Changing it')(c),
				},
			];

export function actionsOf(c: Circumstances): Action[] {
	if (c.change.state === 'draft') return ofDraft(c);
	return c.change.state === 'pending_approval' ? ofPending(c) : [];
}
