// Goal: who is asking: sessions, Basic, Bearer, what each may, and that guessing is slowed by address and never by login.
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import http from 'node:http';
import { after, test } from 'node:test';

import { replaysAfterEach } from '../lib/replay.mjs';
import { stack } from '../lib/stack.mjs';

const { call, sql, credentials, url } = stack();
replaysAfterEach(sql);
const logIn = (login, password, headers) => call(null, 'POST', '/api/session', { headers, body: { login, password } });
const cookieOf = (reply) => reply.headers['set-cookie'][0].split(';')[0];

// A request from another address of this machine, so that nobody else is slowed by what happens there.
function from(localAddress, path, headers) {
	const { hostname, port, host } = new URL(url);
	return new Promise((resolve, reject) => {
		const sent = http.get({ host: hostname, port, path, localAddress, agent: false, headers: { Host: host, ...headers } }, (reply) => {
			reply.resume();
			reply.on('end', () => resolve(reply));
		});
		sent.on('error', reject);
	});
}
const basic = (login, password) => ({ Authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}` });

const made = [];
after(async () => {
	if (made.length > 0) await sql(`delete from tokens where name in (${made.map((name) => `'${name}'`).join(', ')})`);
});

async function token(role, environment, rest = '') {
	const secret = randomBytes(32).toString('hex');
	const name = `test-${randomUUID()}`;
	made.push(name);
	await sql(`insert into tokens (name, sha256, role, environment, created_by${rest && ', expires_at'})
		values ('${name}', '${createHash('sha256').update(secret).digest('hex')}', '${role}', '${environment}', 'admin'${rest && `, ${rest}`})`);
	return { name, headers: { Authorization: `Bearer ${secret}` } };
}

test('a session is a cookie that only this site sends and no script reads', async () => {
	const reply = await logIn('editor', credentials.editor.password);
	assert.equal(reply.status, 200);
	assert.equal(reply.body.login, 'editor');
	assert.deepEqual(reply.body.roles, [{ environment: '*', role: 'editor' }]);
	assert.ok(Date.parse(reply.body.expires_at) > Date.now());
	const cookie = reply.headers['set-cookie'][0];
	assert.match(cookie, /^cvn_session=[0-9a-f]{64};/);
	for (const attribute of [/; HttpOnly/, /; SameSite=Strict/, /; Path=\//]) assert.match(cookie, attribute);
	assert.doesNotMatch(cookie, /Secure/); // this is not TLS

	const headers = { Cookie: cookieOf(reply) };
	const me = await call(null, 'GET', '/api/me', { headers });
	assert.deepEqual([me.status, me.body.login, me.body.expires_at], [200, 'editor', reply.body.expires_at]);
	const [{ n }] = await sql(`select count(*) as n from sessions where sha256 = '${cookieOf(reply).slice(12)}'`);
	assert.equal(n, '0'); // the database has its hash

	assert.equal((await call(null, 'DELETE', '/api/session', { headers })).status, 204);
	assert.equal((await call(null, 'GET', '/api/me', { headers })).status, 401);
	assert.equal((await call(null, 'DELETE', '/api/session', { headers })).status, 204);
});

test('a wrong password and an unknown login get the same answer in the same time', async () => {
	const times = { known: [], unknown: [] };
	for (let i = 0; i < 12; i++) {
		for (const [kind, login] of [['known', 'editor'], ['unknown', `nobody-${i}`]]) {
			const start = performance.now();
			const reply = await from('127.0.0.3', '/api/me', basic(login, 'wrong'));
			times[kind].push(performance.now() - start);
			assert.equal(reply.statusCode, 401);
			assert.doesNotMatch(reply.headers['www-authenticate'], /basic/i);
		}
	}
	await from('127.0.0.3', '/api/me', basic('viewer', credentials.viewer.password));
	const least = (list) => Math.min(...list);
	// Skipping the hash would make it ten times faster; how equal they are, check_ops measures in CPU time.
	const ratio = least(times.unknown) / least(times.known);
	assert.ok(ratio > 0.4 && ratio < 2.5, JSON.stringify(times));
});

test('after fifty failures an address gets 429, right or wrong, and another one is let in', async () => {
	const right = basic('viewer', credentials.viewer.password);
	const address = `127.${1 + Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}.7`;
	for (let i = 0; i < 50; i++) assert.equal((await from(address, '/api/me', basic('viewer', `wrong-${i}`))).statusCode, 401, `try ${i}`);
	const refused = await from(address, '/api/me', basic('viewer', 'wrong'));
	assert.equal(refused.statusCode, 429);
	assert.ok(Number(refused.headers['retry-after']) > 0);
	assert.equal((await from(address, '/api/me', right)).statusCode, 429);
	assert.equal((await from(address, '/api/events', right)).headers['retry-after'], refused.headers['retry-after']);
	assert.equal((await from('127.0.0.4', '/api/me', right)).statusCode, 200);
	const session = await logIn('viewer', credentials.viewer.password);
	assert.equal((await from(address, '/api/me', { Cookie: cookieOf(session) })).statusCode, 200); // not a try
	await call(null, 'DELETE', '/api/session', { headers: { Cookie: cookieOf(session) } });
});

test('a token acts in its role and environment until it is revoked or has expired', async () => {
	const editor = await token('editor', 'dev');
	const plan = (env, headers) => call(null, 'POST', `/api/config/${env}/plan`, { headers, body: { changes: {} } });
	assert.equal((await plan('dev', editor.headers)).status, 200);
	assert.equal((await plan('live', editor.headers)).status, 403);
	assert.equal((await call(null, 'GET', '/api/config/live', { headers: editor.headers })).status, 403);
	assert.equal((await call(null, 'GET', '/api/config/dev/compare/live', { headers: editor.headers })).status, 403);
	assert.equal((await call(null, 'GET', '/api/me', { headers: editor.headers })).body.login, 'admin');
	const list = async (path, member) => (await call(null, 'GET', path, { headers: editor.headers })).body[member];
	assert.deepEqual((await list('/api/environments', 'environments')).map(({ environment }) => environment), ['dev']);
	assert.deepEqual(await list('/api/history?environment=live', 'entries'), []);
	assert.ok((await list('/api/history', 'entries')).every(({ environment }) => environment === 'dev'));
	assert.ok((await list('/api/workers', 'workers')).every(({ environment }) => environment === 'dev'));
	await sql(`update tokens set revoked_at = clock_timestamp() where name = '${editor.name}'`);
	assert.equal((await plan('dev', editor.headers)).status, 401);
	const expired = await token('viewer', '*', `clock_timestamp() - interval '1 second'`);
	assert.equal((await call(null, 'GET', '/api/me', { headers: expired.headers })).status, 401);
});

test('a worker reports and reads, and does nothing else', async () => {
	const { headers } = await token('worker', 'dev');
	const id = `api-test-${randomUUID().slice(0, 8)}`;
	const { version } = (await call(null, 'GET', '/api/config/dev', { headers })).body;
	const body = { environment: 'dev', build: 'test', state: 'current', applied_version: version, config_hash: 'a'.repeat(64), applied_ms: 5 };
	const report = (more) => call(null, 'POST', `/api/workers/${id}/report`, { headers, body: { ...body, ...more } });
	const reply = await report();
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	assert.ok(reply.body.version >= version);
	assert.ok(Number.isInteger(reply.body.catalog_version));
	const [{ head }] = await sql(`select row_hash as head from config_history where environment = 'dev' and version = ${reply.body.version}`);
	assert.equal(reply.body.head, head);
	const listed = (await call('viewer', 'GET', '/api/workers?environment=dev')).body.workers.find(({ worker_id }) => worker_id === id);
	assert.deepEqual([listed.build, listed.applied_version, listed.environment], ['test', version, 'dev']);

	assert.equal((await call(null, 'POST', `/api/workers/${id}/report`, { headers, body: { ...listed, state: 'current' } })).status, 200, 'as the list shows it');
	const since = new Date(Date.now() - 60_000).toISOString();
	assert.equal((await report({ state: 'pending', waiting_for: 'cycle_end', waiting_since: since, applied_at: since, applied_ms: null })).status, 200);
	const waiting = (await call('viewer', 'GET', '/api/workers?environment=dev')).body.workers.find(({ worker_id }) => worker_id === id);
	for (const time of [waiting.waiting_since, waiting.applied_at])
		assert.ok(Math.abs(Date.parse(time) - Date.parse(since)) < 1000, `${time} beside ${since}`);

	for (const [more, status] of [[{ environment: 'live' }, 403], [{ environment: 'Dev' }, 400], [{ state: 'lagging' }, 400], [{ applied_version: -1 }, 400],
		[{ applied_version: '1' }, 400], [{ config_hash: 'x' }, 400], [{ waiting_for: 'rain' }, 400], [{ pending: [{ name: 'A' }] }, 400],
		[{ waiting_since: 'today' }, 400], [{ applied_at: 5 }, 400], [{ started_by: 'x' }, 400], [{ restart_required: [1] }, 400], [{ rejected: {} }, 400], [{ worker_id: 'other' }, 400], [{ build: 'b'.repeat(201) }, 400],
		[{ applied_ms: 1e15 }, 400], [{ state: 'pending', waiting_for: 'cycle_end', waiting_ms: 1e15 }, 400], [{ notified_ms: 1e15 }, 400], [{ forbidden_applies: 1e15 }, 400], [{ instance: 'a b' }, 400], [{ instance: '' }, 400]])
		assert.equal((await report(more)).status, status, JSON.stringify(more));
	const twice = async (instance) => {
		assert.equal((await report({ instance })).status, 200);
		return (await call('viewer', 'GET', '/api/workers?environment=dev')).body.workers.find(({ worker_id }) => worker_id === id).duplicate;
	};
	assert.deepEqual([await twice('one'), await twice('two'), await twice('two'), await twice('one')], [false, false, false, true], 'two processes of one id');
	assert.equal((await report({ closed: true })).status, 200);
	await sql(`delete from workers where worker_id = '${id}'`).catch(() => {});

	assert.equal((await call(null, 'POST', '/api/config/dev/CVN_COOLDOWN', { headers: { ...headers, 'If-Match': '*' }, body: { value: '1m', reason: 'x' } })).status, 403);
	assert.equal((await call(null, 'GET', '/api/operators', { headers })).status, 403);
	assert.equal((await call('editor', 'POST', `/api/workers/${id}/report`, { body })).status, 403);
});

test('identity comes from credentials and from no header beside them', async () => {
	for (const name of ['Remote-User', 'X-Remote-User', 'X-Forwarded-User', 'X-Cvn-Login', 'X-Cvn-Environments'])
		assert.equal((await call(null, 'GET', '/api/me', { headers: { [name]: 'admin' } })).status, 401, name);
	assert.equal((await call('viewer', 'GET', '/api/me', { headers: { 'X-Cvn-Login': 'admin' } })).body.login, 'viewer');
	assert.equal((await call(null, 'GET', '/api/me', { headers: { Cookie: `cvn_session=${'0'.repeat(64)}` } })).status, 401);
});

test('a login that has no account is not one by its password', async () => {
	for (const [login, password] of [['editor', ''], ['', ''], ['editor', credentials.viewer.password], ["' or 1=1 --", 'x']])
		assert.equal((await logIn(login, password)).status, 401, login);
	for (const body of [{}, { login: 'a' }, { login: 'a', password: 1 }, { login: 'a', password: 'b', role: 'admin' }])
		assert.equal((await call(null, 'POST', '/api/session', { body })).status, 400);
});
