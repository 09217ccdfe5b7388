import { now } from '../data/clock';
import { happened } from '../data/events';
import { shortMoment } from '../text/age';
import { EnvBadge } from '../ui/EnvBadge';
import { eventText } from './eventText';

const most = 50;

/** What happens, as it is told: newest first. It is no live region, since it would never be silent. */
export function EventStream({ environment }: { environment: string }) {
	const shown = happened.value
		.filter((one) => environment === '' || one.environment === null || one.environment === environment)
		.slice(0, most);
	return (
		<section class="panel-box" aria-label="Events">
			<h2>Events</h2>
			{shown.length === 0 ? (
				<p class="dim">Nothing has happened since this tab was opened.</p>
			) : (
				<ol class="stream" tabIndex={0} aria-label="Events, newest first">
					{shown.map((one) => (
						<li key={one.n}>
							<time class="num dim" dateTime={new Date(one.at).toISOString()}>
								{shortMoment(one.at, now.value)}
							</time>
							{one.environment === null ? <span class="dim">all</span> : <EnvBadge name={one.environment} />}
							<span>{eventText(one)}</span>
						</li>
					))}
				</ol>
			)}
		</section>
	);
}
