import type { Core } from '../core';
import { ParameterRow } from './ParameterRow';
import type { Group } from './rows';

interface Props {
	env: string;
	group: Group;
	core: Core | null;
	wanted: string | null;
}

export const ParameterGroup = ({ env, group, core, wanted }: Props) => (
	<tbody role="rowgroup">
		<tr role="row" class="group">
			<th role="rowheader" scope="rowgroup" colSpan={6}>
				{group.name} <span>{group.count}</span>
			</th>
		</tr>
		{group.rows.map((row) => (
			<ParameterRow
				key={row.variable.name}
				env={env}
				row={row}
				core={core}
				wanted={wanted === row.variable.name}
			/>
		))}
	</tbody>
);
