// What an event makes old, as a table; and the line itself, open while somebody is logged in and looks.
import { signal } from '@preact/signals';
import { openLink, type LinkEvent } from './link';
import { whenUnauthenticated } from './api';
import { endSession, session } from './session';
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

const shown = (resource: { value: { peek(): unknown }; refresh(): Promise<void> }) => {
	if (resource.value.peek() !== null) void resource.refresh();
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

const stale: Record<string, readonly Refresh[]> = {
	config_changed: [readConfigurations, readEnvironments, readWorkers, readLatest],
	change_state: [readConfigurations, readEnvironments],
	catalog_changed: [readCatalog, readAllConfigurations],
	worker_status: [readWorkers, readEnvironments],
	worker_lag_behind: [readWorkers],
	freeze_window: [readEnvironments],
};

const readEverything = () => {
	readCatalog();
	readAllConfigurations();
	readEnvironments();
	readWorkers();
	readLatest();
};

const onEvent = ({ type, environment }: LinkEvent) => stale[type]?.forEach((refresh) => refresh(environment));

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
			void endSession();
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
		void endSession();
	});
	session.subscribe((who) => {
		if (who) return open();
		shut();
		forgetAll();
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
