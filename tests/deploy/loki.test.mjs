// Loki's samples, against the lines that a stack writes: labels are members of them, few, and of few values.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { eventually, stack } from '../lib/stack.mjs';
import { text, yaml } from './files.mjs';
import { dashboards, targets } from './grafana.mjs';

const s = stack();
const ENVIRONMENT = 'test-deploy-log';
const folder = [join(s.state, 'home/log'), join(s.state, 'log')].find((path) => existsSync(path));
const source = text('deploy/loki/cvn.alloy');
let lines;

const read = () => ['cvn-config-api.log', 'cvn-config-notifier.log']
	.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)));

// The body of a stage, and the names of a map in it.
const stage = (name) => source.match(new RegExp(`stage\\.${name} \\{\\n([^]*?)\\n  \\}`))[1];
const keys = (name) => [...stage(name).matchAll(/^ +(\w+) += "/gm)].map(([, key]) => key);
const labels = keys('labels');
const app = stage('static_labels').match(/app = "([^"]+)"/)[1];

before(async () => {
	const made = await s.call('admin', 'POST', '/api/environments', { body: { environment: ENVIRONMENT } });
	assert.ok([201, 409].includes(made.status), JSON.stringify(made.body));
	const saved = await s.save('editor', ENVIRONMENT, { CVN_ENTRY_THRESHOLD: `0.${Math.floor(1e9 + Math.random() * 8e9)}1` }, 'a test of the log');
	assert.equal(saved.status, 200, JSON.stringify(saved.body));
	lines = await eventually(() => {
		const all = read();
		return all.some((line) => line.event === 'config_change_saved' && line.env === ENVIRONMENT) && all;
	}, 5000, 'the line of a save');
});

test('what is taken out of a line is a member of lines', () => {
	const members = new Set(lines.flatMap(Object.keys));
	for (const name of keys('json')) assert.ok(members.has(name), `no line has ${name}`);
	const saved = lines.find((line) => line.event === 'config_change_saved');
	assert.deepEqual(keys('json').filter((name) => !(name in saved)), []);
	for (const name of ['labels', 'structured_metadata'])
		for (const key of keys(name)) assert.ok(keys('json').includes(key), `${key} is not taken out of the line`);
	assert.ok(keys('json').includes(stage('timestamp').match(/source = "(\w+)"/)[1]));
});

test('labels are few, the ones that are kept, and make few streams', () => {
	assert.deepEqual(labels, ['level', 'component', 'env']);
	assert.deepEqual(stage('label_keep').match(/\[(.*)\]/)[1].split(', ').map((name) => JSON.parse(name)), ['app', ...labels]);
	const environments = new Set(lines.map((line) => line.env)).size;
	const streams = new Set(lines.map((line) => JSON.stringify(labels.map((name) => line[name]))));
	assert.ok(streams.size <= 2 * 3 * environments, `${streams.size} streams of ${environments} environments`);
	assert.ok(lines.every((line) => !Number.isNaN(Date.parse(line.ts)) && line.ts.endsWith('Z')));
});

test('the audit dashboard selects by these labels, and by events that are written', () => {
	const queries = dashboards.flatMap((dashboard) => targets(dashboard, 'loki'));
	assert.ok(queries.length > 0);
	const documented = text('INTERFACES.md').split('## Logs')[1];
	for (const { target } of queries) {
		const selector = target.expr.match(/\{((?:[^{}"]|"[^"]*")*)\}/)[1];
		const names = [...selector.matchAll(/(\w+)=~?"/g)].map(([, name]) => name);
		for (const name of names) assert.ok(['app', ...labels].includes(name), `${name} is not a label`);
		assert.ok(selector.includes(`app="${app}"`), selector);
		const events = new RegExp(`^(?:${target.expr.match(/event=~"([^"]*)"/)[1]})$`);
		assert.match('config_change_saved', events);
		for (const [, event] of documented.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g))
			if (/^(config_change|parameter_set_frozen|listen|worker_lag)/.test(event)) assert.match(event, events);
	}
});

test('cvn.alloy is closed, and each of its parts sends to one that is there', () => {
	const bare = source.replace(/^ *\/\/.*$/gm, '').replace(/"(?:[^"\\\n]|\\.)*"/g, '');
	const open = [];
	const pairs = { '}': '{', ']': '[', ')': '(' };
	for (const sign of bare.replace(/[^{}[\]()]/g, ''))
		if (sign in pairs) assert.equal(open.pop(), pairs[sign]);
		else open.push(sign);
	assert.deepEqual(open, []);
	assert.ok(!bare.includes('"'), 'a text is not closed');
	const parts = [...source.matchAll(/^(loki\.\w+(?:\.\w+)?) "(\w+)" \{$/gm)].map(([, kind, label]) => `${kind}.${label}`);
	assert.deepEqual(parts, ['loki.source.journal.cvn_config', 'loki.relabel.cvn_config', 'loki.process.cvn_config', 'loki.write.loki']);
	const references = [...source.matchAll(/(loki(?:\.\w+)+)\.(?:receiver|rules)\b/g)].map(([, name]) => name);
	assert.equal(references.length, 3);
	for (const name of references) assert.ok(parts.includes(name), `there is no ${name}`);
});

test('loki.yml is YAML, keeps what it says, and takes as many labels as there are', () => {
	const { limits_config: limits, compactor, schema_config: schema } = yaml('deploy/loki/loki.yml');
	assert.equal(compactor.retention_enabled, true);
	assert.match(limits.retention_period, /^\d+h$/);
	assert.ok(limits.max_label_names_per_series >= 1 + labels.length && limits.allow_structured_metadata);
	assert.deepEqual(schema.configs.map((one) => [one.store, one.schema]), [['tsdb', 'v13']]); // structured metadata wants these
});
