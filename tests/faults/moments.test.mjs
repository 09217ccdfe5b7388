// Goal: at whatever moment a process of ours ends, stops or loses its connection, nothing is lost and nothing untrue is said. The
// moments are those that the process really has: it is listened to once, and then each of them is met under load.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { environment } from '../api/environment.mjs';
import { freePort } from '../lib/port.mjs';
import { conninfo, folder, nginx } from '../notifier/alone.mjs';
import { request, stack } from '../lib/stack.mjs';
import { api, socketDirectory } from './api.mjs';
import { kept, moments } from './moments.mjs';
import { childrenOf } from './processes.mjs';
import { LONG, comes, proved } from './proved.mjs';

const s = stack();
const BACK_MS = 2000;
const ACTIONS = ['exit', 'abort', 'cut', 'stop'];

// Each moment with each action in full; else each with one, and those of which most depends with all.
const cells = (names, vital) => ACTIONS.flatMap((action, i) => names
	.filter((name, j) => LONG || vital.includes(name) || (j % 3 === i && action !== 'stop'))
	.map((name) => ({ name, action })));

// Meets them one after the other, each when work goes on after the one before: done() counts what is done of it.
async function meetAll(t, at, list, done, again) {
	const met = [];
	for (const { name, action } of list) {
		const { request: id, over: start } = await at.meet(name, action, again);
		const before = await done();
		await comes(async () => (await done()) > before, 15000, `work after "${name}", ${action}`);
		met.push({ name, action, request: id, ms: Date.now() - start });
	}
	const worst = met.reduce((a, b) => (a.ms > b.ms ? a : b));
	t.diagnostic(`${met.length} moments met; work goes on after ${worst.ms} ms at the most: ${worst.action} at "${worst.name}"`);
	return met;
}

const rowsOf = async (id) => (await s.sql(`select version from config_history where request_id = '${id}'`)).length;

test('a responder that ends, stops or is cut off at each moment of a save: it is there whole or not at all, and the answer is true', { timeout: 900000 }, async (t) => {
	const env = await environment(s.sql, 'test-moments');
	const at = moments(t);
	const { url, pid } = await api(t, s, { before: at.words, responders: 2 });
	const login = await request(url, 'POST', '/api/session', { body: { login: 'editor', password: s.credentials.editor.password } });
	const cookie = { Cookie: login.headers['set-cookie'][0].split(';')[0] };
	const names = await at.record(async () => {
		const headers = { ...cookie, 'If-Match': '*', 'X-Request-Id': randomUUID() };
		const reply = await request(url, 'POST', `/api/config/${env}`, { headers, body: { changes: { CVN_ENTRY_THRESHOLD: '0.61' }, reason: 'moments' } });
		assert.equal(reply.status, 200, JSON.stringify(reply.body));
	});
	t.diagnostic(names.join(', '));
	const [asks, knows] = ['sent commit', 'answer commit'];
	for (const name of ['accept', 'body', 'answer begin', 'ask config_write', 'ask commit', asks, knows, 'reply', 'finish']) assert.ok(names.includes(name), name);

	let met;
	await proved(t, { ...s, url }, { name: 'moments-api', environments: [env], writers: 2 }, async (running) => {
		// Some has only a responder with a new connection, if its first request is one that counts.
		const afresh = () => childrenOf(pid).forEach((child) => process.kill(child, 'SIGKILL'));
		met = await meetAll(t, at, cells(names, ['ask commit', asks, knows]), () => running.count('ok'), afresh);
	});
	for (const { name, action, request: id, ms } of met) {
		const where = `${action} at "${name}", request ${id}`;
		if (action !== 'stop') assert.ok(ms < BACK_MS, `${where}: the next save came after ${ms} ms`);
		if (action !== 'exit' && action !== 'abort') continue;
		const rows = await rowsOf(id);
		if (names.indexOf(name) < names.indexOf(asks)) assert.equal(rows, 0, where);
		if (names.indexOf(name) >= names.indexOf(knows)) assert.ok(rows <= 1, where);
	}
	// Of those whose COMMIT was answered each is there, and at least one was met there.
	const sure = met.filter(({ name, action }) => name === knows && action !== 'stop');
	assert.ok(sure.length > 0);
	for (const { request: id } of sure) assert.equal(await rowsOf(id), 1, id);
});

// The stack's programs and places, with a notifier or a worker of the test's own, which is started again when it ends.
const program = (name) => join(s.state, 'programs', name);

test('a notifier that ends or is stopped at each moment of a save: its callers have each event or are told to read anew', { timeout: 900000 }, async (t) => {
	const env = await environment(s.sql, 'test-moments');
	const at = moments(t);
	const socket = join(folder(t), 'notifier.sock');
	const url = await nginx(t, { api: join(socketDirectory(s), 'api.sock'), sockets: [socket] });
	const ready = () => comes(async () => (await fetch(`${url}/api/health`)).status === 200, 10000, 'the notifier');
	const start = async () => kept(t, [...at.words, program('cvn-config-notifier'), '--database', conninfo(s), '--socket', socket, '--socket-mode', '0777',
		'--port', await freePort(), '--push-interval', '3600']);
	let one;
	await proved(t, { ...s, url }, { name: 'moments-notifier', environments: [env], writers: 2 }, async (running) => {
		const names = await at.record(async () => {
			one = await start();
			await ready();
			const written = running.count('ok');
			await comes(() => running.count('ok') > written + 10 && running.log.some(({ kind }) => kind === 'watch'), 20000, 'saves that are told');
		});
		t.diagnostic(names.join(', '));
		const first = names.find((name) => /^ask .*a\.environment, a\.version, count/.test(name)); // what there is when it begins
		for (const name of ['notice', 'tell', first]) assert.ok(names.includes(name), name);
		const told = () => running.log.filter(({ kind }) => ['watch', 'change', 'reset'].includes(kind)).length;
		await meetAll(t, at, cells(names, ['tell', first]), told, () => one.kill());
		await ready();
	});
});

test('a worker that ends, stops or is cut off at each moment of a save ends at the last version, and never told one that it had not', { timeout: 900000 }, async (t) => {
	const env = await environment(s.sql, 'test-moments');
	const at = moments(t);
	const id = `test-moments-${process.pid}`;
	const start = () => kept(t, [...at.words, program('paper_trader')], { env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', LD_LIBRARY_PATH: join(s.state, 'programs'),
		CVN_DATABASE: s.run.worker_database, CVN_ENVIRONMENT: env, CVN_WORKER_ID: id, CVN_CYCLE_MS: '20' } });
	t.after(() => s.sql(`update workers set closed_at = clock_timestamp() where worker_id = '${id}' and closed_at is null`));
	await proved(t, s, { name: 'moments-worker', environments: [env], writers: 2 }, async (running) => {
		let one;
		const reports = async () => Number((await s.sql(`select count(*) as n from worker_reports where worker_id = '${id}'`))[0].n);
		const names = await at.record(async () => {
			one = start();
			await comes(async () => (await reports()) > 3, 20000, 'reports');
		});
		t.diagnostic(names.join(', '));
		assert.ok(names.includes('notice'));
		assert.ok(names.filter((name) => name.startsWith('ask')).length >= 4, 'it listens, proves, reads and reports');
		await meetAll(t, at, cells(names, ['notice']), reports, () => one.kill());
	});
	const told = (await s.sql(`select version from worker_reports where worker_id = '${id}' order by id`)).map((row) => Number(row.version));
	assert.ok(new Set(told).size > 10, 'it had few versions to tell of');
});
