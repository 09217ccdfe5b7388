import { setQuery } from '../app/router';
import type { Worker } from '../data/types';
import { stateOrder, states } from '../text/words';
import { Icon } from '../ui/Icon';
import { stateIcon } from '../ui/StateBadge';

/** How many are in each state; a tile narrows the table to it. */
export function StateTiles({ workers, chosen }: { workers: readonly Worker[]; chosen: string }) {
	return (
		<div class="tiles" role="group" aria-label="Workers by state">
			{[...stateOrder].reverse().map((state) => {
				const n = workers.filter((worker) => worker.state === state).length;
				return (
					<button
						type="button"
						key={state}
						class={`tile ${n > 0 ? states[state].tone : 'zero'}`}
						aria-pressed={chosen === state}
						onClick={() => setQuery('state', chosen === state ? '' : state)}
					>
						<b>{n}</b>
						<span>
							<Icon name={stateIcon(state)} />
							{states[state].label}
						</span>
					</button>
				);
			})}
		</div>
	);
}
