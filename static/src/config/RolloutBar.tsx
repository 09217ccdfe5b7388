import { useEffect } from 'preact/hooks';
import { announce } from '../app/announce';
import { workers } from '../data/stores';
import { list, waitingFor } from '../text/words';
import { EnvBadge } from '../ui/EnvBadge';
import { Icon } from '../ui/Icon';
import { WorkerVersion } from './WorkerVersion';
import { progress, rollout } from './rollout';

/** After a save: how far the version has come, worker by worker, and what the rest waits for. */
export function RolloutBar({ env }: { env: string }) {
	const saved = rollout.value;
	const mine = saved?.environment === env ? saved : null;
	const state = mine ? progress(mine, workers.value.value ?? []) : null;
	const total = state?.workers.length ?? 0;
	const applied = state?.applied.length ?? 0;
	const restarts =
		state?.workers.filter(({ restart_required }) =>
			restart_required.some((name) => mine?.names.includes(name)),
		) ?? [];
	const headline = total === 0 ? 'no worker runs it' : `applied by ${applied} of ${total}`;

	useEffect(() => {
		if (mine) announce(`Saved as version ${mine.version} in ${env}, ${headline}`);
	}, [mine?.version, headline]);
	if (!mine || !state) return null;

	return (
		<section class="rollout" aria-label="Rollout">
			<p>
				<Icon name={state.done ? 'check' : 'half'} />
				<b>v{mine.version} saved</b> in <EnvBadge name={env} />
			</p>
			<p class="rollout-progress">
				<progress
					class="visually-hidden"
					max={Math.max(total, 1)}
					value={applied}
					aria-label="Applied by workers"
				/>
				{headline}
			</p>
			<ul>
				{state.workers.map((worker) => (
					<li key={worker.worker_id}>
						<WorkerVersion worker={worker} version={mine.version} />
					</li>
				))}
			</ul>
			{state.waiting.map(({ worker_id, waiting_for, rejected }) =>
				rejected ? (
					<p key={worker_id} class="bad">
						{worker_id} rejected it: {rejected.detail}
					</p>
				) : (
					waiting_for && (
						<p key={worker_id} class="dim">
							{worker_id} waits for {waitingFor[waiting_for]}
						</p>
					)
				),
			)}
			{restarts.length > 0 && (
				<p class="warn">
					{list(restarts.map(({ worker_id }) => worker_id))}{' '}
					{restarts.length === 1 ? 'needs' : 'need'} a restart for all of it
				</p>
			)}
			<span class="grow" />
			<button
				type="button"
				class="quiet icon-only"
				onClick={() => {
					rollout.value = null;
				}}
				aria-label="Dismiss"
			>
				<Icon name="close" />
			</button>
		</section>
	);
}
