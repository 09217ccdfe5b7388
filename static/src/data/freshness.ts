// What an event makes old, as a table; and the line itself, open while somebody is logged in and looks.
import { signal } from '@preact/signals';
import { changeSets, pendingChanges } from './changes';
import { openLink, type LinkEvent } from './link';
import { whenUnauthenticated } from './api';
import { forgetEvents, remember } from './events';
import type { Resource } from './resource';
import { endSession, expired, session } from './session';
import { catalog, configurations, environments, forgetAll, latest, rules, workers } from './stores';

type Refresh = (environment: string | null) => void;

/** Many events of one cause are one read: at once for the first, once more for what came within the pause. */
function coalesced(read: () => void, pause = 250): () => void {
	let timer: ReturnType<typeof setTimeout> | null = null;
	let again = false;
	const run = () => {
		read();
		timer = setTimeout(() => {
			timer = null;
			if (again) {
				again = false;
				run();
			}
		}, pause);
	};
	return () => {
		if (timer === null) run();
		else again = true;
	};
}

/** What is on its way counts as shown: its answer may be from before the event. */
const shown = ({ value, problem, loading, refresh }: Resource<unknown>) => {
	if (value.peek() !== null || problem.peek() !== null || loading.peek()) void refresh();
};

const readEnvironments = coalesced(() => shown(environments));
const readLatest = coalesced(() => shown(latest));
const readWorkers = coalesced(() => shown(workers));
const readCatalog = coalesced(() => {
	shown(catalog);
	shown(rules);
});
const readConfigurations = (environment: string | null) => {
	for (const [name, resource] of configurations.all())
		if (environment === null || environment === name) shown(resource);
};
const readAllConfigurations = coalesced(() => readConfigurations(null));

const readPending = coalesced(() => shown(pendingChanges));

/** The types of events there are; what each makes old. */
const stale = {
	config_changed: [readConfigurations, readEnvironments, readWorkers, readLatest],
	change_state: [readConfigurations, readEnvironments, readPending],
	catalog_changed: [readCatalog, readAllConfigurations],
	worker_status: [readWorkers, readEnvironments],
	worker_lag_behind: [readWorkers],
	freeze_window: [readEnvironments],
	environment_lock: [readEnvironments],
	parameter_set_frozen: [],
	listen_reconnect: [],
} as const satisfies Record<string, readonly Refresh[]>;
export type EventType = keyof typeof stale;
const isKnown = (type: string): type is EventType => Object.hasOwn(stale, type);

/** What a page reads for itself, and when it becomes old. */
interface Watcher {
	types: readonly EventType[];
	refresh: () => void;
}
const watchers = new Set<Watcher>();

/** Calls back after events of these types, and when any may have been missed; until the returned function is called. */
export function watch(types: readonly EventType[], refresh: () => void): () => void {
	const watcher = { types, refresh: coalesced(refresh) };
	watchers.add(watcher);
	return () => watchers.delete(watcher);
}

const readEverything = () => {
	readCatalog();
	readAllConfigurations();
	readEnvironments();
	readWorkers();
	readLatest();
	readPending();
	for (const { refresh } of watchers) refresh();
};

function onEvent(event: LinkEvent): void {
	const { type, environment } = event;
	if (!isKnown(type)) return;
	remember({ ...event, type });
	for (const refresh of stale[type]) refresh(environment);
	for (const { types, refresh } of watchers) if (types.includes(type)) refresh();
}

/** Read beside the events by pages that show ages: heartbeats are not announced. */
export const pollWorkers = () => readWorkers();

const hiddenFor = 5 * 60_000;
let close: (() => void) | null = null;
/** True while the line is closed because nobody looks. */
export const sleeping = signal(false);

function open(): void {
	if (close || session.peek() === null) return;
	close = openLink({
		event: onEvent,
		reset: readEverything,
		refused: () => {
			shut();
			endSession();
		},
	});
}

function shut(): void {
	close?.();
	close = null;
}

/** Starts to keep what is shown fresh. A tab hidden for minutes gives its connection back. */
export function keepFresh(): void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	whenUnauthenticated(() => {
		shut();
		endSession();
	});
	let ended = false;
	expired.subscribe((is) => {
		if (ended && !is && session.peek()) readEverything();
		ended = is;
	});
	session.subscribe((who) => {
		if (who) return open();
		shut();
		forgetAll();
		forgetEvents();
		pendingChanges.forget();
		for (const resource of changeSets.all().values()) resource.forget();
	});
	document.addEventListener('visibilitychange', () => {
		clearTimeout(timer);
		if (document.hidden)
			timer = setTimeout(() => {
				sleeping.value = true;
				shut();
			}, hiddenFor);
		else if (sleeping.value) {
			sleeping.value = false;
			readEverything();
			open();
		}
	});
}
