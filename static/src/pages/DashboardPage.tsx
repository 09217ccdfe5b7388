import { useEffect } from 'preact/hooks';
import { query, setQuery } from '../app/router';
import { Attention } from '../dashboard/Attention';
import { EventStream } from '../dashboard/EventStream';
import { Latency } from '../dashboard/Latency';
import { VersionStrip } from '../dashboard/VersionStrip';
import { StateTiles } from '../dashboard/StateTiles';
import { WorkerTable } from '../dashboard/WorkerTable';
import { pollWorkers } from '../data/freshness';
import { environments, workers } from '../data/stores';
import type { Worker, WorkerState } from '../data/types';
import { plural } from '../text/words';
import { Loaded } from '../ui/Loaded';
import { Placeholder } from '../ui/Placeholder';

const heartbeat = 5_000;

/** What runs and needs attention, then what is silent, then what is well; by environment and name. */
const order: readonly WorkerState[] = ['rejected', 'lagging', 'restart_required', 'pending', 'offline', 'current'];
const byNeed = (a: Worker, b: Worker) =>
	order.indexOf(a.state) - order.indexOf(b.state) ||
	a.environment.localeCompare(b.environment) ||
	a.worker_id.localeCompare(b.worker_id);

export function DashboardPage() {
	useEffect(() => {
		workers.ensure();
		const timer = setInterval(() => {
			if (!document.hidden) pollWorkers();
		}, heartbeat);
		return () => clearInterval(timer);
	}, []);
	const only = query.value.get('environment') ?? '';
	const state = query.value.get('state') ?? '';
	const isHere = ({ environment }: Worker) => only === '' || environment === only;
	const around = (environments.value.value ?? []).filter(({ environment }) => only === '' || environment === only);

	return (
		<>
			<div class="head">
				<div>
					<h1>Workers</h1>
					<p class="sub">{summary(workers.value.value?.filter(isHere) ?? null)}</p>
				</div>
				<div class="tools">
					<label for="environment">Environment</label>
					<select
						id="environment"
						value={only}
						onChange={(event) => setQuery('environment', event.currentTarget.value)}
					>
						<option value="">all</option>
						{environments.value.value?.map(({ environment }) => (
							<option key={environment}>{environment}</option>
						))}
					</select>
				</div>
			</div>
			<Loaded of={workers} what="the workers">
				{(all) => {
					const here = all.filter(isHere);
					const shown = here
						.filter((worker) => state === '' || worker.state === state)
						.sort(byNeed);
					return (
						<>
							<Attention workers={here} around={around} />
							<VersionStrip environments={around} />
							<StateTiles workers={here} chosen={state} />
							{shown.length > 0 ? (
								<WorkerTable workers={shown} />
							) : (
								<Nothing any={all.length > 0} />
							)}
							<div class="two-sides panels">
								<Latency environment={only} />
								<EventStream environment={only} />
							</div>
						</>
					);
				}}
			</Loaded>
		</>
	);
}

const Nothing = ({ any }: { any: boolean }) =>
	any ? (
		<Placeholder title="No worker like that">
			<button
				type="button"
				onClick={() => {
					setQuery('environment', '');
					setQuery('state', '');
				}}
			>
				Show all workers
			</button>
		</Placeholder>
	) : (
		<Placeholder title="No worker has reported">
			<p>A worker shows up here with its first heartbeat, and stays for a day after its last.</p>
		</Placeholder>
	);

function summary(all: readonly Worker[] | null): string {
	if (!all) return '\u00a0';
	const needy = all.filter(({ state }) => state !== 'current' && state !== 'pending').length;
	const attention = needy === 0 ? 'none needs' : needy === 1 ? '1 needs' : `${needy} need`;
	return `${plural(all.length, 'worker')} · ${attention} attention`;
}
