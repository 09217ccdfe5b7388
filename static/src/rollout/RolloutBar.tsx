import { useEffect } from 'preact/hooks';
import { announce } from '../app/announce';
import { address } from '../app/pattern';
import { workers } from '../data/stores';
import { EnvBadge } from '../ui/EnvBadge';
import { Icon } from '../ui/Icon';
import { ProgressBar } from './ProgressBar';
import { headline, progress, rollout } from './rollout';
import { StepLine } from './StepLine';

/** After a save: how far the version has come, worker by worker, and what the rest waits for. */
export function RolloutBar({ env }: { env: string }) {
	const saved = rollout.value;
	const mine = saved?.environment === env ? saved : null;
	const state = mine && workers.value.value ? progress(mine, workers.value.value) : null;
	const told = state && headline(state);

	useEffect(() => {
		if (mine && told !== null) announce(`Saved as version ${mine.version} in ${env}, ${told}`);
	}, [mine?.version, told]);
	if (!mine || !state) return null;

	return (
		<section class="rollout" aria-label="Rollout">
			<p>
				<Icon name={state.done ? 'check' : 'half'} />
				<b>v{mine.version} saved</b> in <EnvBadge name={env} />
				<a class="num" href={address('changes', String(mine.change))}>
					#{mine.change}
				</a>
			</p>
			<ProgressBar of={state} />
			<ul>
				{state.steps.map((step) => (
					<StepLine key={step.worker.worker_id} of={step} />
				))}
			</ul>
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
