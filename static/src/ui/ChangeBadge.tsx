import type { ChangeState } from '../data/types';
import { changeStates } from '../text/words';
import { Icon, type IconName } from './Icon';

const icons: Record<ChangeState, IconName> = {
	draft: 'pencil',
	pending_approval: 'half',
	approved: 'half',
	active: 'check',
	superseded: 'undo',
	rejected: 'cross',
	withdrawn: 'off',
};

export const ChangeBadge = ({ state }: { state: ChangeState }) => (
	<span class={`badge ${changeStates[state].tone}`}>
		<Icon name={icons[state]} />
		{changeStates[state].label}
	</span>
);
