import type { Change, ChangeState } from '../data/types';
import { changeStates, isBareCreation } from '../text/words';
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

/** How a change set stands. What created an environment without values has none that could come out of force. */
export function ChangeBadge({ change }: { change: Pick<Change, 'state' | 'kind' | 'diff'> }) {
	const { label, tone } = isBareCreation(change) ? { label: 'created', tone: 'ok' } : changeStates[change.state];
	return (
		<span class={`badge ${tone}`}>
			<Icon name={isBareCreation(change) ? 'check' : icons[change.state]} />
			{label}
		</span>
	);
}
