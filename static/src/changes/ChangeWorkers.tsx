import { WorkerWhy } from '../dashboard/WorkerWhy';
import type { Plan, Worker } from '../data/types';
import { Abridged } from '../ui/Abridged';
import { Columns } from '../ui/Columns';
import { StateBadge } from '../ui/StateBadge';
import { boundaryOf } from './standing';

const when = {
	'cycle end': 'when its cycle ends',
	'position close': 'once no position is open',
	restart: 'when it starts again',
} as const;

/** Which workers a change would reach, how each stands now, and when it would take the change over. */
export function ChangeWorkers({ plan, workers }: { plan: Plan; workers: readonly Worker[] }) {
	const online = workers.filter(({ state }) => state !== 'offline');
	const offline = workers.filter(({ state }) => state === 'offline');
	return (
		<>
			{online.length > 0 && <Reached plan={plan} workers={online} />}
			{offline.length > 0 && (
				<p class="dim">
					<strong>{offline.length} offline</strong>, to read it when back:{' '}
					<Abridged of={offline.map(({ worker_id }) => worker_id)} />
				</p>
			)}
		</>
	);
}

const Reached = ({ plan, workers }: { plan: Plan; workers: readonly Worker[] }) => (
	<table role="table" class="data reach">
		<caption class="visually-hidden">Workers concerned</caption>
		<Columns of={['Worker', 'State', 'Takes it over']} />
		<tbody role="rowgroup">
			{workers.map((worker) => (
				<tr role="row" key={worker.worker_id} data-worker={worker.worker_id}>
					<th role="rowheader" scope="row">
						<code>{worker.worker_id}</code>{' '}
						<span class="num dim">
							{worker.applied_version === null ? 'none' : `v${worker.applied_version}`}
						</span>
					</th>
					<td role="cell">
						<div>
							<StateBadge state={worker.state} />{' '}
							{worker.state !== 'current' && (
								<span class="dim">
									<WorkerWhy worker={worker} />
								</span>
							)}
						</div>
					</td>
					<td role="cell">
						<div>{when[boundaryOf(plan)]}</div>
					</td>
				</tr>
			))}
		</tbody>
	</table>
);
