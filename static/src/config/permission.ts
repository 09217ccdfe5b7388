// What stands between an operator and a save, in sentences. The API decides; this is so that nobody is surprised.
import { now } from '../data/clock';
import { holds, session } from '../data/session';
import type { Environment } from '../data/types';
import { until } from '../text/age';

export const mayEdit = (environment: string): boolean => holds('editor', environment);

export const missingRole = (environment: string): string | null =>
	mayEdit(environment)
		? null
		: `Changing a value needs the role editor in ${environment}; you do not hold it.`;

export function frozen({ frozen: is, freeze, environment }: Environment): string | null {
	const over = freeze?.until !== undefined && Date.parse(freeze.until) <= now.value;
	if (!is || over) return null;
	const end = freeze?.until ? ` until ${until(freeze.until)}` : '';
	const reason = freeze?.reason ? `: ${freeze.reason}` : '';
	return `${environment} is frozen${end}${reason}. Changes can be staged, not saved.`;
}

export const locked = ({ locked_by, environment }: Environment): string | null =>
	locked_by === null || locked_by === session.value?.login
		? null
		: `${locked_by} holds the lock of ${environment}. Changes can be staged; only ${locked_by} can save.`;
