import type { ComponentChildren } from 'preact';
import { address } from '../app/pattern';
import { now } from '../data/clock';
import { decisions, pendingChanges } from '../data/changes';
import { freezeOf } from '../data/permission';
import { environments } from '../data/stores';
import type { Environment, Worker } from '../data/types';
import { shortMoment } from '../text/age';
import { plural, states, type Tone } from '../text/words';
import { Abridged } from '../ui/Abridged';
import { Icon, type IconName } from '../ui/Icon';
import { Note } from '../ui/Note';
import { stateIcon } from '../ui/StateBadge';

interface Item {
	key: string;
	tone: Tone;
	icon: IconName;
	what: string;
	detail: ComponentChildren;
}

const needy: readonly Worker['state'][] = ['rejected', 'lagging', 'restart_required', 'offline'];

/** A worker goes on for weeks; that it began without the platform is to be looked at for a day. */
const cacheIsNews = 24 * 60 * 60_000;

const isNews = ({ started_from_cache, started_at, state }: Worker): boolean =>
	started_from_cache && state !== 'offline' && now.value - Date.parse(started_at) < cacheIsNews;

const ids = (of: readonly Worker[]) => <Abridged of={of.map(({ worker_id }) => worker_id)} />;

const beganWith = ({ worker_id, started_at, applied_version, target_version }: Worker): string =>
	`${worker_id} (heard of since ${shortMoment(started_at, now.value)}, at ${applied_version === null ? 'no version' : `v${applied_version}`} of v${target_version})`;

function ofStates(workers: readonly Worker[]): Item[] {
	return needy.flatMap((state) => {
		const its = workers.filter((one) => one.state === state);
		const { tone, label } = states[state];
		const what = `${plural(its.length, 'worker')} ${label}`;
		return its.length === 0 ? [] : [{ key: state, tone, icon: stateIcon(state), what, detail: ids(its) }];
	});
}

/** Each overwrites what the other one says of itself: neither is known by its row. */
function ofDuplicates(workers: readonly Worker[]): Item[] {
	const its = workers.filter(({ duplicate, state }) => duplicate && state !== 'offline');
	if (its.length === 0) return [];
	const what = `${plural(its.length, 'worker id')} in use by two processes`;
	return [{ key: 'duplicate', tone: 'bad', icon: 'warning', what, detail: ids(its) }];
}

function ofCache(workers: readonly Worker[]): Item[] {
	const its = workers.filter(isNews);
	if (its.length === 0) return [];
	const tone = its.every(({ state }) => state === 'current') ? 'info' : 'warn';
	const what = `${plural(its.length, 'worker')} started from the cache, the platform was out of reach`;
	return [{ key: 'cache', tone, icon: 'disk', what, detail: <Abridged of={its.map(beganWith)} /> }];
}

function ofDecisions(environments: readonly Environment[]): Item[] {
	const here = new Set(environments.map(({ environment }) => environment));
	const waiting = decisions.value.filter(({ environment }) => here.has(environment));
	if (waiting.length === 0) return [];
	const what = `${plural(waiting.length, 'change')} for you to decide`;
	const detail = waiting.map(({ id }, i) => (
		<span key={id}>
			{i > 0 && ', '}
			<a href={address('changes', String(id))}>#{id}</a>
		</span>
	));
	return [{ key: 'decide', tone: 'info', icon: 'half', what, detail }];
}

const ofFreezes = (environments: readonly Environment[]): Item[] =>
	environments.flatMap((one) => {
		const what = freezeOf(one);
		return what === null ? [] : [{ key: `freeze ${one.environment}`, tone: 'warn', icon: 'snow', what, detail: null }];
	});

/** That there is nothing is said only when all that could be something has been read. */
const isKnown = (): boolean => environments.value.value !== null && pendingChanges.value.value !== null;

/** What a person has to look at, worst first; and that there is nothing, when there is nothing. */
export function Attention({ workers, around }: { workers: readonly Worker[]; around: readonly Environment[] }) {
	const items = [
		...ofDuplicates(workers),
		...ofStates(workers),
		...ofCache(workers),
		...ofDecisions(around),
		...ofFreezes(around),
	];
	if (items.length === 0) return isKnown() ? <Note tone="ok">Nothing needs attention.</Note> : null;
	return (
		<ul class="attention" aria-label="Needs attention">
			{items.map(({ key, tone, icon, what, detail }) => (
				<li key={key} class={tone} data-about={key}>
					<Icon name={icon} />
					<p>
						<strong>{what}</strong> {detail}
					</p>
				</li>
			))}
		</ul>
	);
}
