// What a definition would do to an environment that runs: the core judges its whole configuration under it.
import type { Core, CoreVariable } from '../core';
import type { Configuration, Rule, Variable } from '../data/types';

export type Effect =
	| { kind: 'refused'; text: string }
	| { kind: 'moves'; from: string | null; to: string | null }
	| { kind: 'same'; value: string | null };

export function effectOn(
	{ values, sources }: Configuration,
	next: CoreVariable,
	others: readonly Variable[],
	rules: readonly Rule[],
	core: Core,
): Effect {
	const { name, default_value } = next;
	const from = values[name] ?? null;
	const canonical = default_value === null ? null : core.check(next, default_value);
	const fallback = canonical?.ok ? canonical.canonical : null;
	const to = sources?.[name]?.source === 'entry' ? from : fallback;
	const variables = [...others.filter((one) => one.name !== name), next];
	const about = rules.filter(({ expression }) => expression.includes(name));
	// As a change of itself, so that what no longer fits is said of the value and not of how it is written.
	const entry = sources?.[name]?.source === 'entry' && from !== null ? { [name]: from } : {};
	const [violation] = core
		.checkConfig(variables, { ...values, [name]: to }, next.deprecated ? {} : entry, about)
		.filter((one) => one.name === name);
	if (violation) return { kind: 'refused', text: violation.detail };
	return from === to ? { kind: 'same', value: from } : { kind: 'moves', from, to };
}
