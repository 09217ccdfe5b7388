import { now } from '../data/clock';
import type { Worker } from '../data/types';
import { duration } from '../text/age';
import { list, plural, waitingFor } from '../text/words';
import { Ago } from '../ui/Ago';

/** Why a worker is in its state, in a sentence; for a current one, when it got there. */
export function WorkerWhy({ worker }: { worker: Worker }) {
	switch (worker.state) {
		case 'offline':
			return <>no report for {duration(now.value - Date.parse(worker.last_heartbeat))}</>;
		case 'rejected':
			return (
				<>
					v{worker.rejected?.version}: {worker.rejected?.detail}
				</>
			);
		case 'lagging':
			return (
				<>
					{plural(worker.lag_versions, 'version')} and {duration(worker.lag_seconds * 1000)} behind
					<Waiting worker={worker} />
				</>
			);
		case 'restart_required':
			return (
				<>
					{list(worker.restart_required)} {worker.restart_required.length === 1 ? 'waits' : 'wait'}{' '}
					for a restart
				</>
			);
		case 'pending':
			return (
				<>
					{list(worker.pending.map(({ name }) => name))}
					<Waiting worker={worker} />
				</>
			);
		case 'current':
			return (
				<span class="dim">
					{worker.applied_at === null ? (
						'started with it'
					) : (
						<>
							applied <Ago at={worker.applied_at} />
						</>
					)}
				</span>
			);
	}
}

function Waiting({ worker: { waiting_for, waiting_since } }: { worker: Worker }) {
	if (waiting_for === null) return null;
	return (
		<>
			{' '}
			· waits for {waitingFor[waiting_for]}
			{waiting_since !== null && `, ${duration(now.value - Date.parse(waiting_since))}`}
		</>
	);
}
