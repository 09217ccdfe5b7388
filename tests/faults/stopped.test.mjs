// Goal: who is stopped, or has no descriptors left, holds up nobody, and goes on when it can.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { environment } from '../api/environment.mjs';
import { blocked, session } from '../lib/session.mjs';
import { request, stack } from '../lib/stack.mjs';
import { pair, record } from '../security/gate.mjs';
import { answerOf, api } from './api.mjs';
import { childrenOf, descriptorsOf, processes, processorMs, socketsOf } from './processes.mjs';
import { LONG, comes, sleep } from './proved.mjs';
import { trader } from './trader.mjs';

const s = stack();
const at = processes(s.state);
const run = promisify(execFile);
const superuser = s.run.database.replace(/user=\S+/, 'user=postgres');
const NAME = 'CVN_ENTRY_THRESHOLD';
let values = Date.now() % 100000;
const value = () => `0.${100000 + ++values}1`;
const save = async (env) => {
	const reply = await s.save('editor', env, { [NAME]: value() });
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return reply.body.version;
};
const workers = async () => (await s.call('viewer', 'GET', '/api/workers?environment=paper')).body.workers;

const reads = async (url) => (await request(url, 'GET', '/api/config/paper', { headers: answerOf(s, 'viewer') })).status;

test('a responder that is stopped while it holds the lock loses it within five seconds, and never says that it wrote', { timeout: 60000 }, async (t) => {
	const env = await environment(s.sql, 'test-stopped');
	const { url, pid } = await api(t, s);
	const [holder, observer] = [await session(superuser), await session(superuser)];
	t.after(() => Promise.all([holder.end(), observer.end()]));
	const [responder] = childrenOf(pid);
	const write = (base, id) => request(base, 'POST', `/api/config/${env}`,
		{ headers: { ...answerOf(s, 'editor'), 'If-Match': '*', 'X-Request-Id': id }, body: { changes: { [NAME]: value() }, reason: 'stopped' } });

	// 1. It waits for the row, is stopped there, and then is given it.
	await holder.run(`begin; select from active_config where environment = '${env}' for update`);
	const id = randomUUID();
	const answer = write(url, id);
	await blocked(observer, holder.pid, 1, 'config_lock');
	process.kill(responder, 'SIGSTOP');
	await holder.run('commit');
	const start = Date.now();

	// 2. Until it loses it, others are told so; then they write.
	const said = [];
	await comes(async () => {
		said.push((await write(s.url, randomUUID())).status);
		return said.at(-1) === 200;
	}, 10000, 'a write by another responder');
	const ms = Date.now() - start;
	t.diagnostic(`others wrote after ${ms} ms; they were told ${said.join(', ')}`);
	assert.ok(said.length > 1, 'nobody was held up: it did not hold the lock');
	assert.deepEqual([...new Set(said)].sort(), [200, 503]);
	assert.ok(ms < 5000 + 1500, 'its transaction is ended after 3 s, and a wait for the lock after 1.2 s');

	// 3. When it goes on it has nothing to say.
	process.kill(responder, 'SIGCONT');
	assert.notEqual((await answer).status, 200);
	assert.deepEqual(await s.sql(`select version from config_history where request_id = '${id}'`), []);
});

test('a worker that is stopped holds up no other, and goes on with the newest version alone', { timeout: 120000 }, async (t) => {
	const pid = at.workers()[0];
	const name = at.workerName(pid);
	const log = () => readFileSync(join(s.state, 'log', `${name}.log`), 'utf8');
	const applied = (version, who) => comes(async () => (await workers()).filter(who).every((one) => one.applied_version >= version), 15000, `version ${version}`);
	await applied(await save('paper'), () => true);
	process.kill(pid, 'SIGSTOP');
	t.after(() => process.kill(pid, 'SIGCONT'));
	const stopped = Date.now();
	let version;
	for (let i = 0; i < 10; i++) {
		version = await save('paper');
		const start = Date.now();
		await applied(version, (one) => one.worker_id !== name);
		assert.ok(Date.now() - start < 5000, `the others took ${Date.now() - start} ms`);
	}
	const [{ usage }] = await s.sql('select pg_notification_queue_usage() as usage');
	assert.ok(Number(usage) < 0.01, `the queue of notifications is filled to ${usage}`);
	if (LONG) {
		await comes(async () => (await workers()).find((one) => one.worker_id === name).state === 'offline', 25000, 'offline');
		await sleep(Math.max(0, 60000 - (Date.now() - stopped)));
	}
	const before = log().length;
	process.kill(pid, 'SIGCONT');
	await applied(version, (one) => one.worker_id === name);
	const versions = log().slice(before).split('\n').filter((line) => line.includes('"config_change_applied"')).map((line) => Number(JSON.parse(line).config_version));
	assert.deepEqual([...new Set(versions)], [version]);
});

// What a caller of the responders may say, and then nothing more.
const begin = (keep) => record(1, Buffer.of(0, 1, keep, 0, 0, 0, 0, 0));
const params = Buffer.concat([['REQUEST_METHOD', 'GET'], ['REQUEST_URI', '/api/me'], ['QUERY_STRING', ''], ['REMOTE_ADDR', '127.0.0.1']].map(([name, value]) => pair(name, value)));
const STUCK = {
	'says nothing': Buffer.alloc(0),
	'stops within a header': begin(0).subarray(0, 3),
	'stops within the parameters': Buffer.concat([begin(0), record(4, params).subarray(0, 20)]),
	'keeps the connection': Buffer.concat([begin(1), record(4, params), record(4, Buffer.alloc(0)), record(5, Buffer.alloc(0))]),
};

for (const [what, bytes] of Object.entries(STUCK)) {
	test(`a caller of the responders who ${what} holds it up for three seconds at the most`, { timeout: 60000 }, async (t) => {
		const { url, socket } = await api(t, s);
		assert.equal(await reads(url), 200);
		const caller = net.connect(socket);
		t.after(() => caller.destroy());
		caller.on('error', () => {}).resume();
		await new Promise((resolve) => caller.on('connect', () => caller.write(bytes, resolve)));
		const start = Date.now();
		await comes(async () => (await reads(url)) === 200, 15000, 'an answer to somebody else');
		t.diagnostic(`another was answered after ${Date.now() - start} ms`);
		assert.ok(Date.now() - start < 3000 + 2000, 'and a second for another responder');
	});
}

// Takes from a process, one of ours, all descriptors from `first` on that it does not have yet; gives a function that gives
// them back.
async function exhaust(pid, first) {
	const [, soft] = readFileSync(`/proc/${pid}/limits`, 'utf8').match(/^Max open files\s+(\d+)/m);
	await run('prlimit', [`--pid=${pid}`, `--nofile=${first}:`]);
	return () => run('prlimit', [`--pid=${pid}`, `--nofile=${soft}:`]);
}

// The lowest descriptor that a process has no use for yet.
function firstFree(pid) {
	const used = new Set(descriptorsOf(pid));
	let n = 0;
	while (used.has(n)) n++;
	return n;
}

test('a responder without a descriptor for the database says that it is away, until it has one', { timeout: 60000 }, async (t) => {
	const { url, pid } = await api(t, s);
	const [responder] = childrenOf(pid);
	await comes(() => socketsOf(responder) === 1, 5000, 'the end of what asked first, which leaves the one it listens on');
	const give = await exhaust(responder, firstFree(responder) + 1); // that one is for the request
	for (let i = 0; i < 5; i++) assert.equal(await reads(url), 503, `answer ${i}, by ${childrenOf(pid)} of ${responder}`);
	const spent = processorMs(responder);
	await sleep(1000);
	assert.ok(processorMs(responder) - spent < 300, 'it spins');
	await give();
	await comes(async () => (await reads(url)) === 200, 5000, 'an answer');
	assert.deepEqual(childrenOf(pid), [responder]);
});

test('a responder without a descriptor for a request is replaced, and the next request is answered', { timeout: 60000 }, async (t) => {
	const { url, pid } = await api(t, s);
	const [responder] = childrenOf(pid);
	assert.equal(await reads(url), 200);
	await exhaust(responder, 3);
	await reads(url); // it waits for this one already, with the descriptor in its hand
	const statuses = [];
	const next = await comes(async () => {
		statuses.push(await reads(url));
		return statuses.at(-1) === 200 && childrenOf(pid)[0];
	}, 5000, 'an answer');
	t.diagnostic(`answers: ${statuses.join(', ')}`);
	assert.ok(statuses.slice(0, -1).every((status) => status >= 502 && status <= 504), String(statuses));
	assert.notEqual(next, responder);
});

test('a worker without descriptors keeps what it has, does not spin, and comes back', { timeout: 60000 }, async (t) => {
	const env = await environment(s.sql, 'test-descriptors');
	const id = `test-descriptors-${process.pid}`;
	const one = trader(t, s, { id, environment: env });
	const seen = async () => (await s.sql(`select applied_version::int as version from workers where worker_id = '${id}'`))[0]?.version;
	const first = await save(env);
	await comes(async () => Number(await seen()) === first, 10000, 'a worker that is current');
	const give = await exhaust(one.pid, 3); // also the one of its connection will be gone
	await s.sql(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'cvn_worker'`, superuser);
	await comes(() => one.has('link_lost'), 10000, 'the end of its connection');
	const spent = processorMs(one.pid);
	const version = await save(env);
	await sleep(2000);
	const share = (processorMs(one.pid) - spent) / 2000;
	assert.ok(share < 0.3, `it used ${Math.round(share * 100)} % of a processor`);
	assert.equal(Number(await seen()), first, 'it has a connection: the test proves nothing');
	await give();
	await comes(async () => Number(await seen()) === version, 20000, `version ${version}`);
});
