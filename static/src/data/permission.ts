// What stands between an operator and what they want to do, in sentences. The API decides; this is so that nobody is
// surprised.
import { now } from './clock';
import { holds, session } from './session';
import { shortMoment } from '../text/age';
import type { Change, Environment, RoleName } from './types';

export const mayEdit = (environment: string): boolean => holds('editor', environment);

/** Null where the role is held, else that it is not; `what` begins the sentence. */
export const missing = (role: RoleName, environment: string, what: string): string | null =>
	holds(role, environment)
		? null
		: `${what} needs the role ${role} ${environment === '*' ? 'everywhere' : `in ${environment}`}; you do not hold it.`;

export const missingRole = (environment: string): string | null =>
	missing('editor', environment, 'Changing a value');

/** Who asked for it or edited it last does not decide on it: the sentence that says so, or null. */
export function ownChange({ created_by, edited_by }: Pick<Change, 'created_by' | 'edited_by'>): string | null {
	const login = session.value?.login;
	if (created_by === login) return 'You asked for it: somebody else decides.';
	if (edited_by === login) return 'You edited it last: somebody else decides.';
	return null;
}

export const mayDecide = (change: Change): boolean =>
	holds('approver', change.environment) && ownChange(change) === null;

const isOver = ({ freeze }: Environment) => freeze?.until !== undefined && Date.parse(freeze.until) <= now.value;

/** Until when nothing is applied, and why; null where nothing is frozen. */
export function freezeOf(environment: Environment): string | null {
	if (!environment.frozen || isOver(environment)) return null;
	const { freeze } = environment;
	const end = freeze?.until ? ` until ${shortMoment(freeze.until, now.value)}` : '';
	const reason = freeze?.reason ? `: ${freeze.reason}` : '';
	return `${environment.environment} is frozen${end}${reason}.`;
}

export function frozen(environment: Environment): string | null {
	const freeze = freezeOf(environment);
	return freeze && `${freeze} Changes can be staged, kept as a draft and submitted; nothing is saved.`;
}

export const locked = ({ locked_by, environment }: Environment): string | null =>
	locked_by === null || locked_by === session.value?.login
		? null
		: `${locked_by} holds the lock of ${environment}. Changes can be staged; only ${locked_by} can save.`;
