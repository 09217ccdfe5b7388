import type { Core } from '../core';
import { rowKeys, useFirstRowKey } from '../ui/rowKeys';
import { ParameterGroup } from './ParameterGroup';
import type { Group } from './rows';

interface Props {
	env: string;
	groups: readonly Group[];
	core: Core | null;
	wanted: string | null;
	shown: number;
	total: number;
}

/** Up and down go from value to value, while none is being edited. */
const values = 'button.value-button';
const move = rowKeys(values);

/** A native table: a row a parameter, a body a group. Roles are named since narrow screens lay it out as blocks. */
export function ParameterTable({ env, groups, core, wanted, shown, total }: Props) {
	useFirstRowKey(values);
	return (
		<table role="table" class="data parameters" onKeyDown={move}>
			<caption class="visually-hidden">
				{shown} of {total} parameters of {env}, by group
			</caption>
			<thead role="rowgroup">
				<tr role="row">
					<th role="columnheader" scope="col" class="col-name">
						Parameter <span class="count">{shown === total ? total : `${shown} of ${total}`}</span>
					</th>
					<th role="columnheader" scope="col" class="col-value">
						In force
					</th>
					<th role="columnheader" scope="col" class="col-text">
						Description
					</th>
					<th role="columnheader" scope="col" class="col-bounds">
						Bounds
					</th>
					<th role="columnheader" scope="col" class="col-applies">
						Applies at
					</th>
					<th role="columnheader" scope="col" class="col-last">
						Last change
					</th>
				</tr>
			</thead>
			{groups.map((group) => (
				<ParameterGroup
					key={group.name}
					env={env}
					group={group}
					core={core}
					wanted={wanted}
				/>
			))}
		</table>
	);
}
