import { address } from '../app/pattern';
import type { ChangeDocument } from '../data/types';
import { lookOf } from '../text/environment';
import { Ago } from '../ui/Ago';
import { isBareCreation } from '../text/words';
import { EnvBadge } from '../ui/EnvBadge';
import { Revert } from './Revert';

const verdicts = {
	active: 'Approved',
	superseded: 'Approved',
	rejected: 'Rejected',
} as const;
const titles: Partial<Record<ChangeDocument['state'], string>> = {
	active: 'In force',
	superseded: 'No longer in force',
	rejected: 'Rejected',
	withdrawn: 'Withdrawn',
};
const isDecided = (state: string): state is keyof typeof verdicts => Object.hasOwn(verdicts, state);

/** How a change ended: who decided, what they said, and where to go from here. */
export function Outcome({ change }: { change: ChangeDocument }) {
	const { state, environment, decided_by, decided_at, comment, version } = change;
	const bare = isBareCreation(change);
	const end = change.events[change.events.length - 1];
	return (
		<section class={`panel tone-${lookOf(environment).tone}`} aria-label="Outcome">
			<h2>{bare ? 'Created' : (titles[state] ?? 'Ended')}</h2>
			{isDecided(state) && decided_by !== null && (
				<p>
					{verdicts[state]} by <b>{decided_by}</b> {decided_at !== null && <Ago at={decided_at} />}
				</p>
			)}
			{state === 'withdrawn' && end && (
				<p>
					Withdrawn by <b>{end.actor}</b> <Ago at={end.at} />
				</p>
			)}
			{decided_by === null && version !== null && !bare && <p>Nothing critical: no approval was needed.</p>}
			{comment !== null && comment !== '' && <blockquote>{comment}</blockquote>}
			{version !== null && (
				<p>
					It became <EnvBadge name={environment} version={version} />.
				</p>
			)}
			<p>
				<a href={address('config', environment)}>Parameters of {environment}</a>
			</p>
			{version !== null && change.diff.length > 0 && <Revert change={change} />}
		</section>
	);
}
