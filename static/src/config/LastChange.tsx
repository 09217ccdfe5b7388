import { now } from '../data/clock';
import { Ago } from '../ui/Ago';
import type { Origin } from './rows';

const fresh = 60_000;

/** Who changed it in which version, and when. What changed within a minute carries a mark. */
export function LastChange({ origin }: { origin: Origin | null }) {
	if (!origin || origin.source === 'default' || origin.changed_at === null)
		return <span class="dim">default</span>;
	const isFresh = now.value - Date.parse(origin.changed_at) < fresh;
	return (
		<span class={isFresh ? 'fresh' : ''}>
			<span class="num">v{origin.version}</span> {origin.changed_by} ·{' '}
			<Ago at={origin.changed_at} bare />
		</span>
	);
}
