// A notifier of the test's own: how it ends, and how it lives with a Pushgateway, a database and a twin that do not.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eventually, psql, request, stack } from '../lib/stack.mjs';
import { conninfo, gateway, metric, nginx, notifier, ready, way } from './alone.mjs';

const s = stack();
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CROWD = process.env.CVN_CROWD_PROGRAM ?? join(ROOT, '.build/gcc/tests/notifier/crowd');
const ENVIRONMENT = 'test-alone';
const NAME = 'CVN_ENTRY_THRESHOLD';
const bearer = randomBytes(24).toString('hex');
const digest = createHash('sha256').update(bearer).digest('hex');
const headers = { Authorization: `Bearer ${bearer}` };
let saves = Date.now() % 100000;

const poll = async (one, query = '') => (await request(one.url, 'GET', `/api/events?environment=${ENVIRONMENT}${query}`, { headers })).body;
const cursor = async (one) => (await poll(one)).cursor;

async function save(environment = ENVIRONMENT) {
	const reply = await s.save('editor', environment, { [NAME]: `0.${100000 + ++saves}1` }, 'a test of the notifier');
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return reply.body.version;
}

async function environment(name) {
	const made = await s.call('admin', 'POST', '/api/environments', { body: { environment: name } });
	assert.ok(made.status === 201 || made.status === 409, JSON.stringify(made.body));
}

before(async () => {
	await environment(ENVIRONMENT);
	await s.sql(`insert into tokens (name, sha256, role, environment, created_by)
		values ('a test of the notifier', '${digest}', 'worker', '*', 'admin')`);
});

after(() => s.sql(`delete from tokens where sha256 = '${digest}'`));

// A stream: { text(), ended }.
function stream(url, options = { headers }, environment = ENVIRONMENT) {
	let text = '';
	const ended = new Promise((resolve, reject) => {
		http.get(`${url}/api/events?environment=${environment}`, { agent: false, ...options, headers: { Accept: 'text/event-stream', ...options.headers } }, (reply) => {
			reply.on('data', (part) => (text += part));
			reply.on('close', resolve);
		}).on('error', reject);
	});
	return { text: () => text, ended };
}

test('SIGTERM answers every poll with its cursor, ends the streams, deletes the groups and ends with 0', async (t) => {
	const gate = await gateway(t);
	const one = await notifier(t, { database: conninfo(s), gateway: gate.url });
	await ready(one);
	const at = await cursor(one);
	const parked = [poll(one, `&wait=50&after=${at}`), poll(one, `&wait=50&after=${at}`)];
	const watch = request(one.url, 'GET', `/api/watch/${ENVIRONMENT}?version=${await s.version(ENVIRONMENT)}&wait=50`, { headers });
	const open = stream(one.url);
	await eventually(async () => (await metric(one, 'cvn_notifier_waiters')) === 4, 5000, 'four that wait');
	await eventually(() => gate.seen.some((line) => line === 'PUT /metrics/job/cvn_config'), 5000, 'a push');
	const start = Date.now();
	one.stop();
	for (const answer of await Promise.all(parked)) {
		assert.equal(answer.reset, false);
		assert.deepEqual(answer.events, []);
		assert.match(answer.cursor, /^[0-9a-f]{16}-\d+$/);
	}
	assert.deepEqual((await watch).body.changes, {});
	await open.ended;
	assert.equal(await one.ended, 0);
	assert.ok(Date.now() - start < 4000, `it took ${Date.now() - start} ms`);
	assert.ok(gate.seen.includes('DELETE /metrics/job/cvn_config'));
	// Others may save meanwhile, and workers apply it.
	assert.deepEqual(one.lines.map((line) => line.event).filter((event) => !/^config_/.test(event)), ['started', 'stopping', 'stopped']);
});

test('a push that is on its way when SIGTERM comes brings no group back', async (t) => {
	const groups = new Set();
	let coming = 0;
	const gate = http.createServer((call, reply) => {
		const put = call.method === 'PUT';
		coming += put;
		call.resume();
		setTimeout(() => {
			groups[put ? 'add' : 'delete'](call.url);
			coming -= put;
			reply.writeHead(202).end();
		}, put ? 700 : 0);
	}).listen(0, '127.0.0.1');
	await new Promise((resolve) => gate.on('listening', resolve));
	t.after(() => {
		gate.closeAllConnections();
		gate.close();
	});
	const one = await notifier(t, { database: conninfo(s), gateway: `http://127.0.0.1:${gate.address().port}` });
	await eventually(() => groups.size && coming, 10000, 'a second push, on its way');
	one.stop();
	assert.equal(await one.ended, 0);
	assert.equal(coming, 0);
	assert.deepEqual([...groups], []);
});

for (const [what, answer] of [['is away', undefined], ['answers 500', 500], ['answers 400', 400], ['never answers', null]])
	test(`a Pushgateway that ${what} is counted and survived, and delays nobody`, async (t) => {
		const gate = await gateway(t, answer);
		const one = await notifier(t, { database: conninfo(s), gateway: answer === undefined ? 'http://127.0.0.1:9' : gate.url });
		await ready(one);
		await eventually(async () => (await metric(one, 'cvn_notifier_push_failures_total')) >= 2, 10000, 'failures');
		assert.equal(one.lines.filter((line) => line.event === 'push_failed').length, 1, 'it is said once');
		const parked = poll(one, `&wait=20&after=${await cursor(one)}`);
		await save();
		const saved = Date.now();
		assert.ok((await parked).events.length > 0);
		assert.ok(Date.now() - saved < 1000, `it took ${Date.now() - saved} ms`);
		if (answer === undefined) return;
		gate.answer = 202;
		await eventually(() => one.lines.some((line) => line.event === 'push_works_again'), 10000, 'pushes that work');
	});

// A worker that has just applied the current version, and will be thought of as there for a minute.
async function report(t, worker) {
	t.after(() => s.sql(`delete from workers where worker_id = '${worker}'`));
	await s.sql(`insert into workers (worker_id, environment, feed, state, applied_version, last_heartbeat, started_at)
		select '${worker}', environment, 'longpoll', 'current', version, clock_timestamp() + interval '1 minute', clock_timestamp()
		from active_config where environment = '${ENVIRONMENT}'`);
}

test('who scrapes before the first round finds every series of an environment', async (t) => {
	const one = await notifier(t, { database: conninfo(s) }); // the first round is an hour away
	await ready(one);
	for (const name of ['cvn_config_version', 'cvn_changes_pending', 'cvn_config_frozen', 'cvn_config_forbidden_applies_total', 'cvn_config_distribution_latency_seconds_count']) {
		const series = `${name}{environment="${ENVIRONMENT}"}`;
		await eventually(async () => (await (await fetch(`${one.url}/metrics`)).text()).includes(`\n${series} `), 5000, series);
	}
});

test('two processes under one worker id are a metric of it', async (t) => {
	const gate = await gateway(t); // so that the workers are read every second
	const worker = `test-twice-${process.pid}`;
	await report(t, worker);
	const one = await notifier(t, { database: conninfo(s), gateway: gate.url });
	const shows = (value) => eventually(async () =>
		(await (await fetch(`${one.url}/metrics`)).text()).includes(`\ncvn_worker_duplicate{environment="${ENVIRONMENT}",worker="${worker}"} ${value}\n`), 10000, `a ${value}`);
	await shows(0);
	await s.sql(`update workers set contested_at = clock_timestamp() where worker_id = '${worker}'`);
	await shows(1);
});

test('the group of a worker that is gone is deleted', async (t) => {
	const gate = await gateway(t);
	const worker = `test-gone-${process.pid}`;
	await report(t, worker);
	const path = `/metrics/job/cvn_config/worker@base64/${Buffer.from(worker).toString('base64url')}`;
	const same = (line, method) => line.startsWith(`${method} ${path}`);
	const one = await notifier(t, { database: conninfo(s), gateway: gate.url });
	await eventually(() => gate.seen.some((line) => same(line, 'PUT')), 10000, 'its group');
	await s.sql(`update workers set closed_at = clock_timestamp() where worker_id = '${worker}'`);
	await eventually(() => gate.seen.some((line) => same(line, 'DELETE')), 10000, 'the deletion');
	const after = gate.seen.length;
	await eventually(() => gate.seen.length > after + 3, 10000, 'more pushes');
	assert.ok(!gate.seen.slice(after).some((line) => same(line, 'PUT')));
	assert.equal(await metric(one, 'cvn_notifier_push_failures_total'), 0);
});

test('a worker that falls behind by more than the limit is told once, as an event and in the log', async (t) => {
	const worker = `test-slow-${process.pid}`;
	const one = await notifier(t, { database: conninfo(s), options: ['--lag-versions', 1] });
	await ready(one);
	let { cursor: at } = await poll(one, `&wait=3&after=${await cursor(one)}`); // somebody looks: so the workers are read
	await report(t, worker);
	const told = [];
	const until = (what) => eventually(async () => {
		const answer = await poll(one, `&wait=1&after=${at}`);
		at = answer.cursor;
		told.push(...answer.events.filter((event) => event.worker_id === worker));
		return told.some(what);
	}, 10000, 'the event');
	await until((event) => event.type === 'worker_status');
	await save();
	await save();
	await until((event) => event.type === 'worker_lag_behind');
	await save();
	await s.sql(`update workers set applied_version = (select version from active_config where environment = '${ENVIRONMENT}') where worker_id = '${worker}'`);
	await until((event) => event.type === 'worker_status' && event.state === 'current' && event.applied_version === event.target_version && told.some((e) => e.type === 'worker_lag_behind'));
	const lags = told.filter((event) => event.type === 'worker_lag_behind');
	assert.equal(lags.length, 1);
	assert.ok(lags[0].lag_versions >= 2);
	assert.equal(one.lines.filter((line) => line.event === 'worker_lag_behind' && line.worker === worker).length, 1);
	const applied = await eventually(() => one.lines.find((line) => line.event === 'config_change_applied' && line.worker === worker), 5000, 'the line');
	assert.equal(applied.env, ENVIRONMENT);
	assert.equal(applied.parameter_name, NAME);
	assert.equal(applied.changed_by, 'editor');
	assert.ok(applied.config_version > 0);
});

test('a database that goes shows in health at once; what was missed meanwhile is told when it is back', async (t) => {
	const path = await way(t, s);
	const one = await notifier(t, { database: conninfo(s, { host: path.host }) });
	await ready(one);
	const at = await cursor(one);
	const status = async (target) => (await fetch(`${one.url}${target}`)).status;
	path.cut();
	const start = Date.now();
	await eventually(async () => (await status('/api/health')) === 503, 2000, 'a 503');
	assert.ok(Date.now() - start < 1000, `it took ${Date.now() - start} ms`);
	assert.equal(await status('/readyz'), 503);
	assert.equal(await status('/livez'), 200);
	assert.deepEqual((await (await fetch(`${one.url}/api/health`)).json()).database, 'down');
	const versions = [await save(), await save()];
	path.mend();
	await ready(one);
	const { reset, events } = await poll(one, `&after=${at}&wait=5`);
	assert.equal(reset, false);
	const told = events.filter((event) => event.type === 'config_changed').map((event) => event.version);
	assert.deepEqual(told, versions);
	assert.ok(events.some((event) => event.type === 'listen_reconnect'));
	assert.equal(await metric(one, 'cvn_notifier_reconnects_total'), 1);
});

test('it is back once it has seen every environment, though it is notified of one before', async (t) => {
	const path = await way(t, s);
	const one = await notifier(t, { database: conninfo(s, { host: path.host }) });
	const other = 'test-alone-other';
	await environment(other);
	await ready(one);
	const start = await request(one.url, 'GET', '/api/events', { headers });
	path.cut();
	const missed = await save(other);
	let notified;
	path.before('listen config_event', async () => (notified = await save()));
	path.mend();
	await ready(one);
	const { events } = (await request(one.url, 'GET', `/api/events?after=${start.body.cursor}&wait=5`, { headers })).body;
	const told = events.filter((event) => event.type === 'listen_reconnect' || [missed, notified].includes(event.version));
	assert.deepEqual(told.map((event) => event.environment), [other, ENVIRONMENT, null]);
});

test('a cursor from before the first look at the database leads nowhere: its owner starts over', async (t) => {
	const path = await way(t, s);
	path.cut();
	const one = await notifier(t, { database: conninfo(s, { host: path.host }) });
	const gate = await nginx(t, { api: `${conninfo(s).match(/host=(\S+)/)[1]}/api.sock`, sockets: [one.socket] });
	const get = async (query) => (await request(gate, 'GET', `/api/events?environment=${ENVIRONMENT}${query}`, { headers })).body;
	const early = await get('');
	assert.equal(early.reset, true);
	await save(); // nobody can tell who has read before it
	path.mend();
	await ready(one);
	assert.equal((await get(`&wait=0&after=${early.cursor}`)).reset, true);
});

test('a database that says nothing any more is given up, and health says so', async (t) => {
	const path = await way(t, s);
	const one = await notifier(t, { database: conninfo(s, { host: path.host }) });
	await ready(one);
	path.freeze();
	await eventually(async () => (await fetch(`${one.url}/readyz`)).status === 503, 12000, 'a 503');
	await ready(one); // by a connection that is new
	assert.ok(one.lines.some((line) => line.event === 'listen_reconnect'));
});

test('versions that fall are an alarm, and everybody starts over', async (t) => {
	const run = promisify(execFile);
	const host = conninfo(s).match(/host=(\S+)/)[1];
	const superuser = (name) => `host=${host} user=postgres dbname=${name}`;
	const database = `cvn_alone_${process.pid}`;
	await psql(superuser('postgres'), `create database ${database}`);
	t.after(() => psql(superuser('postgres'), `drop database ${database} with (force)`));
	await run(join(ROOT, 'sql/apply'), [superuser(database), '--demo']);
	await psql(superuser(database), `insert into operators (login, password_hash, created_by) values ('somebody', '$y$none', 'somebody');
		insert into tokens (name, sha256, role, environment, created_by) values ('a test', '${digest}', 'worker', '*', 'somebody')`);
	await psql(superuser(database), `set session_replication_role = replica; update active_config set version = 7 where environment = 'dev'`);
	const one = await notifier(t, { database: conninfo(s, { database }) });
	await ready(one);
	const get = async (query) => (await request(one.url, 'GET', `/api/events?environment=dev${query}`, { headers })).body;
	const first = await get('');
	assert.ok(first.cursor, JSON.stringify(first));
	const parked = get(`&wait=30&after=${first.cursor}`);
	await eventually(async () => (await metric(one, 'cvn_notifier_waiters')) === 1, 5000, 'one that waits');
	assert.equal(await metric(one, 'cvn_notifier_regressions_total'), 0);
	await psql(superuser(database), `set session_replication_role = replica; update active_config set version = 3 where environment = 'dev'`);
	const answer = await parked;
	assert.equal(answer.reset, true);
	assert.notEqual(answer.cursor.split('-')[0], first.cursor.split('-')[0], 'no cursor of before is good any more');
	assert.equal(await metric(one, 'cvn_notifier_regressions_total'), 1);
	assert.ok(one.lines.some((line) => line.event === 'config_version_regressed' && line.level === 'error'));
	await ready(one);
	assert.equal((await get(`&wait=0&after=${first.cursor}`)).reset, true);
});

test('a watch is told of a catalog that changes, with the version it has', async () => {
	const name = `TEST_ALONE_${Date.now()}`;
	const { catalog_version: before } = (await s.call('viewer', 'GET', '/api/catalog')).body;
	const version = await s.version(ENVIRONMENT);
	const watch = (query) => s.call('viewer', 'GET', `/api/watch/${ENVIRONMENT}?version=${version}${query}`);
	const parked = watch('&wait=20');
	await new Promise((resolve) => setTimeout(resolve, 200));
	const body = { type: 'bool', category: 'threshold', description: 'of a test', group_name: 'test', critical: false, required: false, reason: 'a test' };
	const made = await s.call('admin', 'PUT', `/api/catalog/${name}`, { headers: { 'If-None-Match': '*' }, body });
	assert.equal(made.status, 201, JSON.stringify(made.body));
	const told = (await parked).body;
	assert.equal(told.version, version);
	assert.ok(told.catalog_version > before);
	assert.deepEqual(told.changes, {});
	assert.equal((await watch(`&wait=20&catalog_version=${before}`)).body.catalog_version, told.catalog_version, 'at once');
	assert.equal((await s.call('admin', 'DELETE', `/api/catalog/${name}`)).status, 204);
});

test('a watch is told of another catalog of the version it has, as after a backup was restored', async () => {
	const version = await s.version(ENVIRONMENT);
	const watch = (wait) => s.call('viewer', 'GET', `/api/watch/${ENVIRONMENT}?version=${version}&wait=${wait}`);
	const before = (await watch(0)).body;
	assert.equal(before.catalog_stamp, (await s.call('viewer', 'GET', '/api/catalog')).body.catalog_stamp);
	const parked = watch(20);
	await new Promise((resolve) => setTimeout(resolve, 200));
	await s.sql('update catalog_state set stamp = gen_random_uuid()');
	const told = (await parked).body;
	assert.equal(told.catalog_version, before.catalog_version);
	assert.notEqual(told.catalog_stamp, before.catalog_stamp);
	assert.equal(told.catalog_stamp, (await s.call('viewer', 'GET', '/api/rules')).body.catalog_stamp);
});

test('two notifiers behind nginx: when one is killed, who waits goes on at the other', async (t) => {
	const [first, second] = [await notifier(t, { database: conninfo(s) }), await notifier(t, { database: conninfo(s) })];
	await Promise.all([ready(first), ready(second)]);
	const api = conninfo(s).match(/host=(\S+)/)[1];
	const gate = await nginx(t, { api: `${api}/api.sock`, sockets: [first.socket, second.socket] });
	const get = async (query) => (await request(gate, 'GET', `/api/events?environment=${ENVIRONMENT}${query}`, { headers })).body;
	let { cursor: at } = await get('');
	const seen = [];
	const version = await s.version(ENVIRONMENT);
	// A client as it should be: after a reset it reads what it shows, then goes on.
	const client = (async () => {
		let failures = 0;
		while (!seen.includes(version + 2)) {
			const answer = await get(`&wait=20&after=${at}`).catch(() => null);
			if (!answer?.cursor) {
				assert.ok(++failures < 20, `lost: ${JSON.stringify(answer)}`);
				continue;
			}
			at = answer.cursor;
			if (answer.reset) seen.push(await s.version(ENVIRONMENT));
			seen.push(...answer.events.filter((event) => event.type === 'config_changed').map((event) => event.version));
		}
		return failures;
	})();
	await eventually(async () => (await metric(first, 'cvn_notifier_waiters')) === 1, 5000, 'one at the first');
	assert.equal(await metric(second, 'cvn_notifier_waiters'), 0, 'the standby stands by');
	await save();
	await eventually(() => seen.includes(version + 1), 5000, 'the first version');
	await eventually(async () => (await metric(first, 'cvn_notifier_waiters')) === 1, 5000, 'it waits again');
	first.stop('SIGKILL');
	await first.ended;
	await eventually(async () => (await metric(second, 'cvn_notifier_waiters')) === 1, 5000, 'one at the standby');
	await save();
	assert.equal(await client, 0, 'nothing but a reset was to be seen');
});

test('what the gate is told of who asks reaches the caller as a problem: too many tries, and no API', async (t) => {
	const one = await notifier(t, { database: conninfo(s) });
	const url = await nginx(t, { api: join(dirname(one.socket), 'nobody'), sockets: [one.socket] });
	const away = await request(url, 'GET', '/api/events', { headers });
	assert.equal(away.status, 503);
	assert.match(away.headers['content-type'], /^application\/problem\+json/);
	assert.equal(away.body.code, 'unavailable');
	assert.equal(away.headers['retry-after'], '1');
	assert.equal((await request(url, 'POST', '/api/changes', { headers, body: {} })).headers['retry-after'], undefined, 'a write is not tried again blindly');
	const target = new URL(s.url);
	const wrong = () => new Promise((resolve, reject) => http.get({ host: target.hostname, port: target.port, path: '/api/events',
		localAddress: '127.0.0.77', agent: false, headers: { Host: target.host, Authorization: `Basic ${Buffer.from('viewer:wrong').toString('base64')}` } },
		(reply) => {
			let text = '';
			reply.on('data', (part) => (text += part));
			reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers, text }));
		}).on('error', reject));
	let answer;
	for (let i = 0; i < 60 && answer?.status !== 429; i++) answer = await wrong();
	assert.equal(answer.status, 429);
	assert.match(answer.headers['content-type'], /^application\/problem\+json/);
	assert.equal(JSON.parse(answer.text).code, 'too_many_requests');
	assert.ok(Number(answer.headers['retry-after']) > 0);
});

test('who is one too many at the gate is told so as a problem, and when to come back', async (t) => {
	const one = await notifier(t, { database: conninfo(s) });
	const url = await nginx(t, { api: join(dirname(one.socket), 'nobody'), sockets: [one.socket], patient: false });
	assert.equal((await request(url, 'GET', '/api/events', { headers })).status, 503, 'the first is let through to an API that is away');
	for (const path of ['/api/events', '/api/watch/paper']) {
		const refused = await request(url, 'GET', path, { headers });
		assert.equal(refused.status, 429, path);
		assert.match(refused.headers['content-type'], /^application\/problem\+json/);
		assert.equal(refused.body.code, 'too_many_requests');
		assert.equal(refused.body.instance, refused.headers['x-request-id']);
		assert.ok(Number(refused.headers['retry-after']) > 0);
	}
});

test('tokens whose digests share a place are all asked about, though they come at once', async (t) => {
	const path = await way(t, s);
	const one = await notifier(t, { database: conninfo(s, { host: path.host }) });
	await ready(one);
	const neighbours = [];
	for (let i = 0; neighbours.length < 16; i++)
		if (createHash('sha256').update(`wrong ${i}`).digest('hex').startsWith('0a0')) neighbours.push(`wrong ${i}`);
	const before = path.runs('authenticate');
	const replies = await Promise.all(neighbours.map((token) => request(one.url, 'GET', '/api/events', { headers: { Authorization: `Bearer ${token}` } })));
	assert.deepEqual(replies.map((reply) => reply.status), neighbours.map(() => 401));
	assert.ok(path.runs('authenticate') - before <= neighbours.length);
});

test('what the database is asked does not grow with those who wait: one look, one answer for all', async (t) => {
	const path = await way(t, s);
	const one = await notifier(t, { database: conninfo(s, { host: path.host }) });
	await ready(one);
	const version = await s.version(ENVIRONMENT);
	const at = await cursor(one);
	const watches = Array.from({ length: 40 }, () => request(one.url, 'GET', `/api/watch/${ENVIRONMENT}?version=${version}&wait=20`, { headers }));
	const polls = Array.from({ length: 40 }, () => poll(one, `&wait=20&after=${at}`));
	await eventually(async () => (await metric(one, 'cvn_notifier_waiters')) === 80, 5000, 'eighty that wait');
	assert.ok(path.runs('authenticate') <= 3, 'a token is asked about once in a few seconds');
	const looks = path.runs('catch_up');
	await save();
	for (const reply of await Promise.all(watches)) assert.deepEqual(Object.keys(reply.body.changes), [NAME]);
	for (const answer of await Promise.all(polls)) assert.ok(answer.events.length > 0);
	assert.equal(path.runs('watch'), 1, 'the difference was read once');
	assert.ok(path.runs('catch_up') - looks <= 4);
});

test('workers are read while somebody looks, once a second at most, and else not at all', async (t) => {
	const path = await way(t, s);
	const one = await notifier(t, { database: conninfo(s, { host: path.host }) });
	await ready(one);
	const reads = () => path.runs('workers');
	await eventually(() => reads() > 0, 5000, 'the first read, which the next is compared with');
	let quiet;
	await eventually(async () => {
		quiet = reads();
		await new Promise((resolve) => setTimeout(resolve, 2500));
		return reads() === quiet;
	}, 20000, 'rest: nobody looks, and no worker is behind');
	await poll(one, `&wait=4&after=${await cursor(one)}`);
	assert.ok(reads() - quiet >= 2, `${reads() - quiet} reads`);
	assert.ok(reads() - quiet <= 5, `${reads() - quiet} reads in four seconds`);
});

test('who has no descriptor left says so once, and goes on when there are some again', async (t) => {
	const one = await notifier(t, { database: conninfo(s), descriptors: 80 });
	await ready(one);
	const { port } = new URL(one.url);
	const sockets = Array.from({ length: 120 }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
	const said = () => one.lines.filter((line) => line.event === 'accept_failed');
	await eventually(() => said().length, 5000, 'the line');
	const used = () => readFileSync(`/proc/${one.pid}/stat`, 'utf8').split(' ').slice(13, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
	const before = used();
	await new Promise((resolve) => setTimeout(resolve, 1500));
	assert.ok(used() - before < 30, `${used() - before} ticks: it spins`);
	assert.equal(said().length, 1);
	assert.match(said()[0].hint, /LimitNOFILE/);
	for (const socket of sockets) socket.destroy();
	await ready(one);
});

test('callers without number leave descriptors for the database: who waits is told when it is back', async (t) => {
	const path = await way(t, s);
	const one = await notifier(t, { database: conninfo(s, { host: path.host }), descriptors: 200 });
	await ready(one);
	const waits = poll(one, `&wait=50&after=${await cursor(one)}`);
	await eventually(async () => (await metric(one, 'cvn_notifier_waiters')) >= 1, 5000, 'one that waits');
	const { port } = new URL(one.url);
	const sockets = Array.from({ length: 300 }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
	t.after(() => sockets.forEach((socket) => socket.destroy()));
	await eventually(() => one.lines.some((line) => line.event === 'accept_failed'), 5000, 'the line');
	path.cut();
	await eventually(() => one.lines.some((line) => line.event === 'listen_lost'), 5000, 'the loss');
	path.mend();
	const answer = await Promise.race([waits, new Promise((resolve) => setTimeout(resolve, 15000, { events: [] }))]);
	assert.deepEqual(answer.events.map((event) => event.type), ['listen_reconnect']);
	assert.equal(one.lines.filter((line) => line.event === 'accept_failed').length, 1);
});

test('the stream of a session that is ended ends, and so does that of a token that is revoked, be it silent or not', { timeout: 60000 }, async (t) => {
	const lively = `${ENVIRONMENT}-lively`;
	await environment(lively);
	const login = await s.call(null, 'POST', '/api/session', { body: { login: 'viewer', password: s.credentials.viewer.password } });
	const Cookie = login.headers['set-cookie'][0].split(';')[0];
	const stays = stream(s.url, { headers });
	const ends = stream(s.url, { headers: { Cookie } });
	const made = (await s.call('admin', 'POST', '/api/tokens', { body: { name: 'to be revoked', role: 'viewer', environment: '*' } })).body;
	const revoked = stream(s.run.notifier, { headers: { Authorization: `Bearer ${made.token}` } });
	const told = stream(s.run.notifier, { headers: { Authorization: `Bearer ${made.token}` } }, lively);
	await eventually(() => [stays, ends, revoked, told].every((one) => one.text().includes('retry:')), 5000, 'four streams');
	let saving = true;
	t.after(() => (saving = false));
	const saves = (async () => {
		while (saving) {
			await save(lively);
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
	})();
	assert.equal((await s.call(null, 'DELETE', '/api/session', { headers: { Cookie } })).status, 204);
	assert.equal((await s.call('admin', 'DELETE', `/api/tokens/${made.id}`)).status, 204);
	const start = Date.now();
	await Promise.race([Promise.all([ends.ended, revoked.ended, told.ended]), new Promise((resolve) => setTimeout(resolve, 25000))]);
	assert.ok(Date.now() - start < 25000, 'one of them goes on');
	saving = false;
	await saves;
	assert.ok(told.text().split('"config_changed"').length > 5, 'it was told of saves until then');
	const again = await request(s.run.notifier, 'GET', '/api/events', { headers: { Authorization: `Bearer ${made.token}` } });
	assert.equal(again.status, 401);
	assert.equal(await Promise.race([stays.ended.then(() => 'ended'), new Promise((resolve) => setTimeout(resolve, 500, 'open'))]), 'open');
});

test('one who waits costs a fresh notifier less than half a kilobyte', { timeout: 60000 }, async (t) => {
	const clients = 1500;
	const one = await notifier(t, { database: conninfo(s) });
	await ready(one);
	const pss = () => Number(readFileSync(`/proc/${one.pid}/smaps_rollup`, 'utf8').match(/^Pss: +(\d+)/m)[1]) * 1024;
	await poll(one);
	const empty = pss();
	const child = spawn(CROWD, ['--port', new URL(one.url).port, '--clients', clients, '--path', `/api/events?environment=${ENVIRONMENT}&wait=60`,
		'--header', `Authorization: Bearer ${bearer}`].map(String));
	t.after(() => child.kill('SIGKILL'));
	await eventually(async () => (await metric(one, 'cvn_notifier_waiters')) >= clients, 20000, 'the crowd');
	const each = (pss() - empty) / clients;
	t.diagnostic(`${each.toFixed(0)} bytes each; ${(empty / 1048576).toFixed(1)} MiB when nobody waits`);
	assert.ok(each < 512, `${each} bytes`);
	assert.ok(empty < 8 * 1048576, `${empty} bytes when nobody waits`);
});
