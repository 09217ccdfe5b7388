import { useMemo } from 'preact/hooks';
import { RowCells, type Props } from './RowCells';

/** A parameter's row. With thousands of them, only those are drawn anew of which something that they show is other. */
export function ParameterRow({ env, row, core, wanted }: Props) {
	const { variable, live, origin, draft, violation, conflict, pending } = row;
	const source = origin && [origin.source, origin.version, origin.changed_at, origin.changed_by].join();
	return useMemo(
		() => <RowCells env={env} row={row} core={core} wanted={wanted} />,
		[env, core, wanted, variable, live, source, draft, violation, conflict, pending],
	);
}
