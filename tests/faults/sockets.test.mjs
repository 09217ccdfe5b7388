// Goal: connections to PostgreSQL that are reset again and again, all at once, are made anew, one for each who had one, at a pace
// that it can bear; and nothing is lost.
import assert from 'node:assert/strict';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { environment } from '../api/environment.mjs';
import { notifier, ready } from '../notifier/alone.mjs';
import { stack } from '../lib/stack.mjs';
import { api, socketDirectory } from './api.mjs';
import { LONG, comes, proved, sleep } from './proved.mjs';
import { trader } from './trader.mjs';

const s = stack();
const TIMES = LONG ? 30 : 8;
const WORKERS = LONG ? 40 : 12;
const RESPONDERS = 4;

// PostgreSQL on a port: { port, came, open(), reset() }. `came` has the time of each connection.
async function door(t) {
	const pairs = new Set();
	const came = [];
	const server = net.createServer((near) => {
		came.push(Date.now());
		const far = net.connect(join(socketDirectory(s), '.s.PGSQL.5432'));
		const pair = [near, far];
		pairs.add(pair);
		const end = () => {
			pair.forEach((one) => one.destroy());
			pairs.delete(pair);
		};
		for (const one of pair) one.on('error', end).on('close', end);
		near.pipe(far).pipe(near);
	}).listen(0, '127.0.0.1');
	await new Promise((resolve) => server.on('listening', resolve));
	const reset = () => [...pairs].forEach(([near]) => near.resetAndDestroy());
	t.after(() => {
		reset();
		server.close();
	});
	return { port: server.address().port, came, open: () => pairs.size, reset };
}

test(`every connection to PostgreSQL is reset, ${TIMES} times, a second apart: all are back, once, and did not storm it`, { timeout: 300000 }, async (t) => {
	const env = await environment(s.sql, 'test-sockets');
	const one = await door(t);
	const at = (user) => `host=127.0.0.1 port=${one.port} user=${user} dbname=cvn`;
	const own = await notifier(t, { database: at('cvn_notifier') });
	await ready(own);
	const { url } = await api(t, s, { host: '127.0.0.1', port: one.port, responders: RESPONDERS, sockets: [own.socket] });
	const ids = Array.from({ length: WORKERS }, (_, i) => `test-sockets-${process.pid}-${i}`);
	ids.forEach((id) => trader(t, s, { id, environment: env, database: at('cvn_worker'), env: { CVN_CYCLE_MS: '400' } }));
	const clients = WORKERS + RESPONDERS + 2; // the notifier has one to listen, and one to ask
	await comes(() => one.open() >= WORKERS + 2, 30000, 'their connections');

	let resets;
	await proved(t, { ...s, url }, { name: 'sockets', environments: [env], writers: 4 }, async (running) => {
		await comes(() => running.count('ok') > 10, 15000, 'writes');
		resets = Date.now();
		for (let i = 0; i < TIMES; i++) {
			const written = running.count('ok');
			one.reset();
			await sleep(1000);
			await comes(() => running.count('ok') > written, 5000, 'a write after it');
		}
	});
	const after = one.came.filter((time) => time >= resets);
	const busiest = Math.max(...after.map((time) => after.filter((other) => other >= time && other < time + 1000).length));
	t.diagnostic(`${after.length} connections of ${clients} clients after ${TIMES} resets, ${busiest} in the busiest second`);
	assert.ok(after.length >= TIMES, 'nothing was reset: the test proves nothing');
	assert.ok(busiest <= 2 * clients, 'they came again without a pause');
	assert.ok(after.length <= clients * (TIMES + 1));
	// Nobody keeps a connection that was thought lost, nor has two.
	await comes(() => one.open() <= clients && one.open() >= WORKERS + 2, 15000, `a connection each, not ${one.open()}`);
});
