import { address } from '../app/pattern';
import { now } from '../data/clock';
import { decisions } from '../data/changes';
import { freezeOf } from '../data/permission';
import type { Environment, Worker } from '../data/types';
import { until } from '../text/age';
import { plural, states } from '../text/words';
import { Abridged } from '../ui/Abridged';
import { Note } from '../ui/Note';

const needy: readonly Worker['state'][] = ['rejected', 'lagging', 'offline', 'restart_required'];

/** A worker goes on for weeks; that it began without the platform is to be looked at for a day. */
const cacheIsNews = 24 * 60 * 60_000;

const beganWith = ({ worker_id, started_at, applied_version, target_version }: Worker): string =>
	`${worker_id} (heard of at ${until(started_at)}, now ${applied_version === null ? 'without a version' : `v${applied_version}`} of v${target_version})`;

/** What a person has to look at, worst first; and that there is nothing, when there is nothing. */
export function Attention({ workers, environments }: { workers: readonly Worker[]; environments: readonly Environment[] }) {
	const waiting = decisions.value;
	const frozen = environments.flatMap((one) => freezeOf(one) ?? []);
	const cached = workers.filter(({ started_from_cache, started_at, state }) =>
		started_from_cache && state !== 'offline' && now.value - Date.parse(started_at) < cacheIsNews);
	const groups = needy
		.map((state) => ({ state, its: workers.filter((one) => one.state === state) }))
		.filter(({ its }) => its.length > 0);
	if (groups.length === 0 && cached.length === 0 && waiting.length === 0 && frozen.length === 0)
		return <Note tone="ok">Nothing needs attention.</Note>;
	return (
		<div class="facts">
			{groups.map(({ state, its }) => (
				<Note key={state} tone={states[state].tone === 'bad' ? 'bad' : 'warn'}>
					<strong>
						{plural(its.length, 'worker')} {states[state].label}
					</strong>
					: <Abridged of={its.map(({ worker_id }) => worker_id)} />
				</Note>
			))}
			{cached.length > 0 && (
				<Note tone={cached.every(({ state }) => state === 'current') ? 'info' : 'warn'} icon="disk">
					<strong>{plural(cached.length, 'worker')} started from the cache</strong>, since the platform was out of reach:{' '}
					<Abridged of={cached.map(beganWith)} />
				</Note>
			)}
			{waiting.length > 0 && (
				<Note tone="info" icon="half">
					<strong>{plural(waiting.length, 'change')} for you to decide</strong>:{' '}
					{waiting.map(({ id }, i) => (
						<span key={id}>
							{i > 0 && ', '}
							<a href={address('changes', String(id))}>#{id}</a>
						</span>
					))}
				</Note>
			)}
			{frozen.map((text) => (
				<Note key={text} tone="warn" icon="snow">
					{text}
				</Note>
			))}
		</div>
	);
}
