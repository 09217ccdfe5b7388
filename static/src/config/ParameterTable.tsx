import type { Core } from '../core';
import { rowKeys } from '../ui/rowKeys';
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
const move = rowKeys('button.value-button');

/** A native table: a row a parameter, a body a group. Roles are named since narrow screens lay it out as blocks. */
export const ParameterTable = ({ env, groups, core, wanted, shown, total }: Props) => (
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
					Live value
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
