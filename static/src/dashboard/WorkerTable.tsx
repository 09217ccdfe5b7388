import type { Worker } from '../data/types';
import { plural } from '../text/words';
import { Columns } from '../ui/Columns';
import { WorkerRow } from './WorkerRow';

export const WorkerTable = ({ workers }: { workers: readonly Worker[] }) => (
	<table role="table" class="data workers">
		<caption class="visually-hidden">
			{plural(workers.length, 'worker')}, those that need attention first
		</caption>
		<Columns of={['Worker', 'Environment', 'State', 'Version', 'Detail', 'Heartbeat']} />
		<tbody role="rowgroup">
			{workers.map((worker) => (
				<WorkerRow key={worker.worker_id} worker={worker} />
			))}
		</tbody>
	</table>
);
