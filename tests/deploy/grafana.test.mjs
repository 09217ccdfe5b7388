// Dashboards and provisioning: a model that Grafana takes, written by the tables of make.mjs, and nothing in it that is not there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboards as tables, written } from '../../deploy/grafana/make.mjs';
import { list, metrics, recorded, series, text, yaml } from './files.mjs';
import { dashboards, targets } from './grafana.mjs';

const PANELS = ['row', 'stat', 'timeseries', 'heatmap', 'table', 'logs', 'state-timeline'];
const SOURCES = { prometheus: 'prometheus', loki: 'loki', postgres: 'grafana-postgresql-datasource' };
const OF_GRAFANA = ['__rate_interval', '__auto', '__timeFilter'];
const known = new Set([...metrics(), ...recorded.map((rule) => rule.record), 'ALERTS', 'push_time_seconds']);

test('there are three, each as make.mjs writes it', () => {
	assert.deepEqual(list('deploy/grafana/dashboards', '.json'), tables.map((one) => `${one.uid}.json`).sort());
	assert.deepEqual(dashboards.map((one) => one.uid), ['audit', 'overview', 'workers'].map((name) => `configuration-platform-${name}`));
	for (const table of tables)
		assert.equal(text(`deploy/grafana/dashboards/${table.uid}.json`), written(table), 'run node deploy/grafana/make.mjs');
});

for (const dashboard of dashboards) {
	const { uid, panels, templating } = dashboard;

	test(`${uid} has what Grafana wants of a model`, () => {
		assert.equal(dashboard.id, null);
		assert.ok(Number.isInteger(dashboard.schemaVersion) && dashboard.schemaVersion >= 36);
		assert.ok(uid.length <= 40 && /^[A-Za-z0-9_-]+$/.test(uid) && dashboard.title);
		assert.equal(new Set(panels.map((panel) => panel.id)).size, panels.length, 'ids are unique');
		for (const panel of panels) {
			assert.ok(PANELS.includes(panel.type) && Number.isInteger(panel.id) && panel.id > 0 && panel.title, JSON.stringify(panel));
			if (panel.type === 'row') continue;
			assert.ok(panel.description && panel.targets.length > 0, panel.title);
			assert.equal(new Set(panel.targets.map((target) => target.refId)).size, panel.targets.length, panel.title);
		}
	});

	test(`${uid}: panels stand within the 24 columns, and none on another`, () => {
		const taken = new Map();
		for (const { title, gridPos: { x, y, w, h } } of panels) {
			assert.ok([x, y, w, h].every(Number.isInteger) && x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= 24, title);
			for (let column = x; column < x + w; column++)
				for (let line = y; line < y + h; line++) {
					assert.equal(taken.get(`${column} ${line}`), undefined, `${title} at ${column}, ${line}`);
					taken.set(`${column} ${line}`, title);
				}
		}
	});

	test(`${uid}: sources come from variables, variables are all there, and all used`, () => {
		const names = templating.list.map((variable) => variable.name);
		for (const panel of panels.filter((one) => one.type !== 'row'))
			for (const { type, uid: of } of [panel.datasource, ...panel.targets.map((target) => target.datasource)])
				assert.equal(type, SOURCES[of.match(/^\$\{(\w+)\}$/)[1]], panel.title);
		for (const variable of templating.list.filter((one) => one.type === 'datasource')) assert.equal(variable.query, SOURCES[variable.name]);
		const body = JSON.stringify({ panels, queries: templating.list.map(({ query, definition, datasource }) => ({ query, definition, datasource })) });
		const used = new Set([...body.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name]) => name));
		for (const name of used) assert.ok(names.includes(name) || OF_GRAFANA.includes(name), `$${name} is not defined`);
		for (const name of names) assert.ok(used.has(name), `$${name} is not used`);
	});

	test(`${uid} asks for series that exist`, () => {
		for (const { panel, target } of targets(dashboard, 'prometheus')) {
			assert.notEqual(series(target.expr).length, 0, panel.title);
			for (const name of series(target.expr)) assert.ok(known.has(name), `${panel.title}: there is no ${name}`);
		}
	});
}

// The one that is left out is for who looks into the notifier itself. A new metric goes into a panel, or here with its reason.
test('between them they show every metric', () => {
	const shown = dashboards.flatMap((dashboard) => targets(dashboard, 'prometheus').flatMap(({ target }) => series(target.expr)));
	const behind = recorded.filter((rule) => shown.includes(rule.record) || recorded.some((other) => shown.includes(other.record) && series(other.expr).includes(rule.record)));
	const all = new Set([...shown, ...behind.flatMap((rule) => series(rule.expr))]);
	const missing = metrics().filter((name) => !all.has(name) && !/_sum$|^cvn_api_request_duration_seconds_count$/.test(name));
	assert.deepEqual(missing, ['cvn_notifier_idle_looks_total'], `in no panel: ${missing}`);
});

test('what is provisioned names sources of these types, and no secret', () => {
	const { apiVersion, datasources } = yaml('deploy/grafana/provisioning/datasources/cvn-config.yml');
	assert.equal(apiVersion, 1);
	assert.deepEqual(datasources.map((one) => one.type).sort(), Object.values(SOURCES).sort());
	assert.equal(new Set(datasources.map((one) => one.uid)).size, datasources.length);
	for (const one of datasources) for (const secret of Object.values(one.secureJsonData ?? {})) assert.match(secret, /^\$[A-Z_]+$/);
	const { providers } = yaml('deploy/grafana/provisioning/dashboards/cvn-config.yml');
	assert.deepEqual(providers.map((one) => [one.type, one.options.path]), [['file', '/var/lib/grafana/dashboards/cvn-config']]);
});
