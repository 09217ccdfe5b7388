// Why a reviewed change cannot be written now: every reason, as a sentence, and which ways it closes. None: it can.
import { frozen, locked, missingRole } from '../data/permission';
import type { Environment, Plan } from '../data/types';
import { violationTexts } from '../text/violations';
import type { Ending } from './review';
import type { Row } from './rows';

export type Obstacle = {
	kind: 'role' | 'conflict' | 'invalid' | 'freeze' | 'lock' | 'empty';
	text: string;
};

/** What is only proposed waits for a freeze and a lock to end; nothing else lets what is wrong pass. */
const closes: Record<Obstacle['kind'], readonly Ending[]> = {
	role: ['save', 'submit', 'keep'],
	conflict: ['save', 'submit', 'keep'],
	invalid: ['save', 'submit', 'keep'],
	empty: ['save', 'submit', 'keep'],
	freeze: ['save'],
	lock: ['save'],
};

export const against = (standing: readonly Obstacle[], how: Ending): Obstacle[] =>
	standing.filter(({ kind }) => closes[kind].includes(how));

export function obstacles(
	env: string,
	plan: Plan,
	staged: readonly Row[],
	environment: Environment | undefined,
): Obstacle[] {
	const found: Obstacle[] = [];
	const add = (kind: Obstacle['kind'], text: string | null) => {
		if (text !== null) found.push({ kind, text });
	};
	add('role', missingRole(env));
	add(
		'conflict',
		staged.some(({ conflict }) => conflict)
			? 'Somebody saved another value meanwhile: choose which one stays.'
			: null,
	);
	for (const text of violationTexts(plan.errors)) add('invalid', text);
	if (environment) {
		add('freeze', frozen(environment));
		add('lock', locked(environment));
	}
	add(
		'empty',
		plan.diff.length === 0 && plan.errors.length === 0
			? 'Nothing would change: these values are in force already.'
			: null,
	);
	return found;
}
