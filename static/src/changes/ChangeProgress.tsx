import { useEffect } from 'preact/hooks';
import { announce } from '../app/announce';
import type { ChangeDocument, Worker } from '../data/types';
import { ProgressBar } from '../rollout/ProgressBar';
import { headline, progress } from '../rollout/rollout';
import { StepLine } from '../rollout/StepLine';
import { Abridged } from '../ui/Abridged';

/** How far an applied change has come into the workers, live. */
export function ChangeProgress({ change, workers }: { change: ChangeDocument; workers: readonly Worker[] }) {
	const { environment, version, diff } = change;
	const names = diff.map(({ name }) => name);
	const state = progress({ environment, version: version ?? 0, names }, workers);
	const told = headline(state);
	useEffect(() => announce(`Version ${version} in ${environment}, ${told}`), [told]);
	return (
		<section class="progress" aria-labelledby="progress-title">
			<h2 id="progress-title" class="section">
				In the workers
			</h2>
			<ProgressBar of={state} />
			{state.total > 0 && (
				<ul class="steps">
					{state.steps.map((step) => (
						<StepLine key={step.worker.worker_id} of={step} />
					))}
				</ul>
			)}
			{state.offline.length > 0 && (
				<p class="dim">
					<strong>{state.offline.length} offline</strong>, to read it when back:{' '}
					<Abridged of={state.offline.map(({ worker_id }) => worker_id)} />
				</p>
			)}
		</section>
	);
}
