// The columns of the table: what each shows of a parameter, what it gives to the clipboard, what it is sorted by.
import type { ComponentChildren } from 'preact';
import { configurations } from '../data/stores';
import { applies, appliesBecause, bounds } from '../text/words';
import { Icon } from '../ui/Icon';
import { Value } from '../ui/Value';
import { LastChange } from './LastChange';
import { OtherValue } from './OtherValue';
import { valueKey, type Key } from './order';
import type { Row } from './rows';

export interface Column {
	id: string;
	label: string;
	/** Which cells it makes: their looks. */
	kind: string;
	/** Canonical text, for the clipboard. */
	text(row: Row): string;
	key(row: Row): Key;
	cell(row: Row): ComponentChildren;
	/** What is said when it is pointed at: the whole, where a dense row may cut it off. */
	hint?(row: Row): string;
	/** Its share of the width, beside those of the others. */
	share: number;
	/** Where a row is a block its cells stand without a head: this one's needs its name. */
	named?: boolean;
	/** What it shows besides the row: undefined while it is not there. */
	besides?(): unknown;
	/** Fetches that, if nobody did. */
	load?(): void;
}

const words = (id: string, label: string, share: number, text: (row: Row) => string): Column => ({
	id,
	label,
	share,
	kind: id,
	text,
	key: (row) => text(row) || null,
	cell: text,
});

/** Always shown, and drawn by the row itself. */
export const nameColumn = words('name', 'Parameter', 25, ({ variable }) => variable.name);
export const valueColumn: Column = {
	...words('value', 'In force', 18, ({ live }) => live ?? ''),
	key: ({ variable, live }) => valueKey(variable.type, live),
};

const optional: readonly Column[] = [
	{ ...words('type', 'Type', 8, ({ variable }) => variable.type), named: true },
	{
		...words('text', 'Description', 26, ({ variable }) => variable.description),
		hint: ({ variable }) => variable.description,
	},
	{
		...words('bounds', 'Bounds', 12, ({ variable }) => bounds(variable)),
		hint: ({ variable }) => bounds(variable, true),
	},
	{
		...words('default', 'Default', 11, ({ variable }) => variable.default_value ?? ''),
		key: ({ variable }) => valueKey(variable.type, variable.default_value),
		cell: ({ variable }) => <Value text={variable.default_value} variable={variable} />,
		named: true,
	},
	{
		...words('applies', 'Applies at', 10, ({ variable }) => applies(variable)),
		cell: ({ variable }) => {
			const when = applies(variable);
			return (
				<span class={when === 'restart' ? 'mark-restart' : ''} title={appliesBecause[when]}>
					{when === 'restart' && <Icon name="restart" />}
					{when}
				</span>
			);
		},
	},
	{
		...words('last', 'Last change', 12, ({ origin }) =>
			origin?.changed_at ? `v${origin.version} ${origin.changed_by} ${origin.changed_at}` : 'default',
		),
		key: ({ origin }) => (origin?.changed_at ? Date.parse(origin.changed_at) : null),
		cell: ({ origin }) => <LastChange origin={origin} />,
	},
];

const otherPrefix = 'in_';

function otherColumn(other: string): Column {
	const there = configurations.of(other);
	const values = () => there.value.value?.values;
	const of = ({ variable }: Row) => values()?.[variable.name] ?? null;
	return {
		id: `${otherPrefix}${other}`,
		label: `In ${other}`,
		kind: 'other',
		share: 13,
		named: true,
		text: (row) => of(row) ?? '',
		key: (row) => valueKey(row.variable.type, of(row)),
		cell: ({ variable, live }) => <OtherValue env={other} variable={variable} live={live} />,
		besides: values,
		load: there.ensure,
	};
}

/** What can be chosen: what is known of a parameter, and its value in the other environments. */
export const choices = (env: string, environments: readonly string[]): Column[] => [
	...optional,
	...environments.filter((other) => other !== env).map(otherColumn),
];

/** The chosen ones, in the order in which they are offered; what is not offered is left out. */
export const chosen = (offered: readonly Column[], ids: readonly string[]): Column[] =>
	offered.filter(({ id }) => ids.includes(id));

export const findColumn = (offered: readonly Column[], by: string): Column | undefined =>
	[nameColumn, valueColumn, ...offered].find(({ id }) => id === by);
