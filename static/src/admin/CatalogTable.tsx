import type { Variable } from '../data/types';
import { Columns } from '../ui/Columns';
import { VariableRow } from './VariableRow';

/** Definitions by group, then by name. */
export function CatalogTable({ variables }: { variables: readonly Variable[] }) {
	const groups = [...new Set(variables.map(({ group_name }) => group_name))].sort();
	return (
		<table role="table" class="data catalog">
			<caption class="visually-hidden">Parameters and their definitions</caption>
			<Columns of={['Parameter', 'Type', 'Default', 'Bounds', 'Applies at']} />
			{groups.map((group) => {
				const its = variables.filter(({ group_name }) => group_name === group);
				return (
					<tbody role="rowgroup" key={group}>
						<tr role="row" class="group">
							<th role="rowheader" scope="rowgroup" colSpan={5}>
								{group === '' ? 'No group' : group} <span>{its.length}</span>
							</th>
						</tr>
						{its.map((variable) => (
							<VariableRow key={variable.name} variable={variable} />
						))}
					</tbody>
				);
			})}
		</table>
	);
}
