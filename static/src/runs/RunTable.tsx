import type { Run } from '../data/types';
import { Columns } from '../ui/Columns';
import { RunRow } from './RunRow';

export const RunTable = ({
	runs,
	picked,
	onPick,
}: {
	runs: readonly Run[];
	picked: readonly string[];
	onPick: (id: string) => void;
}) => (
	<table role="table" class="data runs pickable">
		<caption class="visually-hidden">Runs, newest first</caption>
		<Columns of={['', 'Run', 'Environment', 'Parameter set', 'Status', 'Begun']} />
		<tbody role="rowgroup">
			{runs.map((run) => (
				<RunRow
					key={run.run_id}
					run={run}
					picked={picked.includes(run.run_id)}
					onPick={() => onPick(run.run_id)}
				/>
			))}
		</tbody>
	</table>
);
