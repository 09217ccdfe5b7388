// Writes dashboards/*.json from the tables below: node deploy/grafana/make.mjs. What is the same in every panel is said once,
// and where it stands follows from its size. A test compares the files with what this would write.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROMETHEUS = { type: 'prometheus', uid: '${prometheus}' };
const LOKI = { type: 'loki', uid: '${loki}' };
const POSTGRES = { type: 'grafana-postgresql-datasource', uid: '${postgres}' };

// -- queries --

const prom = (expr, legendFormat = '__auto', more = {}) => ({ datasource: PROMETHEUS, editorMode: 'code', expr, legendFormat, range: true, ...more });
const now = (expr, more = {}) => prom(expr, '__auto', { range: false, instant: true, ...more });
const column = (expr) => now(expr, { format: 'table' });
const logs = (expr) => ({ datasource: LOKI, editorMode: 'code', expr, queryType: 'range' });
const sql = (rawSql, format = 'table') => ({ datasource: POSTGRES, editorMode: 'code', rawQuery: true, rawSql, format });

// -- panels: what each kind has beside title, size and queries --

const steps = (...limits) => ({ mode: 'absolute', steps: limits.map(([value, color]) => ({ value, color })) });
const fields = (unit, more = {}) => ({ defaults: { unit, ...more }, overrides: [] });
const ALARM = steps([null, 'green'], [1, 'red']);

const row = (title) => ({ type: 'row', title, w: 24, h: 1, targets: [] });

const stat = (title, description, target, unit = 'short', thresholds = steps([null, 'text'])) => ({
	type: 'stat', title, description, w: 4, h: 4, targets: [target],
	fieldConfig: fields(unit, { thresholds, color: { mode: 'thresholds' } }),
	options: { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, colorMode: 'value', graphMode: 'none', textMode: 'auto' },
});

const graph = (title, description, targets, unit = 'short', { limit, max, w = 12, custom = {} } = {}) => ({
	type: 'timeseries', title, description, w, h: 8, targets: [targets].flat(),
	fieldConfig: fields(unit, {
		min: 0, max, color: { mode: 'palette-classic' },
		custom: { drawStyle: 'line', lineWidth: 1, fillOpacity: 8, showPoints: 'never', thresholdsStyle: { mode: limit ? 'dashed' : 'off' }, ...custom },
		thresholds: limit ? steps([null, 'transparent'], [limit, 'red']) : undefined,
	}),
	options: { legend: { displayMode: 'list', placement: 'bottom', showLegend: true }, tooltip: { mode: 'multi', sort: 'desc' } },
});

const heatmap = (title, description, target) => ({
	type: 'heatmap', title, description, w: 12, h: 8, targets: [{ ...target, format: 'heatmap', legendFormat: '{{le}}' }],
	options: { calculate: false, color: { mode: 'scheme', scheme: 'Blues', steps: 64 }, yAxis: { unit: 's' }, cellGap: 1, tooltip: { show: true } },
});

const table = (title, description, targets, { h = 9, w = 24, names, units = {} } = {}) => ({
	type: 'table', title, description, w, h, targets: [targets].flat(),
	fieldConfig: { ...fields(undefined), overrides: Object.entries(units).map(([name, unit]) =>
		({ matcher: { id: 'byName', options: name }, properties: [{ id: 'unit', value: unit }] })) },
	transformations: names && [{ id: 'merge', options: {} }, { id: 'organize', options: { excludeByName: { Time: true }, indexByName: {}, renameByName: names } }],
	options: { showHeader: true, cellHeight: 'sm', footer: { show: false } },
});

const stream = (title, description, target) => ({
	type: 'logs', title, description, w: 24, h: 12, targets: [target],
	options: { showTime: true, wrapLogMessage: true, prettifyLogMessage: false, enableLogDetails: true, dedupStrategy: 'none', sortOrder: 'Descending' },
});

const timeline = (title, description, target) => ({
	type: 'state-timeline', title, description, w: 24, h: 7, targets: [target],
	fieldConfig: { defaults: { color: { mode: 'thresholds' }, thresholds: steps([null, 'green'], [1, 'orange']),
		mappings: [{ type: 'value', options: { 0: { text: 'no', index: 0 }, 1: { text: 'restart required', index: 1 } } }] }, overrides: [] },
	options: { mergeValues: true, showValue: 'never', rowHeight: 0.8, legend: { displayMode: 'list', placement: 'bottom', showLegend: false } },
});

// -- variables --

const source = (name, label, query) => ({ type: 'datasource', name, label, query, current: {}, hide: 0, includeAll: false, multi: false, options: [], refresh: 1, regex: '' });
const choice = (name, label, datasource, query, more) => ({ type: 'query', name, label, datasource, query, current: { selected: true, text: ['All'], value: ['$__all'] },
	definition: query.query ?? query, hide: 0, includeAll: true, multi: true, options: [], refresh: 2, regex: '', sort: 1, ...more });
const values = (name, label, query) => choice(name, label, PROMETHEUS, { query, refId: name }, { allValue: '.*' });

const ENVIRONMENT = values('environment', 'Environment', 'label_values(cvn_config_version, environment)');
const WORKER = values('worker', 'Worker', 'label_values(cvn_worker_applied_version{environment=~"$environment"}, worker)');

// -- the dashboards --

const OF = '{environment=~"$environment"}';
const BY = 'max by (environment)';
const WORKERS = '{environment=~"$environment",worker=~"$worker"}';
const LATENCY = 'cvn_config_distribution_latency_seconds';

const overview = {
	uid: 'configuration-platform-overview', title: 'Configuration platform: overview', tags: ['cvn-config'],
	variables: [source('prometheus', 'Prometheus', 'prometheus'), ENVIRONMENT],
	panels: [
		row('Objectives'),
		stat('Applied within 5 s', 'Of the applies of the last hour; the objective is 95%.',
			now(`sum(${BY} (increase(${LATENCY}_bucket{environment=~"$environment",le="5"}[1h]))) / sum(${BY} (increase(${LATENCY}_count${OF}[1h])))`),
			'percentunit', steps([null, 'red'], [0.95, 'green'])),
		stat('p95 of distribution', 'From a save to its apply, of the slowest environment, over five minutes.',
			now(`max(environment:${LATENCY}:p95_5m${OF})`), 's', steps([null, 'green'], [5, 'red'])),
		stat('Forbidden applies', 'Inside a cycle or a section, ever. Must be 0.',
			now(`sum(${BY} (cvn_config_forbidden_applies_total${OF}))`), 'short', ALARM),
		stat('Waiting for approval', 'Change sets.', now(`sum(${BY} (cvn_changes_pending${OF}))`), 'short', steps([null, 'green'], [1, 'blue'])),
		stat('Frozen', 'Environments with a freeze in force.', now(`sum(${BY} (cvn_config_frozen${OF}))`), 'short', steps([null, 'green'], [1, 'blue'])),
		stat('Alerts', 'Of the platform, firing.', now('count(ALERTS{service="cvn-config",alertstate="firing"}) or vector(0)'), 'short', ALARM),

		row('Distribution'),
		graph('Distribution latency', 'From a save to its apply by a worker, by the clock of the database. The line is the objective.',
			[prom(`environment:${LATENCY}:p95_5m${OF}`, '{{environment}} p95'), prom(`environment:${LATENCY}:p50_5m${OF}`, '{{environment}} p50')], 's', { limit: 5 }),
		heatmap('Distribution latency, all applies', 'How many took how long.',
			prom(`sum by (le) (max by (environment, le) (increase(${LATENCY}_bucket${OF}[$__rate_interval])))`)),

		row('Changes'),
		graph('Saves an hour', 'Change sets applied, rollbacks among them.', prom(`3600 * environment:cvn_config_saves:rate5m${OF}`, '{{environment}}')),
		graph('Rollbacks an hour', 'Of these, the ones that restored older values.', prom(`3600 * environment:cvn_config_rollbacks:rate5m${OF}`, '{{environment}}')),
		graph('Version', 'Of each environment. A line that falls is a backup that was restored.',
			prom(`${BY} (cvn_config_version${OF})`, '{{environment}}'), 'none', { custom: { lineInterpolation: 'stepAfter' } }),
		graph('Oldest approval that is asked for', 'The line is half an hour.', prom(`${BY} (cvn_changes_pending_oldest_seconds${OF})`, '{{environment}}'), 's', { limit: 1800 }),

		row('Platform'),
		graph('Requests a second', 'Answers of the API, by status.', prom('sum by (status) (route_status:cvn_api_requests:rate5m)', '{{status}}'), 'reqps'),
		graph('Failing requests', '5xx among the answers of the API. The line is the limit of the alert.', prom('cvn_api_errors:ratio_rate5m', '5xx'), 'percentunit', { limit: 0.05 }),
		graph('Time of a request', 'Of a responder, over all routes.',
			[0.5, 0.95, 0.99].map((q) => prom(`histogram_quantile(${q}, sum by (le) (route_le:cvn_api_request_duration_seconds_bucket:rate5m))`, `p${100 * q}`)), 's'),
		graph('Who waits', 'Long polls and streams at the notifier.', prom('max by (instance) (cvn_notifier_waiters)', 'waiters {{instance}}')),
		graph('Trouble of the notifier', 'Reconnects, restored backups, pushes that failed, readers that were cut.', [
			prom('max(increase(cvn_notifier_reconnects_total[$__rate_interval]))', 'reconnects'),
			prom('max(increase(cvn_notifier_regressions_total[$__rate_interval]))', 'versions fell'),
			prom('max(increase(cvn_notifier_push_failures_total[$__rate_interval]))', 'failed pushes'),
			prom('max(increase(cvn_notifier_streams_dropped_total[$__rate_interval]))', 'readers cut')], 'short', { w: 8 }),
		graph('Listening, and age of the last push', 'Is the notifier connected, and are the numbers here fresh?', [
			prom('min(cvn_notifier_listening)', 'listening'),
			prom('time() - max(push_time_seconds{job="cvn_config",worker=""})', 'age of the last push')], 'short', { w: 8, limit: 30 }),
		graph('Notification queue', 'The used part, of the database. The line is 1%.', prom('max(cvn_notify_queue_usage)', 'used'), 'percentunit', { w: 8, limit: 0.01 }),
	],
};

const workers = {
	uid: 'configuration-platform-workers', title: 'Configuration platform: workers', tags: ['cvn-config'],
	variables: [source('prometheus', 'Prometheus', 'prometheus'), ENVIRONMENT, WORKER],
	panels: [
		row('Now'),
		stat('Workers', 'That report.', now(`count(environment_worker:cvn_worker_lag_versions:max${WORKERS}) or vector(0)`)),
		stat('Up to date', 'They run with the current version.', now(`count(environment_worker:cvn_worker_lag_versions:max${WORKERS} == 0) or vector(0)`)),
		stat('Lagging', 'More than 3 versions or 60 s behind.', now(
			`count(environment_worker:cvn_worker_lag_versions:max${WORKERS} > 3 or environment_worker:cvn_worker_lag_seconds:max${WORKERS} > 60) or vector(0)`), 'short', ALARM),
		stat('Restart required', 'They hold values that only a restart applies.',
			now(`count(max by (environment, worker) (cvn_worker_restart_required${WORKERS}) == 1) or vector(0)`), 'short', steps([null, 'green'], [1, 'orange'])),
		stat('Furthest behind', 'In versions.', now(`max(environment_worker:cvn_worker_lag_versions:max${WORKERS})`), 'none', steps([null, 'green'], [4, 'red'])),
		stat('Longest behind', 'Since the first version that was not applied was saved.',
			now(`max(environment_worker:cvn_worker_lag_seconds:max${WORKERS})`), 's', steps([null, 'green'], [60, 'red'])),
		table('Each worker', 'What it runs with, and how far it is behind.', [
			column(`max by (environment, worker) (cvn_worker_applied_version${WORKERS})`),
			column(`max by (environment, worker) (cvn_worker_applied_version${WORKERS} * 0 + on (environment) group_left () ${BY} (cvn_config_version${OF}))`),
			column(`environment_worker:cvn_worker_lag_versions:max${WORKERS}`),
			column(`environment_worker:cvn_worker_lag_seconds:max${WORKERS}`),
			column(`1000 * max by (environment, worker) (cvn_worker_last_apply_timestamp_seconds${WORKERS})`),
			column(`max by (environment, worker) (cvn_worker_restart_required${WORKERS})`),
		], {
			names: { environment: 'Environment', worker: 'Worker', 'Value #A': 'Version', 'Value #B': 'Of the environment', 'Value #C': 'Versions behind',
				'Value #D': 'Behind for', 'Value #E': 'Last apply', 'Value #F': 'Restart required' },
			units: { 'Behind for': 's', 'Last apply': 'dateTimeFromNow', 'Restart required': 'bool_yes_no' },
		}),
		row('Over time'),
		graph('Versions behind', 'The line is the limit of the alert.', prom(`environment_worker:cvn_worker_lag_versions:max${WORKERS}`, '{{environment}} {{worker}}'), 'none', { limit: 3 }),
		graph('Behind for', 'The line is the limit of the alert.', prom(`environment_worker:cvn_worker_lag_seconds:max${WORKERS}`, '{{environment}} {{worker}}'), 's', { limit: 60 }),
		graph('Applied version', 'Every version up to it is applied.', prom(`max by (environment, worker) (cvn_worker_applied_version${WORKERS})`, '{{environment}} {{worker}}'),
			'none', { custom: { lineInterpolation: 'stepAfter' } }),
		graph('Since the last apply', 'Long is natural where nothing is saved.',
			prom(`time() - (max by (environment, worker) (cvn_worker_last_apply_timestamp_seconds${WORKERS}) > 0)`, '{{environment}} {{worker}}'), 's'),
		timeline('Restart required', 'While a worker holds values that only a restart applies.',
			prom(`max by (environment, worker) (cvn_worker_restart_required${WORKERS})`, '{{environment}} {{worker}}')),
	],
};

const EVENTS = 'config_change_.*|parameter_set_frozen|listen_reconnect|worker_lag_behind';

const audit = {
	uid: 'configuration-platform-audit', title: 'Configuration platform: audit', tags: ['cvn-config'],
	variables: [source('loki', 'Loki', 'loki'), source('postgres', 'PostgreSQL', 'grafana-postgresql-datasource'),
		choice('environment', 'Environment', POSTGRES, 'select environment::text from active_config order by 1', {})],
	panels: [
		row('As it happens'),
		stream('Live', 'Saves, approvals, applies, freezes of runs, workers that lag; and what is of no environment, as a reconnect.',
			logs(`{app="cvn-config", env=~"\${environment:regex}|"} | json | event=~"${EVENTS}"`)),
		{ ...graph('Events', 'By kind.', logs(`sum by (event) (count_over_time({app="cvn-config", env=~"\${environment:regex}|"} | json | event=~"${EVENTS}" [$__auto]))`),
			'short', { w: 24, custom: { drawStyle: 'bars', fillOpacity: 60 } }) },

		row('What was written'),
		table('History', 'Append-only; each row with the digest of the one before.', sql(
			`select h.changed_at as "Time", h.environment::text as "Environment", h.version as "Version", h.kind as "Kind", h.changed_by::text as "By",
	h.approved_by::text as "Approved by", h.change_reason::text as "Reason", (select string_agg(format('%s: %s', d.key, d.value), E'\\n' order by d.key) from jsonb_each_text(h.diff) d) as "Now"
from config_history h
where h.environment in ($environment) and $__timeFilter(h.changed_at)
order by h.changed_at desc, h.id desc limit 500`), { h: 12 }),
		table('Waiting for approval', 'Oldest first.', sql(
			`select c.submitted_at as "Submitted", c.environment::text as "Environment", c.id as "Change set", c.created_by::text as "By", c.edited_by::text as "Edited by",
	c.reason::text as "Reason", (select string_agg(format('%s: %s to %s', d ->> 'name', coalesce(d ->> 'old', '(none)'), coalesce(d ->> 'new', '(none)')), E'\\n') from jsonb_array_elements(c.diff) d) as "Difference"
from config_changes c
where c.environment in ($environment) and c.state = 'pending_approval'
order by c.submitted_at`), { w: 12 }),
		table('Decisions', 'Who approved or rejected, and when.', sql(
			`select c.decided_at as "Time", c.environment::text as "Environment", c.id as "Change set", c.state as "State", c.created_by::text as "By",
	c.decided_by::text as "Decided by", c.comment as "Comment"
from config_changes c
where c.environment in ($environment) and c.decided_by is not null and $__timeFilter(c.decided_at)
order by c.decided_at desc limit 500`), { w: 12 }),
		{ ...graph('Changes an hour', 'By whom.', sql(
			`select date_trunc('hour', h.changed_at) as time, h.changed_by::text as metric, count(*) as changes
from config_history h
where h.environment in ($environment) and $__timeFilter(h.changed_at)
group by 1, 2 order by 1, 2`, 'time_series'), 'short', { custom: { drawStyle: 'bars', fillOpacity: 60 } }) },
		table('Freeze windows', 'Those that are in force or to come.', sql(
			`select w.environment::text as "Environment", w.starts_at as "From", w.ends_at as "Until", w.weekly::text as "Weekly", w.reason::text as "Reason", w.created_by::text as "By",
	freeze_window_end(w, now()) is not null as "In force"
from freeze_windows w
where (w.environment::text in ($environment) or w.environment = '*') and (w.ends_at is null or w.ends_at > now())
order by w.starts_at nulls first`), { w: 12, h: 8 }),
		table('Catalog', 'What a parameter is, and who changed it.', sql(
			`select h.changed_at as "Time", h.name::text as "Parameter", h.action as "Action", h.changed_by::text as "By", h.change_reason::text as "Reason", h.catalog_version as "Catalog version"
from variable_catalog_history h
where $__timeFilter(h.changed_at)
order by h.changed_at desc, h.id desc limit 500`)),
	],
};

// -- from a table to Grafana's model --

// Panels from left to right, and below where there is no room any more.
function place(panels) {
	let x = 0, y = 0, tallest = 0;
	return panels.map(({ w, h, ...panel }) => {
		if (x + w > 24) [x, y, tallest] = [0, y + tallest, 0];
		const gridPos = { x, y, w, h };
		x += w;
		tallest = Math.max(tallest, h);
		return { ...panel, gridPos };
	});
}

function panel({ targets, ...one }, i) {
	if (one.type === 'row') return { id: i + 1, ...one, collapsed: false, panels: [] };
	const letters = targets.map((target, k) => ({ refId: String.fromCharCode(65 + k), ...target }));
	return { id: i + 1, ...one, datasource: targets[0].datasource, fieldConfig: one.fieldConfig ?? fields(undefined), targets: letters };
}

export function model({ uid, title, tags, variables, panels }) {
	const links = [{ type: 'dashboards', title: 'Configuration platform', tags, asDropdown: true, includeVars: true, keepTime: true, icon: 'external link' }];
	const annotations = { list: [{ builtIn: 1, datasource: { type: 'grafana', uid: '-- Grafana --' }, enable: true, hide: true, iconColor: 'rgba(0, 211, 255, 1)',
		name: 'Annotations & Alerts', type: 'dashboard' }] };
	return { uid, title, tags, id: null, version: 1, schemaVersion: 39, editable: false, graphTooltip: 1, fiscalYearStartMonth: 0, liveNow: false, weekStart: '',
		refresh: '30s', time: { from: 'now-6h', to: 'now' }, timepicker: {}, timezone: 'browser', annotations, links, templating: { list: variables }, panels: place(panels).map(panel) };
}

export const dashboards = [overview, workers, audit];
export const written = (dashboard) => `${JSON.stringify(model(dashboard), null, 2)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url))
	for (const dashboard of dashboards) writeFileSync(new URL(`dashboards/${dashboard.uid}.json`, import.meta.url), written(dashboard));
