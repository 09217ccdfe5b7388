// The notifier against a running stack: what nginx, the database and the Pushgateway see of it.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import http from 'node:http';
import { getPriority } from 'node:os';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { eventually, request, stack } from '../lib/stack.mjs';

const s = stack();
const ENVIRONMENT = 'dev';
const NAME = 'CVN_ENTRY_THRESHOLD';
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const threshold = () => `0.${1 + Math.floor(Math.random() * 8)}${1 + Math.floor(Math.random() * 99998)}1`;

const poll = (query, role = 'viewer') => s.call(role, 'GET', `/api/events${query}`);
const cursorNow = async () => (await poll('')).body.cursor;

async function save(environment = ENVIRONMENT) {
	const reply = await s.save('editor', environment, { [NAME]: threshold() }, 'a test of the notifier');
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return Number(reply.body.version);
}

// All config_changed events of an environment past a cursor, until `version` is among them.
async function eventsUntil(cursor, version, environment = ENVIRONMENT) {
	const events = [];
	for (const end = Date.now() + 15000; Date.now() < end; ) {
		const { status, body } = await poll(`?environment=${environment}&wait=5&after=${cursor}`);
		assert.equal(status, 200);
		assert.equal(body.reset, false, 'the cursor could not be resumed');
		events.push(...body.events.filter((event) => event.type === 'config_changed'));
		if (events.some((event) => event.version >= version)) return events;
		cursor = body.cursor;
	}
	throw new Error(`version ${version} was never told`);
}

// What the history says must have been told: one event per version and parameter, in order.
const told = (first, last, environment = ENVIRONMENT) =>
	s.sql(`select h.version::int, k.key from config_history h cross join lateral jsonb_object_keys(h.diff) as k (key)
		where h.environment = '${environment}' and h.version between ${first} and ${last} order by h.version, k.key`);
const flat = (events) => events.map((event) => `${event.version} ${event.key}`);

// A bearer token, made in the database and removed at the end of the file.
const tokens = [];
async function token(role, environment) {
	const text = randomBytes(24).toString('hex');
	const digest = createHash('sha256').update(text).digest('hex');
	await s.sql(`insert into tokens (name, sha256, role, environment, created_by)
		values ('notifier test', '${digest}', '${role}', '${environment}', 'admin')`);
	tokens.push(digest);
	return { Authorization: `Bearer ${text}` };
}

after(async () => {
	if (tokens.length) await s.sql(`delete from tokens where sha256 in (${tokens.map((t) => `'${t}'`)})`);
});

// A stream: { frames, close }, frames growing as they come: { id, event, data } or { comment }.
function stream(headers, query = '') {
	const frames = [];
	const basic = Buffer.from(`viewer:${s.credentials.viewer.password}`).toString('base64');
	const sent = http.get(`${new URL(s.url).origin}/api/events${query}`, {
		agent: false,
		headers: { Accept: 'text/event-stream', Authorization: `Basic ${basic}`, ...headers },
	});
	const opened = new Promise((resolve, reject) => {
		sent.on('error', reject);
		sent.on('response', (reply) => {
			let rest = '';
			reply.setEncoding('utf8');
			reply.on('error', () => {});
			reply.on('data', (text) => {
				const parts = (rest + text).split('\n\n');
				rest = parts.pop();
				frames.push(...parts.map(frame));
			});
			resolve(reply);
		});
	});
	return { frames, opened, close: () => sent.destroy() };
}

function frame(text) {
	const fields = {};
	for (const line of text.split('\n')) {
		const [, name, value] = line.match(/^([^:]*): ?(.*)$/) ?? [null, line, ''];
		fields[name || 'comment'] = value;
	}
	if (fields.data) fields.data = JSON.parse(fields.data);
	return fields;
}

const pushed = async () => (await fetch(`${s.run.pushgateway}/metrics`)).text();
const scraped = async () => (await fetch(`${s.run.notifier}/metrics`)).text();
function value(text, name, labels = {}) {
	const line = text.split('\n').find((one) =>
		(one.startsWith(`${name}{`) || one.startsWith(`${name} `)) &&
		Object.entries(labels).every(([label, of]) => one.includes(`${label}="${of}"`)));
	return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}

before(async () => {
	await eventually(async () => (await s.call(null, 'GET', '/api/health')).status === 200, 15000, 'health');
});

test('without a cursor, or with one that is not known, the answer is a reset at once', async () => {
	for (const query of ['?wait=20', '?wait=20&after=', '?wait=20&after=0000000000000000-1', '?wait=20&after=nonsense']) {
		const start = Date.now();
		const { status, headers, body } = await poll(query);
		assert.equal(status, 200);
		assert.equal(body.reset, true);
		assert.deepEqual(body.events, []);
		assert.match(body.cursor, /^[0-9a-f]{16}-\d+$/);
		assert.ok(Date.now() - start < 2000);
		assert.equal(headers['cache-control'], 'no-store');
		assert.equal(headers['x-content-type-options'], 'nosniff');
	}
});

test('a poll that is parked through nginx answers when a save commits', async () => {
	const cursor = await cursorNow();
	const parked = poll(`?environment=${ENVIRONMENT}&wait=20&after=${cursor}`);
	await sleep(300);
	const version = await save();
	const saved = Date.now();
	const { body } = await parked;
	assert.ok(Date.now() - saved < 2000, `it took ${Date.now() - saved} ms`);
	assert.equal(body.reset, false);
	assert.ok(body.events.length > 0);
	const events = await eventsUntil(cursor, version); // what woke the poll may have been of another type
	assert.deepEqual(flat(events), flat(await told(events[0].version, version)));
});

test('a poll for which nothing happens answers after its wait, with a cursor to go on from', async () => {
	const cursor = await cursorNow();
	const start = Date.now();
	const { body } = await poll(`?environment=live&wait=1&after=${cursor}`);
	if (body.events.length === 0) assert.ok(Date.now() - start >= 900);
	assert.equal(body.reset, false);
	const next = await poll(`?environment=live&wait=0&after=${body.cursor}`);
	assert.equal(next.body.reset, false);
});

test('every thread of the notifier runs at a lower priority than the database', () => {
	const threads = readdirSync(`/proc/${s.run.pids['cvn-config-notifier']}/task`).map(Number);
	assert.ok(threads.length >= 2, `${threads}`);
	const lower = Math.min(19, getPriority(s.run.pids.postgresql) + 1); // nothing is below 19, where all of a stack may be
	for (const thread of threads) assert.ok(getPriority(thread) >= lower, `thread ${thread}: ${getPriority(thread)}`);
});

test('several quick saves: each version is told once and in order', async () => {
	const cursor = await cursorNow();
	const before = await s.version(ENVIRONMENT);
	const polling = eventsUntil(cursor, before + 8);
	for (let i = 0; i < 8; i++) await save();
	const events = await polling;
	const last = events.at(-1).version;
	assert.deepEqual(flat(events), flat(await told(events[0].version, last)));
	assert.ok(events[0].version <= before + 1);
});

test('a save of several parameters is one event for each', async () => {
	const cursor = await cursorNow();
	const changes = { [NAME]: threshold(), CVN_FILTER_TREND: Math.random() < 0.5 ? 'true' : 'false', CVN_COOLDOWN: '80s' };
	const reply = await s.save('editor', ENVIRONMENT, changes, 'a test of the notifier');
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	const version = Number(reply.body.version);
	const events = (await eventsUntil(cursor, version)).filter((event) => event.version === version);
	assert.deepEqual(events.map((event) => event.key), reply.body.diff.map((row) => row.name).sort());
});

test('the first version of an environment, which names no parameter, is told as one of all', async () => {
	const environment = `test-first-${randomBytes(4).toString('hex')}`;
	const cursor = await cursorNow();
	assert.equal((await s.call('admin', 'POST', '/api/environments', { body: { environment } })).status, 201);
	const [{ key, version }] = await eventsUntil(cursor, 1, environment);
	assert.deepEqual({ key, version }, { key: '*', version: 1 });
});

test('a stream goes on where Last-Event-ID says, with the same events', async () => {
	const cursor = await cursorNow();
	const first = await save();
	const live = stream({ 'Last-Event-ID': cursor }, `?environment=${ENVIRONMENT}`);
	try {
		const reply = await live.opened;
		assert.equal(reply.statusCode, 200);
		assert.match(reply.headers['content-type'], /^text\/event-stream/);
		const of = (version) => live.frames.find((f) => f.data?.type === 'config_changed' && f.data.version === version);
		await eventually(() => of(first), 5000, 'the event before the stream');
		const second = await save();
		await eventually(() => of(second), 5000, 'the event while the stream was open');
		assert.ok(!live.frames.some((f) => f.event === 'reset'));
		for (const f of live.frames.filter((one) => one.data)) assert.equal(f.id, f.data.cursor);
		const polled = await poll(`?environment=${ENVIRONMENT}&after=${of(first).id}&wait=0`);
		assert.equal(polled.body.reset, false);
	} finally {
		live.close();
	}
});

test('a stream without a cursor that can be resumed begins with a reset', async () => {
	const live = stream({ 'Last-Event-ID': 'nonsense' });
	try {
		await live.opened;
		const reset = await eventually(() => live.frames.find((f) => f.event === 'reset'), 5000, 'the reset');
		assert.equal(reset.data.reset, true);
		assert.equal((await poll(`?after=${reset.id}&wait=0`)).body.reset, false);
	} finally {
		live.close();
	}
});

test('who leaves while waiting is forgotten', async () => {
	const waiters = async () => value(await scraped(), 'cvn_notifier_waiters');
	const streams = Array.from({ length: 20 }, () => stream({}));
	await Promise.all(streams.map((one) => one.opened));
	await eventually(async () => (await waiters()) >= 20, 5000, 'twenty waiters');
	for (const one of streams) one.close();
	await eventually(async () => (await waiters()) < 20, 5000, 'fewer waiters');
});

test('a watch from a version of another history is answered with everything, from one of this one with what differs', async () => {
	const watch = async (version, head) => (await s.call('viewer', 'GET', `/api/watch/${ENVIRONMENT}?version=${version}&head=${head}&wait=1`)).body;
	const from = await s.version(ENVIRONMENT), other = '0123456789abcdef'.repeat(4);
	const headOf = async (version) => (await s.sql(`select h.row_hash from config_history h join active_config c on c.id = h.config_id where c.environment = '${ENVIRONMENT}' and h.version = ${version}`))[0].row_hash;
	const version = await save();
	assert.deepEqual(Object.keys((await watch(from, await headOf(from))).changes), [NAME]);
	assert.deepEqual((await watch(version, await headOf(version))).changes, {});
	for (const held of [from, version]) {
		const whole = await watch(held, other);
		assert.deepEqual([whole.full, whole.from, whole.version], [true, null, version], `from ${held}`);
		assert.ok(Object.keys(whole.changes).length > 30);
	}
	assert.equal((await s.call('viewer', 'GET', `/api/watch/${ENVIRONMENT}?version=${version}&head=${other.slice(1)}`)).status, 400);
});

test('a watch answers with what differs from the version, at once or when it moves', async () => {
	const watch = (query) => s.call('viewer', 'GET', `/api/watch/${ENVIRONMENT}${query}`);
	const from = await s.version(ENVIRONMENT);
	const parked = watch(`?version=${from}&wait=20`);
	await sleep(200);
	const version = await save();
	const moved = (await parked).body;
	assert.equal(moved.environment, ENVIRONMENT);
	assert.equal(moved.from, from);
	assert.equal(moved.full, false);
	assert.ok(moved.version > from);
	const current = (await watch(`?version=${from}&wait=20`)).body;
	const resolved = (await s.call('viewer', 'GET', `/api/config/${ENVIRONMENT}`)).body;
	if (current.version === resolved.version) assert.equal(current.changes[NAME], resolved.values[NAME]);
	assert.ok(current.version >= version);
	const whole = (await watch('')).body;
	assert.equal(whole.full, true);
	assert.equal(whole.from, null);
	assert.ok(Object.keys(whole.changes).length >= 30);
	assert.equal((await watch('?version=999999999&wait=1')).body.full, true);
	assert.deepEqual((await watch('?version=0')).body, (await watch('')).body, 'who is at 0 has nothing');
	const idle = (await s.call('viewer', 'GET', `/api/watch/live?version=${await s.version('live')}&wait=1`)).body;
	assert.ok(idle.full === false);
});

test('what is not well asked is refused with a problem', async () => {
	const cases = [
		['viewer', 'GET', '/api/events?wait=soon', 400, 'malformed'],
		['viewer', 'GET', '/api/events?limit=1', 400, 'malformed'],
		['viewer', 'GET', '/api/watch/dev?version=-1', 400, 'malformed'],
		['viewer', 'GET', '/api/watch/nowhere', 404, 'not_found'],
		['viewer', 'GET', '/api/watch/a%2fb', 404, 'not_found'],
		['viewer', 'POST', '/api/events', 405, 'method_not_allowed'],
		[null, 'GET', '/api/events', 401, 'unauthenticated'],
		[null, 'GET', '/api/watch/dev', 401, 'unauthenticated'],
	];
	for (const [role, method, path, status, code] of cases) {
		const reply = await s.call(role, method, path);
		assert.equal(reply.status, status, `${method} ${path}`);
		assert.match(reply.headers['content-type'], /^application\/problem\+json/, `${method} ${path}`);
		assert.equal(reply.body.code, code, `${method} ${path}`);
		if (status === 405) assert.equal(reply.headers.allow, 'GET');
	}
});

test('a caller cannot say who it is', async () => {
	const headers = { 'X-Cvn-Login': 'admin', 'X-Cvn-Environments': '*' };
	assert.equal((await s.call(null, 'GET', '/api/events', { headers })).status, 401);
	assert.equal((await request(s.run.notifier, 'GET', '/api/events', { headers })).status, 401);
});

test('the own port takes a token and nothing else', async () => {
	const get = (path, headers) => request(s.run.notifier, 'GET', path, { headers });
	const basic = Buffer.from(`viewer:${s.credentials.viewer.password}`).toString('base64');
	assert.equal((await get('/api/events', {})).status, 401);
	assert.equal((await get('/api/events', { Authorization: `Basic ${basic}` })).status, 401);
	assert.equal((await get('/api/events', { Authorization: 'Bearer 0123456789abcdef' })).status, 401);
	const worker = await token('worker', ENVIRONMENT);
	assert.equal((await get('/api/events', worker)).status, 200);
	assert.equal((await get(`${s.run.notifier}/api/events`, worker)).status, 200, 'as a proxy is asked');
	const { status, body } = await get(`/api/watch/${ENVIRONMENT}`, worker);
	assert.equal(status, 200);
	assert.equal(body.full, true);
	assert.equal((await get('/api/watch/live', worker)).status, 403);
	assert.equal((await get('/api/events?environment=live', worker)).status, 403);
});

test('a token of one environment is not told of another', async () => {
	const headers = await token('worker', 'live');
	const get = (query) => request(s.run.notifier, 'GET', `/api/events${query}`, { headers });
	const { cursor } = (await get('')).body;
	await eventsUntil(await cursorNow(), await save());
	const { body } = await get(`?wait=0&after=${cursor}`);
	assert.deepEqual(body.events.filter((event) => event.environment === ENVIRONMENT), []);
});

test('a forged notification is told to nobody', async () => {
	const cursor = await cursorNow();
	const first = await s.version(ENVIRONMENT);
	for (const text of [`env=${ENVIRONMENT},key=${NAME},version=987654321`, `env=nowhere,key=*,version=1`, 'nonsense', ''])
		await s.sql(`notify config_changed, '${text}'`);
	await s.sql(`notify config_event, '{"type":"change_state","environment":"${ENVIRONMENT}","change_id":1,"state":"rejected"}'`);
	await sleep(500);
	const version = await save();
	const events = await eventsUntil(cursor, version);
	assert.deepEqual(flat(events), flat(await told(first + 1, events.at(-1).version)));
	const { body } = await poll(`?after=${cursor}&wait=0`);
	assert.deepEqual(body.events.filter((event) => event.change_id === 1 || event.environment === 'nowhere'), []);
});

test('a LISTEN connection that is killed loses nothing, and is said', async () => {
	const cursor = await cursorNow();
	const first = await s.version(ENVIRONMENT);
	const reconnects = value(await scraped(), 'cvn_notifier_reconnects_total');
	const [{ pid }] = await s.sql(`select pid from pg_stat_activity where application_name = 'cvn-config-notifier listen'`);
	process.kill(Number(pid), 'SIGTERM');
	await save();
	const version = await save();
	const events = await eventsUntil(cursor, version);
	assert.deepEqual(flat(events), flat(await told(first + 1, events.at(-1).version)));
	const { body } = await poll(`?after=${cursor}&wait=0`);
	assert.ok(body.events.some((event) => event.type === 'listen_reconnect'));
	assert.ok(value(await scraped(), 'cvn_notifier_reconnects_total') > reconnects);
	await eventually(async () => (await s.call(null, 'GET', '/api/health')).status === 200, 5000, 'health');
});

test('a save shows at the Pushgateway within two pushes, and its latency once workers have applied it', async () => {
	const environment = 'paper';
	const text = await eventually(async () => {
		const now = await pushed();
		return value(now, 'cvn_config_version', { environment }) !== undefined && now;
	}, 12000, 'the first push');
	const saves = value(text, 'cvn_config_saves_total', { environment });
	const applies = value(text, 'cvn_config_distribution_latency_seconds_count', { environment });
	const version = await save(environment);
	await eventually(async () => value(await pushed(), 'cvn_config_version', { environment }) >= version, 11000, 'the version');
	assert.ok(value(await pushed(), 'cvn_config_saves_total', { environment }) > saves);
	await eventually(async () =>
		value(await pushed(), 'cvn_config_distribution_latency_seconds_count', { environment }) > applies, 15000, 'the latency');
	const after = await pushed();
	const bucket = (le) => value(after, 'cvn_config_distribution_latency_seconds_bucket', { environment, le });
	const count = value(after, 'cvn_config_distribution_latency_seconds_count', { environment });
	assert.equal(bucket('+Inf'), count);
	assert.ok(bucket('5') <= bucket('60'));
	assert.equal(value(after, 'cvn_config_forbidden_applies_total', { environment }), 0);
	assert.ok(value(after, 'cvn_worker_applied_version', { environment }) >= 1);
});

test('the Pushgateway has one series per worker, with its environment', async () => {
	const { body } = await s.call('viewer', 'GET', '/api/workers?environment=paper');
	const there = body.workers.filter((worker) => worker.state !== 'offline');
	assert.ok(there.length > 0);
	await eventually(async () => {
		const text = await pushed();
		return there.every((worker) =>
			value(text, 'cvn_worker_lag_versions', { environment: 'paper', worker: worker.worker_id }) !== undefined);
	}, 12000, 'the workers');
});

test('health needs no login, and metrics are not behind nginx', async () => {
	const { status, body } = await s.call(null, 'GET', '/api/health');
	assert.equal(status, 200);
	assert.deepEqual(Object.keys(body).sort(), ['database', 'listener_age_seconds', 'schema', 'status']);
	assert.ok(body.listener_age_seconds < 15);
	assert.doesNotMatch(String((await s.call('admin', 'GET', '/metrics')).body), /cvn_config_version\{/);
});

test('promtool finds nothing wrong with the metrics', async (t) => {
	const found = await promisify(execFile)('promtool', ['--version']).then(() => true, () => false);
	if (!found) return t.skip('promtool is not installed');
	const check = spawn('promtool', ['check', 'metrics']);
	let said = '';
	check.stdout.on('data', (part) => (said += part));
	check.stderr.on('data', (part) => (said += part));
	const ended = new Promise((resolve) => check.on('close', resolve));
	check.stdin.end(await scraped());
	assert.equal(await ended, 0, said);
});
