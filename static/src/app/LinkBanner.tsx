import { now } from '../data/clock';
import { linkState } from '../data/link';
import { shortMoment } from '../text/age';
import { Note } from '../ui/Note';

const quietFor = 3_000;

/** Said on the page only when it lasts: a reconnect within seconds changes nothing one sees. */
export function LinkBanner() {
	const state = linkState.value;
	if (state.name !== 'stale' || now.value - state.since < quietFor) return null;
	return (
		<Note tone="warn">
			<strong>Reconnecting.</strong> What is shown was true at {shortMoment(state.since, now.value)} and may have
			changed since. A save is still safe: it is refused if the configuration moved on.
		</Note>
	);
}
