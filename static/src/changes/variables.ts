import type { Catalog, DiffItem, Variable } from '../data/types';

export const variablesByName = (catalog: Catalog | null): ReadonlyMap<string, Variable> =>
	new Map((catalog?.variables ?? []).map((variable) => [variable.name, variable]));

/** Which parameters of a difference are critical by what the catalog says now. */
export const criticalOf = (
	{ diff }: { diff: readonly DiffItem[] },
	variables: ReadonlyMap<string, Variable>,
): string[] => diff.flatMap(({ name }) => (variables.get(name)?.critical ? [name] : []));
