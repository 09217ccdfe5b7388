import type { Progress } from './rollout';
import { headline } from './rollout';

/** A segment a worker, so that one sees how many and how far; in words beside it. */
export const ProgressBar = ({ of }: { of: Progress }) => (
	<p class="rollout-progress">
		{of.total > 0 && (
			<span class="segments-bar" aria-hidden="true">
				{of.steps.map(({ worker, step }) => (
					<i key={worker.worker_id} class={`is-${step}`} />
				))}
			</span>
		)}
		<progress
			class="visually-hidden"
			max={Math.max(of.total, 1)}
			value={of.applied}
			aria-label="Applied by workers"
		/>
		{headline(of)}
	</p>
);
