// Goal: a database that is away is said so within two seconds, and nothing is half done: not while it stands still, not
// when it is killed, and not when the answer to a commit is lost on the way, which is looked up. On a stack of its own.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmodSync, renameSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, test as unbounded } from 'node:test';

import { anotherTime } from '../lib/another.mjs';
import { children, startStack } from '../lib/service.mjs';
import { replayFaults } from '../lib/replay.mjs';
import { eventually } from '../lib/stack.mjs';

const own = await startStack('--workers', '0');
const test = (name, act) => unbounded(name, { timeout: 60000 }, act);
const { call, sql, version } = own;
after(() => own.stop());
const NAME = 'CVN_COOLDOWN';
const AWAY_MS = 3000; // 2 s are promised; the rest is for a machine that is busy with something else

async function timed(...request) {
	const start = performance.now();
	const reply = await call(...request);
	return { ...reply, ms: performance.now() - start };
}

const save = (id, value = anotherTime()) => timed('editor', 'POST', '/api/config/dev', {
	headers: { 'If-Match': '*', 'X-Request-Id': id }, body: { changes: { [NAME]: value }, reason: 'a test' } });
// How many rows each of these requests left: a save leaves a change set and a row of the history.
async function rows(...ids) {
	const found = await sql(`select i.id, (select count(*) from config_changes where request_id = i.id) + (select count(*) from config_history where request_id = i.id) as n
		from unnest(array['${ids.join("','")}']) i (id)`);
	return new Map(found.map(({ id, n }) => [id, Number(n)]));
}
const healthy = () => eventually(async () => (await call('viewer', 'GET', '/api/me').catch(() => ({}))).status === 200, 20000, 'an answer');

function isAway(reply) {
	assert.equal(reply.status, 503, JSON.stringify(reply.body));
	assert.equal(reply.body.code, 'unavailable');
	assert.match(reply.headers['content-type'], /^application\/problem\+json/);
	assert.ok(reply.ms < AWAY_MS, `${reply.ms} ms`);
}

// Everything that is written, by route: each in a request of its own.
const in2100 = { starts_at: '2100-01-01T00:00:00Z', ends_at: '2100-01-02T00:00:00Z' };
const writes = (id) => {
	const headers = { 'X-Request-Id': id, 'If-Match': '*' };
	const body = { reason: 'a test' };
	return [
		['editor', 'POST', '/api/config/dev', { headers, body: { ...body, changes: { [NAME]: anotherTime() } } }],
		['editor', 'POST', `/api/config/dev/${NAME}`, { headers, body: { ...body, value: anotherTime() } }],
		['editor', 'POST', '/api/changes', { headers, body: { ...body, environment: 'dev', changes: { [NAME]: anotherTime() } } }],
		['editor', 'PUT', '/api/environments/dev/lock', { headers }],
		['admin', 'POST', '/api/freeze-windows', { headers, body: { ...body, environment: 'dev', ...in2100 } }],
		['admin', 'PUT', `/api/catalog/CVN_TEST_AWAY`, { headers: { ...headers, 'If-Match': undefined, 'If-None-Match': '*' }, body: { ...body, type: 'int', category: 'threshold' } }],
		['admin', 'PUT', '/api/rules/away', { headers: { ...headers, 'If-Match': undefined, 'If-None-Match': '*' }, body: { expression: `${NAME} > 1ms`, message: 'x' } }],
		['editor', 'PUT', `/api/runs/${id}`, { headers, body: { kind: 'train', environment: 'dev', factors: {}, code_version: {} } }],
		['admin', 'POST', '/api/environments', { headers, body: { environment: 'test-away' } }],
		['admin', 'POST', '/api/operators', { headers, body: { login: 'away', password: 'a long enough password', roles: [] } }],
		['admin', 'POST', '/api/tokens', { headers, body: { name: 'away', role: 'viewer', environment: '*' } }],
		[null, 'POST', '/api/session', { headers, body: { login: 'viewer', password: own.credentials.viewer.password } }],
	].map(([role, method, path, options]) => [role, method, path, { ...options, headers: Object.fromEntries(Object.entries(options.headers).filter(([, value]) => value)) }]);
};

// What the tables hold, but for what workers and sessions' ends write by themselves.
async function contents() {
	const tables = await sql(`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not in ('workers', 'worker_reports') order by 1`);
	const [row] = await sql(`select ${tables.map(({ relname }) => `(select md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) from ${relname} t) as ${relname}`).join(', ')}`);
	return row;
}

// Whether the process was there to get the signal: a backend may end between two looks.
function signalled(pid, signal) {
	try {
		return process.kill(pid, signal);
	} catch (error) {
		if (error.code !== 'ESRCH') throw error;
		return false;
	}
}

// While the server stands still, with all of its processes: nothing answers and nothing refuses. The postmaster first, so
// that it starts no other.
async function standing(act) {
	const { postgresql } = own.run.pids;
	process.kill(postgresql, 'SIGSTOP');
	const still = [postgresql];
	try {
		still.push(...children(postgresql).filter((pid) => signalled(pid, 'SIGSTOP')));
		return await act();
	} finally {
		for (const pid of still.reverse()) signalled(pid, 'SIGCONT');
	}
}

test('a database that stands still: every write is 503 within two seconds, and none is done when it goes on', async () => {
	await healthy();
	const before = await contents();
	const id = randomUUID();
	const replies = await standing(async () => {
		const all = [];
		for (const request of writes(id)) all.push([request[2], await timed(...request)]);
		return all;
	});
	for (const [path, reply] of replies) isAway({ ...reply, path });
	await healthy();
	// What was sent to the server before is behind it: a statement of ours is after all of it.
	await eventually(async () => (await sql(`select count(*) as n from pg_stat_activity where usename = 'cvn_api' and state = 'active'`))[0].n === '0', 10000, 'quiet');
	assert.deepEqual(await contents(), before);
});

test('as many at once as there are responders do not wait for one another', async () => {
	await healthy();
	const at = await version('dev');
	const replies = await standing(() => Promise.all(Array.from({ length: 4 }, () => save(randomUUID()))));
	for (const reply of replies) isAway(reply);
	await healthy();
	assert.equal(await version('dev'), at);
});

test('reads are 503 as well, and the first after it comes back is an answer', async () => {
	await healthy();
	const replies = await standing(async () => [await timed('viewer', 'GET', '/api/config/dev'), await timed('viewer', 'GET', '/api/history?environment=dev')]);
	for (const reply of replies) isAway(reply);
	assert.equal((await call('viewer', 'GET', '/api/config/dev')).status, 200);
});

test('a database that is killed while saves go on: each is one version or none, and its request id says which', async () => {
	await healthy();
	const replies = new Map();
	let going = true;
	const writers = Array.from({ length: 3 }, async () => {
		while (going) {
			const id = randomUUID();
			replies.set(id, await save(id).catch((error) => ({ status: 0, error })));
		}
	});
	const { postgresql } = own.run.pids;
	await eventually(() => [...replies.values()].filter(({ status }) => status === 200).length > 5, 20000, 'saves');
	for (const pid of [postgresql, ...children(postgresql)]) process.kill(pid, 'SIGKILL');
	await eventually(() => [...replies.values()].some(({ status }) => status === 503), 10000, 'a refusal');
	// The supervisor starts another one.
	await eventually(() => sql('select').then(() => true, () => false), 30000, 'another server');
	const back = new Set(replies.keys());
	await eventually(() => [...replies].some(([id, { status }]) => status === 200 && !back.has(id)), 20000, 'saves again');
	going = false;
	await Promise.all(writers);
	const left = await rows(...replies.keys());
	for (const [id, reply] of replies) {
		const expected = { 200: [2], 503: /was lost/.test(reply.body?.detail) ? [0, 2] : [0] }[reply.status];
		assert.ok(expected, `${reply.status} ${reply.error ?? ''}`);
		assert.ok(expected.includes(left.get(id)), `${id}: ${JSON.stringify(reply.body)}`);
		if (reply.status === 503) assert.ok(reply.ms < AWAY_MS, `${reply.ms} ms`);
	}
	assert.deepEqual(await sql(replayFaults), []);
});

// A relay before the database's socket, through which every responder goes. armed is asked with what passes, and says
// what becomes of a connection: { from: 'client'|'server', bytes, cut, hold } - see the tests.
const socket = join(/host=(\S+)/.exec(own.run.database)[1], '.s.PGSQL.5432');
let armed = () => {};
let refusing = false;

function relay(client) {
	if (refusing) return client.destroy();
	const server = net.connect(`${socket}.real`);
	const held = [];
	let holding = false;
	for (const end of [client, server]) end.on('error', () => {});
	client.on('data', (bytes) => {
		if (!holding && armed('client', bytes) === 'hold') holding = true;
		if (holding) held.push(bytes);
		else server.write(bytes);
	});
	server.on('data', (bytes) => {
		if (armed('server', bytes) === 'cut') client.destroy();
		else client.write(bytes);
	});
	// What was held goes its way when the client is gone, as on a network that stood still.
	client.on('close', () => server.end(Buffer.concat(held)));
	server.on('close', () => client.destroy());
}

// Once: what passes from `end` with `word` in it.
const once = (from, word, what, then = () => {}) => {
	let met = false;
	armed = (end, bytes) => {
		if (met || end !== from || !bytes.includes(word)) return undefined;
		met = true;
		then();
		return what;
	};
	return () => met;
};

test('every responder goes through a relay from now on', async () => {
	await healthy();
	renameSync(socket, `${socket}.real`);
	const listener = net.createServer(relay).listen(socket);
	await new Promise((resolve) => listener.on('listening', resolve));
	chmodSync(socket, 0o777);
	listener.unref();
	for (const pid of children(own.run.pids['cvn-config-api'])) process.kill(pid, 'SIGKILL');
	await healthy();
});

test('the answer to a commit is lost: it is looked up, and the save is told as the one version that it is', async () => {
	const at = await version('dev');
	const id = randomUUID();
	const met = once('server', 'COMMIT\0', 'cut');
	const reply = await save(id);
	assert.ok(met());
	assert.deepEqual([reply.status, reply.body.version], [200, at + 1], JSON.stringify(reply.body));
	assert.equal((await rows(id)).get(id), 2);
	assert.equal(await version('dev'), at + 1);
});

test('the answer to a commit is lost and the database with it: 503 says so, and the history knows the request', async () => {
	const at = await version('dev');
	const id = randomUUID();
	const met = once('server', 'COMMIT\0', 'cut', () => (refusing = true));
	try {
		const reply = await save(id);
		assert.ok(met());
		isAway(reply);
		assert.match(reply.body.detail, /answer to the write was lost/);
	} finally {
		refusing = false;
	}
	await healthy();
	const { entries } = (await call('viewer', 'GET', `/api/history?request_id=${id}`)).body;
	assert.deepEqual(entries.map(({ version }) => version), [at + 1]);
});

// What arrives late, before its commit was sent, is rolled back.
for (const [statement, at] of [['config_lock', 0], ['change_create', 2], ['freeze_create', 4], ['catalog_lock', 5], ['run_lock', 7],
	['admin_operator_create', 9], ['admin_token_create', 10], ['who_session_add', 11]]) {
	test(`${statement} stands still on its way: 503 that nothing was written, and nothing is, also when it arrives`, async () => {
		await healthy();
		const before = await contents();
		const id = randomUUID();
		const met = once('client', statement, 'hold');
		const reply = await timed(...writes(id)[at]);
		assert.ok(met(), `${statement} did not pass`);
		isAway(reply);
		assert.match(reply.body.detail, /nothing was written/);
		await eventually(async () => (await sql(`select count(*) as n from pg_stat_activity where usename = 'cvn_api' and state <> 'idle'`))[0].n === '0', 10000, 'quiet');
		assert.deepEqual(await contents(), before);
	});
}

// What arrives late together with its commit is done, and looked up.
for (const [statement, at] of [['config_write', 0], ['freeze_lock', 3], ['admin_environment', 8]]) {
	test(`${statement} stands still on its way with its commit: it is looked up, and told as done`, async () => {
		await healthy();
		const before = await contents();
		const met = once('client', statement, 'hold');
		const reply = await timed(...writes(randomUUID())[at]);
		assert.ok(met(), `${statement} did not pass`);
		assert.ok([200, 201, 204].includes(reply.status), JSON.stringify(reply.body));
		assert.ok(reply.ms < AWAY_MS, `${reply.ms} ms`);
		assert.notDeepEqual(await contents(), before);
		assert.deepEqual(await sql(replayFaults), []);
	});
}
