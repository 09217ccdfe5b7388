import type { Core } from '../core';
import type { Configuration } from '../data/types';
import { ParameterRow } from './ParameterRow';
import type { Group } from './rows';

interface Props {
	env: string;
	group: Group;
	live: Configuration;
	core: Core | null;
	wanted: string | null;
}

export const ParameterGroup = ({ env, group, live, core, wanted }: Props) => (
	<tbody role="rowgroup">
		<tr role="row" class="group">
			<th role="rowheader" scope="rowgroup" colSpan={6}>
				{group.name} <span>{group.rows.length}</span>
			</th>
		</tr>
		{group.rows.map((row) => (
			<ParameterRow
				key={row.variable.name}
				env={env}
				row={row}
				live={live}
				core={core}
				wanted={wanted === row.variable.name}
			/>
		))}
	</tbody>
);
