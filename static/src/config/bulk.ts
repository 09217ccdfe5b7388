// The same for many parameters at once: what each would be staged with, and what the core says of it. Nothing here
// writes; what is staged goes the way of every other draft.
import type { Core } from '../core';
import type { Drafts } from '../data/drafts';
import type { Changes, Configuration, Variable } from '../data/types';
import { proposed, type Row } from './rows';

export const modes = ['set', 'default', 'copy'] as const;
export type Mode = (typeof modes)[number];
export const modeOf = (text: string | null): Mode | null => modes.find((mode) => mode === text) ?? null;

export interface Proposal {
	row: Row;
	/** As a draft has it: null is the catalog's default. */
	value: string | null;
	/** What it comes to. */
	result: string | null;
	/** Why it cannot be staged. */
	refusal: string | null;
}

/** Another value is staged already, and staging this would replace it. */
export const replaces = ({ row: { variable, draft }, result }: Proposal): boolean =>
	draft !== null && proposed(variable, draft) !== result;

/** Staging it would change nothing: it is in force, and nothing else is staged. */
export const isIdle = ({ row, result, refusal }: Proposal): boolean =>
	refusal === null && result === row.live && row.draft === null;

function judged(core: Core, row: Row, text: string): Proposal {
	const verdict = core.check(row.variable, text);
	return verdict.ok
		? { row, value: verdict.canonical, result: verdict.canonical, refusal: null }
		: { row, value: text, result: text, refusal: verdict.detail };
}

export const setTo = (core: Core, rows: readonly Row[], text: string): Proposal[] =>
	rows.map((row) => judged(core, row, text));

export const toDefault = (rows: readonly Row[]): Proposal[] =>
	rows.map((row) => ({
		row,
		value: null,
		result: row.variable.default_value,
		refusal:
			row.variable.default_value === null && row.variable.required ? 'has no default, and needs a value' : null,
	}));

/** What has no value there cannot be copied: that is said, so that it is left out knowingly. */
export const copyFrom = (core: Core, rows: readonly Row[], { values }: Configuration): Proposal[] =>
	rows.map((row) => {
		const text = values[row.variable.name];
		if (text !== undefined) return judged(core, row, text);
		return { row, value: null, result: null, refusal: 'has no value there' };
	});

export const changesFor = (proposals: readonly Proposal[]): Changes =>
	Object.fromEntries(proposals.map(({ row, value }) => [row.variable.name, value]));

/** What is staged already with these on top, for the core to judge as a whole. */
export const draftsWith = (drafts: Drafts, proposals: readonly Proposal[]): Drafts => ({
	...drafts,
	...Object.fromEntries(
		proposals.map(({ row, value }) => [row.variable.name, { value, from: row.live }]),
	),
});

/** The types among them, the most frequent first. */
export function typesOf(rows: readonly Row[]): [type: Variable['type'], count: number][] {
	const counts = new Map<Variable['type'], number>();
	for (const { variable } of rows) counts.set(variable.type, (counts.get(variable.type) ?? 0) + 1);
	return [...counts].sort(([, a], [, b]) => b - a);
}

/** One field for all of them: choices only where all have the same. */
export function fieldFor(rows: readonly Row[], name: string): Variable | null {
	const [first] = rows;
	if (!first) return null;
	const choices = JSON.stringify(first.variable.allowed_values);
	const agree = rows.every(({ variable }) => JSON.stringify(variable.allowed_values) === choices);
	return { ...first.variable, name, allowed_values: agree ? first.variable.allowed_values : null };
}

/** What is typed for all parameters of a type, and only for them. */
export interface Typed {
	type: Variable['type'];
	text: string;
}

/** A type among these; the one that was chosen, while there is any of it. */
export const typeAmong = (rows: readonly Row[], chosen: Variable['type'] | null): Variable['type'] | null =>
	rows.some(({ variable }) => variable.type === chosen) ? chosen : (typesOf(rows)[0]?.[0] ?? null);

/** What was typed, if it was for this type: null proposes nothing. */
export const typedFor = (typed: Typed | null, type: Variable['type'] | null): string | null =>
	typed !== null && typed.type === type ? typed.text : null;

/** What the field begins with: the value they all have, if there is one. */
export function common(rows: readonly Row[]): string {
	const values = new Set(rows.map(({ live }) => live ?? ''));
	const [only = ''] = values.size === 1 ? values : [];
	return only === '' && rows[0]?.variable.type === 'list' ? '[]' : only;
}

