import type { Happened } from '../data/events';
import type { EventType } from '../data/freshness';

const text = ({ members }: Happened, name: string): string => {
	const member = members[name];
	return typeof member === 'string' || typeof member === 'number' ? String(member) : '';
};

/** What happened, by the type of the event. */
const tells: Record<EventType, (event: Happened) => string> = {
	config_changed: (event) =>
		text(event, 'key') === '*' ? `saved as v${text(event, 'version')}` : `${text(event, 'key')} saved as v${text(event, 'version')}`,
	change_state: (event) => `change #${text(event, 'change_id')}: ${text(event, 'state').replace(/_/g, ' ')}`,
	catalog_changed: (event) => `catalog v${text(event, 'catalog_version')}`,
	worker_status: (event) => `${text(event, 'worker_id')}: ${text(event, 'state').replace(/_/g, ' ')} at v${text(event, 'applied_version')}`,
	parameter_set_frozen: (event) => `run ${text(event, 'run_id')} pinned`,
	freeze_window: () => 'freeze windows changed',
	environment_lock: (event) => (text(event, 'locked_by') === '' ? 'unlocked' : `locked by ${text(event, 'locked_by')}`),
	listen_reconnect: () => 'the notifier was cut off from the database, and caught up',
	worker_lag_behind: (event) => `${text(event, 'worker_id')} lags ${text(event, 'lag_versions')} versions behind`,
};

export const eventText = (event: Happened): string => tells[event.type](event);
