import type { ChangeDocument } from '../data/types';
import { Ago } from '../ui/Ago';
import { Hash } from '../ui/Hash';
import { Icon } from '../ui/Icon';
import { storyOf } from './story';

/** What happened to a change, in order; where an approval that was asked for became void, it is said. */
export const Events = ({ change }: { change: ChangeDocument }) => (
	<ol class="events">
		{storyOf(change).map(({ at, actor, icon, tone, what, hash, comment, note }, i) => (
			<li key={i}>
				<span class={`event-mark ${tone}`}>
					<Icon name={icon} />
				</span>
				<p>
					<b>{actor}</b> {what} <Ago at={at} />
					{hash !== null && (
						<>
							{' '}
							<Hash of={hash} />
						</>
					)}
				</p>
				{comment !== null && <blockquote>{comment}</blockquote>}
				{note !== null && <p class="warn">{note}</p>}
			</li>
		))}
	</ol>
);
