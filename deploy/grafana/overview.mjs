// Is the platform well? Objectives, distribution, changes, and the platform itself.
import { above, environment, graph, heatmap, now, prom, prometheus, row, stat, steps, STEPS } from './panels.mjs';

const OF = '{environment=~"$environment"}';
const BY = 'max by (environment)'; // scraped and pushed are one
const LATENCY = 'cvn_config_distribution_latency_seconds';
const DURATION = 'route_le:cvn_api_request_duration_seconds_bucket:rate5m';

const objectives = [
	row('Objectives'),
	stat('Applied within 5 s', 'Of the applies of the last hour; the objective is 95%.',
		now(`sum(${BY} (increase(${LATENCY}_bucket{environment=~"$environment",le="5"}[1h])))`
			+ ` / sum(${BY} (increase(${LATENCY}_count${OF}[1h])))`),
		'percentunit', steps([null, 'red'], [0.95, 'green'])),
	stat('p95 of distribution', 'From a save to its apply, of the slowest environment, over five minutes.',
		now(`max(environment:${LATENCY}:p95_5m${OF})`), 's', above(5)),
	stat('Forbidden applies', 'Inside a cycle or a section, ever. Must be 0.',
		now(`sum(${BY} (cvn_config_forbidden_applies_total${OF}))`), 'short', above(1)),
	stat('Waiting for approval', 'Change sets.',
		now(`sum(${BY} (cvn_changes_pending${OF}))`), 'short', above(1, 'blue')),
	stat('Frozen', 'Environments with a freeze in force.',
		now(`sum(${BY} (cvn_config_frozen${OF}))`), 'short', above(1, 'blue')),
	stat('Alerts', 'Of the platform, firing.',
		now('count(ALERTS{service="cvn-config",alertstate="firing"}) or vector(0)'), 'short', above(1)),
];

const distribution = [
	row('Distribution'),
	graph('Distribution latency', 'From a save to its apply by a worker, by the clock of the database. The line is the objective.', [
		prom(`environment:${LATENCY}:p95_5m${OF}`, '{{environment}} p95'),
		prom(`environment:${LATENCY}:p50_5m${OF}`, '{{environment}} p50'),
	], 's', { limit: 5 }),
	heatmap('Distribution latency, all applies', 'How many took how long.',
		prom(`sum by (le) (max by (environment, le) (increase(${LATENCY}_bucket${OF}[$__rate_interval])))`)),
];

const changes = [
	row('Changes'),
	graph('Saves an hour', 'Change sets applied, rollbacks among them.',
		prom(`3600 * environment:cvn_config_saves:rate5m${OF}`, '{{environment}}')),
	graph('Rollbacks an hour', 'Of these, the ones that restored older values.',
		prom(`3600 * environment:cvn_config_rollbacks:rate5m${OF}`, '{{environment}}')),
	graph('Version', 'Of each environment. A line that falls is a backup that was restored.',
		prom(`${BY} (cvn_config_version${OF})`, '{{environment}}'), 'none', { custom: STEPS }),
	graph('Oldest approval that is asked for', 'The line is half an hour.',
		prom(`${BY} (cvn_changes_pending_oldest_seconds${OF})`, '{{environment}}'), 's', { limit: 1800 }),
];

const trouble = (name, legend) => prom(`max(increase(${name}[$__rate_interval]))`, legend);

const platform = [
	row('Platform'),
	graph('Requests a second', 'Answers of the API, by status.',
		prom('sum by (status) (route_status:cvn_api_requests:rate5m)', '{{status}}'), 'reqps'),
	graph('Failing requests', '5xx among the answers of the API. The line is the limit of the alert.',
		prom('cvn_api_errors:ratio_rate5m', '5xx'), 'percentunit', { limit: 0.05 }),
	graph('Time of a request', 'Of a responder, over all routes.',
		[0.5, 0.95, 0.99].map((q) => prom(`histogram_quantile(${q}, sum by (le) (${DURATION}))`, `p${100 * q}`)), 's'),
	graph('Who waits', 'Long polls and streams at the notifier.',
		prom('max by (instance) (cvn_notifier_waiters)', 'waiters {{instance}}')),
	graph('Trouble of the notifier', 'Reconnects, restored backups, pushes that failed, readers that were cut.', [
		trouble('cvn_notifier_reconnects_total', 'reconnects'),
		trouble('cvn_notifier_regressions_total', 'versions fell'),
		trouble('cvn_notifier_push_failures_total', 'failed pushes'),
		trouble('cvn_notifier_streams_dropped_total', 'readers cut'),
	], 'short', { w: 8 }),
	graph('Listening, and age of the last push', 'Is the notifier connected, and are the numbers here fresh?', [
		prom('min(cvn_notifier_listening)', 'listening'),
		prom('time() - max(push_time_seconds{job="cvn_config",worker=""})', 'age of the last push'),
	], 'short', { w: 8, limit: 30 }),
	graph('Notification queue', 'The used part, of the database. The line is 1%.',
		prom('max(cvn_notify_queue_usage)', 'used'), 'percentunit', { w: 8, limit: 0.01 }),
];

export const overview = {
	uid: 'configuration-platform-overview',
	title: 'Configuration platform: overview',
	variables: [prometheus, environment],
	panels: [...objectives, ...distribution, ...changes, ...platform],
};
