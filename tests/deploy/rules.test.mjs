// Recording rules, alerts and runbooks: what promtool says of them, and that none is without the others.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { alerts, exists, list, metrics, path, recorded, ROOT, series, text, yaml } from './files.mjs';

const run = promisify(execFile);
const BIN = process.env.CVN_BIN ?? join(ROOT, '.build/prefix/bin');
const HEADINGS = ['What it means', 'What to look at', 'What to do'];
const OF_PROMETHEUS = ['up', 'push_time_seconds', 'probe_success'];

const promtool = (...args) => run('promtool', args).catch((error) => assert.fail(`promtool ${args.join(' ')}\n${error.stdout}${error.stderr}`));

test('promtool finds nothing wrong with the rules and the sample configuration', async () => {
	await promtool('check', 'rules', '--lint=all', '--lint-fatal', path('deploy/prometheus/recording.yml'), path('deploy/prometheus/alerts.yml'));
	await promtool('check', 'config', path('deploy/prometheus/prometheus.yml'));
});

test('the rules ask for series that exist', () => {
	const known = new Set([...metrics(), ...recorded.map((rule) => rule.record), ...OF_PROMETHEUS]);
	for (const { alert, record, expr } of [...alerts, ...recorded]) {
		assert.notEqual(series(expr).length, 0, `${alert ?? record} asks for nothing`);
		for (const name of series(expr)) assert.ok(known.has(name), `${alert ?? record}: there is no ${name}`);
	}
});

test('each alert fires when it should, and only then', async () => {
	await promtool('test', 'rules', ...list('tests/deploy/rules', '.yml').map((name) => path(`tests/deploy/rules/${name}`)));
});

for (const { alert, labels, annotations } of alerts) {
	test(`${alert} is shown firing and silent`, () => {
		const name = `tests/deploy/rules/${alert}.yml`;
		const expected = yaml(name).tests.flatMap((one) => one.alert_rule_test);
		assert.ok(expected.every((one) => one.alertname === alert), `${name} is of this alert`);
		assert.ok(expected.some((one) => one.exp_alerts.length > 0), `${name} shows it firing`);
		assert.ok(expected.some((one) => one.exp_alerts.length === 0), `${name} shows it silent`);
		assert.ok(yaml(name).tests.some((one) => one.alert_rule_test.every((at) => at.exp_alerts.length === 0)), `${name} has a case of its own for silence`);
	});

	test(`${alert} says who is called, what happened, and where to read on`, () => {
		assert.ok(['page', 'chat'].includes(labels.severity), labels.severity);
		assert.equal(labels.service, 'cvn-config');
		assert.ok(annotations.summary && annotations.description);
		assert.equal(annotations.runbook_url, `https://runbooks.example/${alert}.md`);
		assert.ok(exists(`deploy/runbooks/${alert}.md`), `deploy/runbooks/${alert}.md`);
		const [head, ...parts] = text(`deploy/runbooks/${alert}.md`).split(/^## /m);
		assert.equal(head.trim(), `# ${alert}`);
		assert.deepEqual(parts.map((part) => part.split('\n')[0]), HEADINGS);
		for (const part of parts) assert.ok(part.split('\n').slice(1).join('').length > 60, `too little below: ${part}`);
	});
}

test('each runbook and each case is of an alert', () => {
	const names = alerts.map((rule) => rule.alert).sort();
	assert.deepEqual(list('deploy/runbooks', '.md'), names.map((name) => `${name}.md`));
	assert.deepEqual(list('tests/deploy/rules', '.yml'), names.map((name) => `${name}.yml`));
});

test('deploy/README.md lists the alerts as they are, with whom they reach', () => {
	const rows = [...text('deploy/README.md').matchAll(/^\| \[(\w+)\]\(runbooks\/(\w+)\.md\) \| (\w+) \|/gm)].map(([, ...cells]) => cells);
	assert.deepEqual(rows, alerts.map(({ alert, labels }) => [alert, alert, labels.severity]));
});

test('what the runbooks tell to type is what cvnctl takes, and what they name exists', async () => {
	const known = new Set([...alerts.map((rule) => rule.alert), ...list('deploy/grafana/dashboards', '.json').map((name) => name.replace('.json', ''))]);
	const seen = new Set();
	for (const file of list('deploy/runbooks', '.md')) {
		for (const [, command] of text(`deploy/runbooks/${file}`).matchAll(/`(cvnctl [^`]*)`/g)) seen.add(command);
		for (const [, name] of text(`deploy/runbooks/${file}`).matchAll(/`(Cvn[A-Za-z]+|configuration-platform-[a-z]+)`/g))
			assert.ok(known.has(name), `${file}: there is no ${name}`);
	}
	assert.ok(seen.size > 5, [...seen].join('\n'));
	for (const command of seen) {
		const [, noun, verb, ...rest] = command.split(/\s+/);
		const { stdout } = await run(join(BIN, 'cvnctl'), [noun, verb, '--help']);
		assert.match(stdout, new RegExp(`^ *cvnctl ${noun} ${verb}`, 'm'), command);
		for (const option of rest.filter((word) => word.startsWith('--'))) assert.ok(stdout.includes(option), `${command}: no ${option}`);
	}
});
