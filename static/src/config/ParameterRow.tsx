import { useMemo } from 'preact/hooks';
import { lazy } from '../app/lazy';
import { RowCells, type Props } from './RowCells';

const ParameterDetail = lazy(async () => (await import('./ParameterDetail')).ParameterDetail, 'detail');

/** A parameter's row. With thousands of them, only those are drawn anew of which something that they show is other. */
export function ParameterRow({ env, row, columns, core, wanted, opened, picked }: Props) {
	const { variable, live, origin, draft, violation, conflict, pending } = row;
	const source = origin && [origin.source, origin.version, origin.changed_at, origin.changed_by].join();
	return useMemo(
		() => (
			<>
				<RowCells
					env={env}
					row={row}
					columns={columns}
					core={core}
					wanted={wanted}
					opened={opened}
					picked={picked}
				/>
				{opened && (
					<tr role="row" class="detail" id={`detail-${variable.name}`}>
						<td role="cell" colSpan={columns.length + 3}>
							<ParameterDetail env={env} row={row} />
						</td>
					</tr>
				)}
			</>
		),
		[env, columns, core, wanted, opened, picked, variable, live, source, draft, violation, conflict, pending],
	);
}
