// The kinds of panels, queries and variables that the dashboards are made of: what is the same in each is said here, once.

const PROMETHEUS = { type: 'prometheus', uid: '${prometheus}' };
const LOKI = { type: 'loki', uid: '${loki}' };
const POSTGRES = { type: 'grafana-postgresql-datasource', uid: '${postgres}' };

// -- queries --

export const prom = (expr, legendFormat = '__auto', more = {}) =>
	({ datasource: PROMETHEUS, editorMode: 'code', expr, legendFormat, range: true, ...more });
export const now = (expr, more = {}) => prom(expr, '__auto', { range: false, instant: true, ...more });
export const column = (expr) => now(expr, { format: 'table' });
export const logs = (expr) => ({ datasource: LOKI, editorMode: 'code', expr, queryType: 'range' });
export const sql = (rawSql, format = 'table') => ({ datasource: POSTGRES, editorMode: 'code', rawQuery: true, rawSql, format });

// -- limits: a value from which on a colour holds; null is from the beginning --

export const steps = (...limits) => ({ mode: 'absolute', steps: limits.map(([value, color]) => ({ value, color })) });
export const none = steps([null, 'text']);
export const above = (limit, color = 'red') => steps([null, 'green'], [limit, color]);

const fields = (unit, more = {}) => ({ defaults: { unit, ...more }, overrides: [] });
const legend = (showLegend) => ({ calcs: [], displayMode: 'list', placement: 'bottom', showLegend });

// -- panels: what each kind has beside title and description --

export const row = (title) => ({ type: 'row', title, w: 24, h: 1, targets: [] });

export const stat = (title, description, target, unit = 'short', thresholds = none) => ({
	type: 'stat', title, description, w: 4, h: 4, targets: [target],
	fieldConfig: fields(unit, { thresholds, color: { mode: 'thresholds' } }),
	options: {
		reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
		colorMode: 'value', graphMode: 'none', textMode: 'auto',
	},
});

export const STEPS = { lineInterpolation: 'stepAfter' };
export const BARS = { drawStyle: 'bars', fillOpacity: 60 };

// `limit` is drawn as a line; `custom` is how the lines look.
export const graph = (title, description, targets, unit = 'short', { limit, w = 12, custom = {} } = {}) => ({
	type: 'timeseries', title, description, w, h: 8, targets: [targets].flat(),
	fieldConfig: fields(unit, {
		min: 0,
		color: { mode: 'palette-classic' },
		custom: {
			drawStyle: 'line', lineWidth: 1, fillOpacity: 8, showPoints: 'never',
			thresholdsStyle: { mode: limit ? 'dashed' : 'off' }, ...custom,
		},
		thresholds: limit ? steps([null, 'transparent'], [limit, 'red']) : undefined,
	}),
	options: { legend: legend(true), tooltip: { mode: 'multi', sort: 'desc' } },
});

export const heatmap = (title, description, target) => ({
	type: 'heatmap', title, description, w: 12, h: 8, targets: [{ ...target, format: 'heatmap', legendFormat: '{{le}}' }],
	options: {
		calculate: false, cellGap: 1, yAxis: { unit: 's' }, tooltip: { mode: 'single', yHistogram: false },
		color: { mode: 'scheme', scheme: 'Blues', steps: 64, exponent: 0.5, fill: 'dark-blue', reverse: false },
	},
});

// `names` makes one table of several queries, and says what their columns are called; `units` is of these names.
export const table = (title, description, targets, { h = 9, w = 24, names, units = {} } = {}) => ({
	type: 'table', title, description, w, h, targets: [targets].flat(),
	fieldConfig: {
		...fields(undefined),
		overrides: Object.entries(units).map(([name, unit]) =>
			({ matcher: { id: 'byName', options: name }, properties: [{ id: 'unit', value: unit }] })),
	},
	transformations: names && [
		{ id: 'merge', options: {} },
		{ id: 'organize', options: { excludeByName: { Time: true }, indexByName: {}, renameByName: names } },
	],
	options: { showHeader: true, cellHeight: 'sm', footer: { show: false, reducer: [] } },
});

export const stream = (title, description, target) => ({
	type: 'logs', title, description, w: 24, h: 12, targets: [target],
	options: {
		showTime: true, wrapLogMessage: true, prettifyLogMessage: false, enableLogDetails: true,
		dedupStrategy: 'none', sortOrder: 'Descending',
	},
});

// Of a series that is 0 or 1: while it is 1, `word` holds.
export const timeline = (title, description, target, word) => ({
	type: 'state-timeline', title, description, w: 24, h: 7, targets: [target],
	fieldConfig: fields(undefined, {
		color: { mode: 'thresholds' }, thresholds: above(1, 'orange'),
		mappings: [{ type: 'value', options: { 0: { text: 'no', index: 0 }, 1: { text: word, index: 1 } } }],
	}),
	options: { mergeValues: true, showValue: 'never', rowHeight: 0.8, legend: legend(false) },
});

// -- variables --

const source = (name, label, query) =>
	({ type: 'datasource', name, label, query, current: {}, hide: 0, includeAll: false, multi: false, options: [], refresh: 1, regex: '' });
export const prometheus = source('prometheus', 'Prometheus', PROMETHEUS.type);
export const loki = source('loki', 'Loki', LOKI.type);
export const postgres = source('postgres', 'PostgreSQL', POSTGRES.type);

const choice = (name, label, datasource, query, more = {}) => ({
	type: 'query', name, label, datasource, query, definition: query.query ?? query,
	current: { selected: true, text: ['All'], value: ['$__all'] },
	hide: 0, includeAll: true, multi: true, options: [], refresh: 2, regex: '', sort: 1, ...more,
});
export const labels = (name, label, query) => choice(name, label, PROMETHEUS, { query, refId: name }, { allValue: '.*' });
export const rows = (name, label, query) => choice(name, label, POSTGRES, query);

export const environment = labels('environment', 'Environment', 'label_values(cvn_config_version, environment)');
