// Prometheus, Alertmanager and the blackbox_exporter of Debian beside a running stack and its Pushgateway, with the files of
// deploy/ as they are but for addresses and times, and a pager and a chat of the test's own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../lib/port.mjs';
import { eventually } from '../lib/stack.mjs';
import { text } from './files.mjs';

// The file with each [what, by what] replaced; one that is not there would be a test of something else.
function substituted(name, pairs) {
	return pairs.reduce((all, [what, by]) => {
		const next = all.replaceAll(what, by);
		if (next === all) throw new Error(`${name} has no ${what}`);
		return next;
	}, text(name));
}

// What is sent to /page and /chat: { url, page: [alert], chat: [alert] }, an alert as Alertmanager's webhook has it.
async function receiver(after) {
	const one = { page: [], chat: [] };
	const server = http.createServer(async (request, reply) => {
		const parts = [];
		for await (const part of request) parts.push(part);
		one[request.url.slice(1)].push(...JSON.parse(Buffer.concat(parts).toString('utf8')).alerts);
		reply.end();
	}).listen(0, '127.0.0.1');
	await new Promise((resolve) => server.on('listening', resolve));
	after(() => new Promise((resolve) => {
		server.close(resolve);
		server.closeAllConnections();
	}));
	return Object.assign(one, { url: `http://127.0.0.1:${server.address().port}` });
}

// Starts a program and waits until it is ready; it ends with the test.
async function service(after, name, args, url, ready) {
	const child = spawn(name, args, { stdio: ['ignore', 'ignore', 'pipe'] });
	const ended = new Promise((resolve) => child.on('close', resolve));
	let said = '';
	child.stderr.on('data', (part) => (said = (said + part).slice(-4000)));
	after(() => {
		child.kill('SIGTERM');
		return ended;
	});
	await eventually(async () => {
		if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}\n${said}`);
		return fetch(url + ready).then((reply) => reply.ok, () => false);
	}, 20000, name);
	return url;
}

// { received, query(promql), labelValues(series, label), targets(), alerts(), routed() }: alerts as Prometheus has them, and as Alertmanager does, which says
// of each whether it is held back. `after` takes what is to be done at the end; the last comes first.
export async function monitoring(s, after) {
	const home = mkdtempSync(join(tmpdir(), 'cvn-monitoring-'));
	after(() => rmSync(home, { recursive: true, force: true }));
	const received = await receiver(after);
	const [prometheus, alertmanager, blackbox] = [await freePort(), await freePort(), await freePort()];
	const address = (url) => new URL(url).host;
	const file = (name, pairs) => writeFileSync(join(home, name.replace(/.*\//, '')), substituted(name, pairs));

	file('deploy/prometheus/blackbox.yml', []);
	file('deploy/prometheus/recording.yml', []);
	file('deploy/prometheus/alerts.yml', [['[30s]', '[3s]'], ['for: 1m', 'for: 1s'], ['for: 3m', 'for: 1s'], ['for: 5m', 'for: 1s']]);
	file('deploy/prometheus/prometheus.yml', [['15s', '1s'], ['alertmanager.example:9093', `127.0.0.1:${alertmanager}`],
		['pushgateway.example:9091', address(s.run.pushgateway)], ['notifier.example:9470', address(s.run.notifier)],
		['https://config.example', s.url], ['blackbox.example:9115', `127.0.0.1:${blackbox}`]]);
	file('deploy/alertmanager/alertmanager.yml', [['group_wait: 30s', 'group_wait: 1s'], ['group_wait: 10s', 'group_wait: 1s'],
		['group_interval: 5m', 'group_interval: 1s'], ['http://pager.example/cvn-config', `${received.url}/page`],
		['http://chat.example/cvn-config', `${received.url}/chat`]]);

	const local = (port) => `http://127.0.0.1:${port}`;
	await Promise.all([
		service(after, 'prometheus-alertmanager', [`--config.file=${home}/alertmanager.yml`, `--storage.path=${home}/am`,
			`--web.listen-address=127.0.0.1:${alertmanager}`, '--cluster.listen-address='], local(alertmanager), '/-/ready'),
		service(after, 'prometheus-blackbox-exporter', [`--config.file=${home}/blackbox.yml`, `--web.listen-address=127.0.0.1:${blackbox}`],
			local(blackbox), '/-/healthy'),
		service(after, 'prometheus', [`--config.file=${home}/prometheus.yml`, `--storage.tsdb.path=${home}/data`,
			`--web.listen-address=127.0.0.1:${prometheus}`], local(prometheus), '/-/ready'),
	]);

	const ask = async (path, parameters = {}) => {
		const reply = await (await fetch(`${local(prometheus)}${path}?${new URLSearchParams(parameters)}`)).json();
		if (reply.status !== 'success') throw new Error(`${JSON.stringify(parameters)}: ${reply.error}`);
		return reply.data;
	};
	return {
		received,
		query: async (promql) => (await ask('/api/v1/query', { query: promql })).result,
		labelValues: (match, label) => ask(`/api/v1/label/${label}/values`, { 'match[]': match }),
		targets: async () => (await ask('/api/v1/targets')).activeTargets,
		alerts: async () => (await ask('/api/v1/alerts')).alerts,
		routed: async () => (await fetch(`${local(alertmanager)}/api/v2/alerts`)).json(),
	};
}
