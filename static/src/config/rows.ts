// What the table shows: the catalog's parameters with their live values, and what is staged over them.
import { applies } from '../text/words';
import { changesOf, conflicts, type Conflict, type Draft, type Drafts } from '../data/drafts';
import type { Core } from '../core';
import type { Catalog, Change, Configuration, Rule, Variable } from '../data/types';

export type Origin = NonNullable<Configuration['sources']>[string];

export interface Row {
	variable: Variable;
	live: string | null;
	origin: Origin | null;
	draft: Draft | null;
	/** Why the core would refuse the configuration because of this parameter. */
	violation: string | null;
	conflict: Conflict | null;
	/** Change sets that wait for approval and touch it. */
	pending: readonly Change[];
}

const none: readonly Change[] = [];

export interface Group {
	/** Null: all of them, in an order of their own. */
	name: string | null;
	/** How many there are; `rows` may be the first of them. */
	count: number;
	rows: Row[];
}

/** The value a draft stands for: null is the catalog's default. */
export const proposed = (variable: Variable, draft: Draft): string | null =>
	draft.value ?? variable.default_value;

/** What the core says of the whole, by parameter: bounds and grammar hold already, so these are the rules. */
export function violations(
	core: Core,
	{ variables }: Catalog,
	live: Configuration,
	rules: readonly Rule[],
	drafts: Drafts,
): Map<string, string> {
	if (Object.keys(drafts).length === 0) return new Map();
	const found = core.checkConfig(variables, live.values, changesOf(drafts), [...rules]);
	return new Map(found.map(({ name, detail }) => [name, detail]));
}

export function rowsOf(
	{ variables }: Catalog,
	live: Configuration,
	drafts: Drafts,
	broken: ReadonlyMap<string, string>,
	waiting: readonly Change[],
): Row[] {
	const pending = new Map<string, Change[]>();
	for (const change of waiting)
		for (const { name } of change.diff) pending.set(name, [...(pending.get(name) ?? []), change]);
	const moved = new Map(conflicts(drafts, live).map((conflict) => [conflict.name, conflict]));
	return variables
		.filter(({ name, deprecated }) => !deprecated || live.sources?.[name]?.source === 'entry')
		.map((variable) => ({
			variable,
			live: live.values[variable.name] ?? null,
			origin: live.sources?.[variable.name] ?? null,
			draft: drafts[variable.name] ?? null,
			violation: broken.get(variable.name) ?? null,
			conflict: moved.get(variable.name) ?? null,
			pending: pending.get(variable.name) ?? none,
		}));
}

const haystackOf = ({ variable, live, origin, draft, conflict, pending }: Row): string =>
	[
		variable.name,
		variable.description,
		variable.group_name,
		variable.type,
		live ?? '',
		applies(variable),
		origin?.source ?? '',
		origin?.changed_by ?? '',
		variable.critical ? 'critical' : '',
		draft ? 'staged' : '',
		conflict ? 'conflict' : '',
		...pending.map(({ id }) => `pending #${id}`),
	]
		.join('\n')
		.toLowerCase();

/** Written once a row, since it is searched at each keystroke. */
const haystacks = new WeakMap<Row, string>();

function haystack(row: Row): string {
	let found = haystacks.get(row);
	if (found === undefined) haystacks.set(row, (found = haystackOf(row)));
	return found;
}

/** Rows that hold every word. */
export function filter(rows: readonly Row[], text: string): Row[] {
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	return rows.filter((row) => {
		const hay = words.length > 0 ? haystack(row) : '';
		return words.every((word) => hay.includes(word));
	});
}

/** The first so many rows of the groups. */
export function head(of: readonly Group[], most: number): Group[] {
	let left = most;
	return of.flatMap(({ name, rows }) => {
		const shown = rows.slice(0, Math.max(0, left));
		left -= rows.length;
		return shown.length > 0 ? [{ name, count: rows.length, rows: shown }] : [];
	});
}

export function groups(rows: readonly Row[]): Group[] {
	const byName = new Map<string, Row[]>();
	for (const row of rows) {
		const group = byName.get(row.variable.group_name);
		if (group) group.push(row);
		else byName.set(row.variable.group_name, [row]);
	}
	return [...byName]
		.map(([name, its]) => ({
			name,
			count: its.length,
			rows: its.sort((a, b) => a.variable.name.localeCompare(b.variable.name)),
		}))
		.sort((a, b) => a.name.localeCompare(b.name));
}
