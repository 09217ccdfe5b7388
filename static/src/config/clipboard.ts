// What the clipboard gets of the table: canonical values, not the digits as they are read.
import { copy } from '../ui/copy';
import { plural } from '../text/words';
import type { Column } from './columns';
import { nameColumn, valueColumn } from './columns';
import type { Row } from './rows';

/** A cell is a line of its own and a tab a step to the next one, as spreadsheets read it. */
const line = (texts: readonly string[]): string => texts.map((text) => text.replace(/[\t\n]/g, ' ')).join('\t');

export function asText(rows: readonly Row[], columns: readonly Column[]): string {
	const all = [nameColumn, valueColumn, ...columns];
	const lines = rows.map((row) => line(all.map(({ text }) => text(row))));
	return (rows.length > 1 ? [line(all.map(({ label }) => label)), ...lines] : lines).join('\n');
}

export function asJson(env: string, rows: readonly Row[]): string {
	const documents = rows.map(({ variable, live, origin }) => ({
		environment: env,
		name: variable.name,
		value: live,
		source: origin?.source ?? null,
		version: origin?.version ?? null,
		changed_at: origin?.changed_at ?? null,
		changed_by: origin?.changed_by ?? null,
	}));
	return JSON.stringify(rows.length === 1 ? documents[0] : documents, null, 2);
}

const named = (rows: readonly Row[]): string =>
	rows.length === 1 ? `the row of ${rows[0]?.variable.name}` : plural(rows.length, 'row');

export const copyCell = (row: Row, column: Column = valueColumn) => {
	const text = column.text(row);
	const what = column === valueColumn ? row.variable.name : `${row.variable.name}, ${column.label.toLowerCase()}`;
	return copy(text, `${what}: ${text === '' ? 'nothing, it is empty' : text}`);
};
export const copyRows = (rows: readonly Row[], columns: readonly Column[]) =>
	copy(asText(rows, columns), named(rows));
export const copyJson = (env: string, rows: readonly Row[]) => copy(asJson(env, rows), `${named(rows)} as JSON`);
