// The order of rows: by what a column says they are sorted by.
import type { Variable } from '../data/types';
import type { Group, Row } from './rows';

/** Numbers come before texts; null, which is nothing to sort by, comes last whatever the direction. */
export type Key = number | string | null;

const milliseconds: Record<string, number> = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86400e3 };

/** For the order of a list only: what is equal or less is decided by the core, exactly. */
export function valueKey(type: Variable['type'], text: string | null): Key {
	if (text === null) return null;
	if (type === 'int' || type === 'decimal') return Number(text);
	if (type !== 'duration') return text;
	const [, count, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
	return Number(count) * (milliseconds[unit ?? ''] ?? NaN);
}

const collator = new Intl.Collator('en', { numeric: true });

function compare(a: Key, b: Key): number {
	if (typeof a === 'number' && typeof b === 'number') return a - b;
	if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
	return collator.compare(String(a), String(b));
}

export function sorted(rows: readonly Row[], key: (row: Row) => Key, down: boolean): Row[] {
	const keyed = rows.map((row) => ({ row, key: key(row), name: row.variable.name }));
	keyed.sort((a, b) => {
		if (a.key === null || b.key === null)
			return Number(a.key === null) - Number(b.key === null) || collator.compare(a.name, b.name);
		return (down ? compare(b.key, a.key) : compare(a.key, b.key)) || collator.compare(a.name, b.name);
	});
	return keyed.map(({ row }) => row);
}

/** In the order of these names; what is not among them comes last. */
export function inOrder(rows: readonly Row[], names: readonly string[]): Row[] {
	const rank = new Map(names.map((name, i) => [name, i]));
	const at = ({ variable }: Row) => rank.get(variable.name) ?? names.length;
	return [...rows].sort((a, b) => at(a) - at(b));
}

/** Rows in an order of their own are one group, which needs no name. */
export const ungrouped = (rows: Row[]): Group[] => [{ name: null, count: rows.length, rows }];

export const namesOf = (rows: readonly Row[]): string[] => rows.map(({ variable }) => variable.name);
