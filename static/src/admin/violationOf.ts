import type { Core, CoreRule } from '../core';
import type { Configuration, Variable } from '../data/types';

/** Whether a rule holds for an environment's current values: null, or the sentence that says why not. */
export function violationOf(
	rule: CoreRule,
	{ values }: Configuration,
	variables: readonly Variable[],
	core: Core,
): string | null {
	// Of the parameters only those that it may name: what else is wrong there is not the rule's affair.
	const about = variables.filter(({ name }) => rule.expression.includes(name));
	return core.checkConfig(about, values, {}, [rule])[0]?.detail ?? null;
}
