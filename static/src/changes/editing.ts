// The values of a change set while its author edits them, and what the core says of each and of the whole.
import type { Core, CoreVerdict } from '../core';
import type { Catalog, Changes, Configuration, Rule, Variable } from '../data/types';

/** By parameter: the text as it is typed, or null for the catalog's default. */
export type Values = Readonly<Record<string, string | null>>;

export interface EditedValue {
	name: string;
	text: string | null;
	variable: Variable | undefined;
	/** null: the parameter is gone from the catalog. */
	verdict: CoreVerdict | null;
}

export function valuesOf(values: Values, variables: ReadonlyMap<string, Variable>, core: Core): EditedValue[] {
	return Object.keys(values)
		.sort()
		.map((name) => {
			const text = values[name] ?? null;
			const variable = variables.get(name);
			const verdict: CoreVerdict | null =
				variable === undefined
					? null
					: text === null
						? { ok: true, canonical: '' }
						: core.check(variable, text);
			return { name, text, variable, verdict };
		});
}

/** What is sent: canonical texts; null where a value is not one yet. */
export function changesOf(edited: readonly EditedValue[]): Changes | null {
	const changes: Changes = {};
	for (const { name, text, verdict } of edited) {
		if (!verdict?.ok) return null;
		changes[name] = text === null ? null : verdict.canonical;
	}
	return changes;
}

/** What would be wrong with the environment's whole configuration, as sentences. */
export function wholeOf(
	core: Core,
	{ variables }: Catalog,
	live: Configuration,
	rules: readonly Rule[],
	changes: Changes,
): string[] {
	const found = core.checkConfig(variables, live.values, changes, [...rules]);
	return [...new Set(found.map(({ detail }) => detail))];
}
