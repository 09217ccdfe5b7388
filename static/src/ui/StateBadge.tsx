import type { WorkerState } from '../data/types';
import { states } from '../text/words';
import { Icon, type IconName } from './Icon';

const icons: Record<WorkerState, IconName> = {
	offline: 'off',
	rejected: 'cross',
	lagging: 'warning',
	restart_required: 'restart',
	pending: 'half',
	current: 'check',
};

export const stateIcon = (state: WorkerState): IconName => icons[state];

export const StateBadge = ({ state }: { state: WorkerState }) => (
	<span class={`badge ${states[state].tone}`}>
		<Icon name={icons[state]} />
		{states[state].label}
	</span>
);
