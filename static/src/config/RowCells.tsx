import { useEffect, useRef } from 'preact/hooks';
import type { Core } from '../core';
import { Icon } from '../ui/Icon';
import type { Column } from './columns';
import { PendingMark } from './PendingMark';
import type { Row } from './rows';
import { ValueCell } from './ValueCell';

export interface Props {
	env: string;
	row: Row;
	columns: readonly Column[];
	core: Core | null;
	/** The address names it: it is brought into sight, with the focus. */
	wanted: boolean;
	/** Its detail is open below it. */
	opened: boolean;
	picked: boolean;
}

/** The cells of a parameter. What their controls do is up to the table, by `data-act`. */
export function RowCells({ env, row, columns, core, wanted, opened, picked }: Props) {
	const { variable, draft, violation, conflict, pending } = row;
	const { name } = variable;
	const element = useRef<HTMLTableRowElement>(null);
	useEffect(() => {
		if (!wanted) return;
		element.current?.scrollIntoView({ block: 'center' });
		element.current?.querySelector<HTMLElement>('button.value-button')?.focus({ preventScroll: true });
	}, [wanted]);
	const marks = [
		picked ? 'is-picked' : '',
		draft ? 'is-staged' : '',
		pending.length > 0 ? 'is-pending' : '',
		violation || conflict ? 'is-bad' : '',
	].filter(Boolean);

	return (
		<tr role="row" ref={element} data-name={name} class={marks.join(' ')}>
			<td role="cell" class="cell-pick" data-act="pick">
				<input type="checkbox" class="row-pick" aria-label={`Select ${name}`} checked={picked} />
			</td>
			<th role="rowheader" scope="row" class="cell-name">
				<button
					type="button"
					class="quiet disclose"
					data-act="detail"
					aria-expanded={opened}
					aria-controls={opened ? `detail-${name}` : undefined}
					aria-label={`Details of ${name}`}
				>
					<Icon name={opened ? 'down' : 'next'} />
				</button>
				{variable.critical && (
					<span class="mark-critical" title="Changes only by an approved change set">
						<Icon name="warning" />
						critical
					</span>
				)}
				{variable.deprecated && <span class="mark-deprecated">deprecated</span>}
				<code title={name}>{name}</code>
			</th>
			<td role="cell" class="cell-value">
				<div class="value-line">
					<ValueCell env={env} row={row} core={core} />
					{pending.map((change) => (
						<PendingMark key={change.id} change={change} variable={variable} />
					))}
				</div>
			</td>
			{columns.map((column) => (
				<td
					role="cell"
					key={column.id}
					class={`cell-${column.kind}`}
					data-label={column.named ? column.label : undefined}
					title={column.hint?.(row)}
				>
					{column.cell(row)}
				</td>
			))}
		</tr>
	);
}
