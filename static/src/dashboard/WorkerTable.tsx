import type { Worker } from '../data/types';
import { plural } from '../text/words';
import { WorkerRow } from './WorkerRow';

export const WorkerTable = ({ workers }: { workers: readonly Worker[] }) => (
	<table role="table" class="data workers">
		<caption class="visually-hidden">
			{plural(workers.length, 'worker')}, those that need attention first
		</caption>
		<thead role="rowgroup">
			<tr role="row">
				<th role="columnheader" scope="col">
					Worker
				</th>
				<th role="columnheader" scope="col">
					Environment
				</th>
				<th role="columnheader" scope="col">
					State
				</th>
				<th role="columnheader" scope="col">
					Version
				</th>
				<th role="columnheader" scope="col">
					Detail
				</th>
				<th role="columnheader" scope="col">
					Heartbeat
				</th>
			</tr>
		</thead>
		<tbody role="rowgroup">
			{workers.map((worker) => (
				<WorkerRow key={worker.worker_id} worker={worker} />
			))}
		</tbody>
	</table>
);
