import type { Core } from '../core';
import { useFirstRowKey } from '../ui/rowKeys';
import { plural } from '../text/words';
import { ColumnHead } from './ColumnHead';
import { nameColumn, valueColumn, type Column } from './columns';
import { ParameterGroup } from './ParameterGroup';
import { pointed } from './CopyHere';
import { PickAll } from './PickAll';
import type { Group } from './rows';
import { tableKeys, type Acts } from './tableKeys';
import { density } from './view';

interface Props {
	env: string;
	groups: readonly Group[];
	columns: readonly Column[];
	core: Core | null;
	wanted: string | null;
	/** Whose detail is open. */
	opened: string | null;
	/** All names that are listed, in their order: more than are drawn while a long table grows. */
	listed: readonly string[];
	total: number;
	picked: ReadonlySet<string>;
	acts: Acts;
}

const point = ({ target }: Event): void => {
	const row = target instanceof Element ? target.closest('tr[data-name]') : null;
	pointed.value = row?.getAttribute('data-name') ?? null;
};

/** What a press on one of the row's own controls does. */
function press({ target, shiftKey }: MouseEvent, acts: Acts): void {
	const control = target instanceof Element ? target.closest('[data-act]') : null;
	const name = control?.closest('tr')?.getAttribute('data-name');
	if (!control || !name) return;
	const act = control.getAttribute('data-act');
	if (act === 'detail') acts.detail(name);
	else if (act === 'copy') acts.copy(name);
	else if (act === 'copy-row') acts.copyRow(name);
	else if (!shiftKey) acts.toggle(name);
	else {
		acts.extend(name);
		// The press took the tick off a box that had one, and a row that stays picked is not drawn anew.
		if (target instanceof HTMLInputElement) target.checked = true;
	}
}

/** Widths by share, so that any choice of columns fits. What is left over goes to the description, or to the last. */
function Widths({ of }: { of: readonly Column[] }) {
	const all = of.reduce((sum, { share }) => sum + share, 0);
	const rest = of.find(({ id }) => id === 'text') ?? of[of.length - 1];
	return (
		<colgroup>
			<col class="col-pick" />
			{of.map((column) => (
				<col key={column.id} width={column === rest ? undefined : `${Math.floor((97 * column.share) / all)}%`} />
			))}
		</colgroup>
	);
}

/** A native table: a row a parameter, a body a group. Roles are named since narrow screens lay it out as blocks. */
export function ParameterTable({ env, groups, columns, core, wanted, opened, listed, total, picked, acts }: Props) {
	useFirstRowKey('button.value-button');
	return (
		<table
			role="table"
			class={`data parameters ${density.value}`}
			onKeyDown={tableKeys(acts)}
			onClick={(event) => press(event, acts)}
			onPointerOver={point}
			onFocusIn={point}
		>
			<caption class="visually-hidden">
				{listed.length} of {total} parameters of {env}
			</caption>
			<Widths of={[nameColumn, valueColumn, ...columns]} />
			<thead role="rowgroup">
				<tr role="row">
					<td role="cell" class="cell-pick">
						<PickAll
							names={listed}
							picked={picked}
							label={`Select all ${plural(listed.length, 'listed parameter')}`}
							onFlip={acts.flip}
						/>
					</td>
					<ColumnHead of={nameColumn}>
						<span class="count">{listed.length === total ? total : `${listed.length} of ${total}`}</span>
					</ColumnHead>
					{[valueColumn, ...columns].map((column) => (
						<ColumnHead key={column.id} of={column} />
					))}
				</tr>
			</thead>
			{groups.map((group) => (
				<ParameterGroup
					key={group.name}
					env={env}
					group={group}
					columns={columns}
					core={core}
					wanted={wanted}
					opened={opened}
					picked={picked}
					onPick={acts.flip}
				/>
			))}
		</table>
	);
}
