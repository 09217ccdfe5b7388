// Why a reviewed change cannot be saved now: every reason, as a sentence. None: it can.
import type { Environment, Plan } from '../data/types';
import { list } from '../text/words';
import type { Row } from './rows';
import { frozen, locked, missingRole } from '../data/permission';

export type Obstacle = {
	kind: 'role' | 'conflict' | 'invalid' | 'critical' | 'freeze' | 'lock' | 'empty';
	text: string;
};

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
	for (const text of errors(plan)) add('invalid', text);
	add('critical', plan.critical.length > 0 ? critical(plan.critical) : null);
	if (environment) {
		add('freeze', frozen(environment));
		add('lock', locked(environment));
	}
	add(
		'empty',
		plan.diff.length === 0 && plan.errors.length === 0
			? 'Nothing would change: the staged values are live already.'
			: null,
	);
	return found;
}

// A rule that does not hold is an error at each parameter it names: one sentence is enough.
function errors(plan: Plan): string[] {
	const names = new Map<string, string[]>();
	for (const { name, detail } of plan.errors) names.set(detail, [...(names.get(detail) ?? []), name]);
	return [...names].map(([detail, its]) =>
		its.every((name) => detail.includes(name)) ? detail : `${list(its)}: ${detail}`,
	);
}

const critical = (names: readonly string[]) =>
	names.length === 1
		? `${names[0]} is critical: it changes only by a change set that somebody else approves, never by a direct save.`
		: `${list(names)} are critical: they change only by a change set that somebody else approves, never by a direct save.`;
