import type { Core } from '../core';
import type { Column } from './columns';
import { namesOf } from './order';
import { ParameterRow } from './ParameterRow';
import { PickAll } from './PickAll';
import type { Group } from './rows';

interface Props {
	env: string;
	group: Group;
	columns: readonly Column[];
	core: Core | null;
	wanted: string | null;
	opened: string | null;
	picked: ReadonlySet<string>;
	onPick: (names: readonly string[]) => void;
}

const nameOf = (group: string): string => (group === '' ? 'No group' : group);

export const ParameterGroup = ({ env, group, columns, core, wanted, opened, picked, onPick }: Props) => (
	<tbody role="rowgroup">
		{group.name !== null && (
			<tr role="row" class="group">
				<td role="cell" class="cell-pick">
					<PickAll
						names={namesOf(group.rows)}
						picked={picked}
						label={`Select the group ${nameOf(group.name)}`}
						onFlip={onPick}
					/>
				</td>
				<th role="rowheader" scope="rowgroup" colSpan={columns.length + 2}>
					{nameOf(group.name)} <span>{group.count}</span>
				</th>
			</tr>
		)}
		{group.rows.map((row) => (
			<ParameterRow
				key={row.variable.name}
				env={env}
				row={row}
				columns={columns}
				core={core}
				wanted={wanted === row.variable.name}
				opened={opened === row.variable.name}
				picked={picked.has(row.variable.name)}
			/>
		))}
	</tbody>
);
