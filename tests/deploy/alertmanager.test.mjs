// Alertmanager's configuration: that it is one, where each alert goes, and that what it holds back names alerts that exist.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { alerts, path, yaml } from './files.mjs';

const FILE = 'deploy/alertmanager/alertmanager.yml';
const amtool = (...args) => promisify(execFile)('amtool', args)
	.catch((error) => assert.fail(`amtool ${args.join(' ')}\n${error.stdout}${error.stderr}`));

test('amtool finds nothing wrong with it', async () => {
	const { stdout } = await amtool('check-config', path(FILE));
	assert.match(stdout, /SUCCESS/);
	assert.match(stdout, /2 receivers/);
});

// What is none of ours goes to the chat, and pages nobody.
for (const [labels, receiver] of [['service=cvn-config severity=page alertname=CvnWorkerLag environment=paper', 'page'],
	['service=cvn-config severity=chat alertname=CvnWorkerGone environment=paper', 'chat'],
	['service=cvn-config severity=chat alertname=CvnFreezeInForce', 'chat'], ['service=another severity=page alertname=X', 'chat']])
	test(`${labels} goes to ${receiver}`, () =>
		amtool('config', 'routes', 'test', `--config.file=${path(FILE)}`, `--verify.receivers=${receiver}`, ...labels.split(' ')));

test('what is held back, and for what, are alerts; by an environment where both have one; and none holds itself back', () => {
	const names = alerts.map((rule) => rule.alert);
	const chosen = (matchers) => {
		const [, sign, pattern] = matchers.find((one) => one.startsWith('alertname')).match(/^alertname(=~?)"(.*)"$/);
		for (const part of pattern.split('|'))
			assert.ok(names.some((name) => (sign === '=' ? name === part : new RegExp(`^(?:${part})$`).test(name))), `there is no ${part}`);
		return names.filter((name) => (sign === '=' ? name === pattern : new RegExp(`^(?:${pattern})$`).test(name)));
	};
	const local = (name) => alerts.find((rule) => rule.alert === name).annotations.summary.includes('$labels.environment');
	const pairs = yaml(FILE).inhibit_rules.flatMap((rule) => chosen(rule.source_matchers)
		.flatMap((source) => chosen(rule.target_matchers).map((target) => [source, target, rule.equal ?? []])));
	assert.ok(pairs.length > 5);
	for (const [source, target, equal] of pairs) {
		assert.notEqual(source, target);
		assert.deepEqual(equal, local(source) ? ['environment'] : [], `${source} and ${target}`);
	}
});
