// What does each worker run with, how far is it behind, and what waits for its restart?
import { above, column, environment, graph, labels, now, prom, prometheus, row, stat, STEPS, table, timeline } from './panels.mjs';

const OF = '{environment=~"$environment"}';
const WORKERS = '{environment=~"$environment",worker=~"$worker"}';
const BY = 'max by (environment, worker)'; // scraped and pushed are one
const VERSIONS = `environment_worker:cvn_worker_lag_versions:max${WORKERS}`;
const SECONDS = `environment_worker:cvn_worker_lag_seconds:max${WORKERS}`;
const APPLIED = `${BY} (cvn_worker_applied_version${WORKERS})`;
const LAST_APPLY = `${BY} (cvn_worker_last_apply_timestamp_seconds${WORKERS})`;
const RESTART = `${BY} (cvn_worker_restart_required${WORKERS})`;
const DUPLICATE = `${BY} (cvn_worker_duplicate${WORKERS})`;
const TARGET = `0 * ${APPLIED} + on (environment) group_left () max by (environment) (cvn_config_version${OF})`;

const count = (what) => now(`count(${what}) or vector(0)`);
const each = '{{environment}} {{worker}}';

const current = [
	row('Now'),
	stat('Workers', 'That report.', count(VERSIONS)),
	stat('Up to date', 'They run with the current version.', count(`${VERSIONS} == 0`)),
	stat('Lagging', 'More than 3 versions or 60 s behind.', count(`${VERSIONS} > 3 or ${SECONDS} > 60`), 'short', above(1)),
	stat('Restart required', 'They hold values that only a restart applies.', count(`${RESTART} == 1`), 'short', above(1, 'orange')),
	stat('Furthest behind', 'In versions.', now(`max(${VERSIONS})`), 'none', above(4)),
	stat('Longest behind', 'Since the first version that was not applied was saved.', now(`max(${SECONDS})`), 's', above(60)),
	table('Each worker', 'What it runs with, and how far it is behind.',
		[APPLIED, TARGET, VERSIONS, SECONDS, `1000 * ${LAST_APPLY}`, RESTART, DUPLICATE].map(column), {
			names: {
				environment: 'Environment', worker: 'Worker', 'Value #A': 'Version', 'Value #B': 'Of the environment',
				'Value #C': 'Versions behind', 'Value #D': 'Behind for', 'Value #E': 'Last apply', 'Value #F': 'Restart required',
				'Value #G': 'Two processes',
			},
			units: { 'Behind for': 's', 'Last apply': 'dateTimeFromNow', 'Restart required': 'bool_yes_no', 'Two processes': 'bool_yes_no' },
		}),
];

const course = [
	row('Over time'),
	graph('Versions behind', 'The line is the limit of the alert.', prom(VERSIONS, each), 'none', { limit: 3 }),
	graph('Behind for', 'The line is the limit of the alert.', prom(SECONDS, each), 's', { limit: 60 }),
	graph('Applied version', 'Every version up to it is applied.', prom(APPLIED, each), 'none', { custom: STEPS }),
	graph('Since the last apply', 'Long is natural where nothing is saved.', prom(`time() - (${LAST_APPLY} > 0)`, each), 's'),
	timeline('Restart required', 'While a worker holds values that only a restart applies.', prom(RESTART, each), 'restart required'),
	timeline('Two processes', 'While they report under the one id of a worker, each after the other.', prom(DUPLICATE, each), 'two processes'),
];

export const workers = {
	uid: 'configuration-platform-workers',
	title: 'Configuration platform: workers',
	variables: [prometheus, environment, labels('worker', 'Worker', `label_values(cvn_worker_applied_version${OF}, worker)`)],
	panels: [...current, ...course],
};
