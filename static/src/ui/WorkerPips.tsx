import type { Worker } from '../data/types';
import { states } from '../text/words';
import { Icon } from './Icon';
import { stateIcon } from './StateBadge';

/** One mark a worker, in the shape and colour of its state. */
export const WorkerPips = ({ workers }: { workers: readonly Worker[] }) => (
	<span class="pips" aria-hidden="true">
		{workers.map(({ worker_id, state }) => (
			<span
				key={worker_id}
				class={`pip ${states[state].tone}`}
				title={`${worker_id}: ${states[state].label}`}
			>
				<Icon name={stateIcon(state)} />
			</span>
		))}
	</span>
);
