import { useEffect, useRef } from 'preact/hooks';
import type { Core } from '../core';
import { applies, appliesBecause, bounds } from '../text/words';
import { Icon } from '../ui/Icon';
import { LastChange } from './LastChange';
import { PendingMark } from './PendingMark';
import type { Row } from './rows';
import { ValueCell } from './ValueCell';

export interface Props {
	env: string;
	row: Row;
	core: Core | null;
	wanted: boolean;
}

/** The cells of a parameter. */
export function RowCells({ env, row, core, wanted }: Props) {
	const { variable, draft, violation, conflict, origin, pending } = row;
	const when = applies(variable);
	const element = useRef<HTMLTableRowElement>(null);
	useEffect(() => {
		if (!wanted) return;
		element.current?.scrollIntoView({ block: 'center' });
		element.current?.querySelector<HTMLElement>('button.value-button')?.focus({ preventScroll: true });
	}, [wanted]);
	const marks = [draft ? 'is-staged' : '', violation || conflict ? 'is-bad' : ''].filter(Boolean).join(' ');

	return (
		<tr role="row" ref={element} data-name={variable.name} class={marks}>
			<th role="rowheader" scope="row">
				<code>{variable.name}</code>
				{variable.critical && (
					<span class="mark-critical" title="Changes only by an approved change set">
						<Icon name="warning" />
						critical
					</span>
				)}
				{variable.deprecated && <span class="mark-deprecated">deprecated</span>}
				<small class="text-inline">{variable.description}</small>
			</th>
			<td role="cell" class="cell-value">
				<ValueCell env={env} row={row} core={core} />
				{pending.map((change) => (
					<PendingMark key={change.id} change={change} variable={variable} />
				))}
			</td>
			<td role="cell" class="cell-text">
				{variable.description}
			</td>
			<td role="cell" class="cell-bounds">
				{bounds(variable)}
			</td>
			<td role="cell" class="cell-applies">
				<span class={when === 'restart' ? 'mark-restart' : ''} title={appliesBecause[when]}>
					{when === 'restart' && <Icon name="restart" />}
					{when}
				</span>
			</td>
			<td role="cell" class="cell-last">
				<LastChange origin={origin} />
			</td>
		</tr>
	);
}
