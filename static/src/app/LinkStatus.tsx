import { now } from '../data/clock';
import { linkState } from '../data/link';
import { shortMoment } from '../text/age';
import { Icon, type IconName } from '../ui/Icon';

const looks: Record<'connecting' | 'live' | 'stale', { icon: IconName; tone: string }> = {
	connecting: { icon: 'half', tone: 'info' },
	live: { icon: 'circle', tone: 'ok' },
	stale: { icon: 'off', tone: 'warn' },
};

/** Whether what is shown is what is: live, connecting, or stale since when. */
export function LinkStatus() {
	const state = linkState.value;
	const text =
		state.name === 'stale'
			? `stale since ${shortMoment(state.since, now.value)}`
			: state.name === 'live'
				? 'live updates'
				: 'connecting';
	const { icon, tone } = looks[state.name];
	return (
		<span class={`link ${tone}`} title="Whether changes saved elsewhere arrive here">
			<Icon name={icon} />
			<span>{text}</span>
		</span>
	);
}
