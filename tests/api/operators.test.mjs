// Goal: accounts, tokens and environments are an admin's; what is taken away is gone on the next request; nobody can
// lock all admins out; a secret is shown once and is nowhere.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, test } from 'node:test';

import { environment } from './environment.mjs';
import { replaysAfterEach } from '../lib/replay.mjs';
import { session } from '../lib/session.mjs';
import { stack } from '../lib/stack.mjs';

const { call, run, sql } = stack();
replaysAfterEach(sql);
const password = () => `pass ${randomUUID()}`;
const basic = (login, secret) => ({ Authorization: `Basic ${Buffer.from(`${login}:${secret}`).toString('base64')}` });
const bearer = (secret) => ({ Authorization: `Bearer ${secret}` });
const everywhere = (...roles) => roles.map((role) => ({ environment: '*', role }));
const me = (headers) => call(null, 'GET', '/api/me', { headers });
const patch = (login, body, role = 'admin') => call(role, 'PATCH', `/api/operators/${login}`, { body });
const remove = (login) => call('admin', 'DELETE', `/api/operators/${login}`);

const logins = [];
const tokens = [];
after(async () => {
	for (const id of tokens) await sql(`delete from tokens where id = ${id}`);
	for (const login of logins) await sql(`delete from tokens where created_by = '${login}'; delete from operators where login = '${login}'`);
});

function isProblem(reply, status, code) {
	assert.equal(reply.status, status, JSON.stringify(reply.body));
	assert.equal(reply.body.code, code, JSON.stringify(reply.body));
	if (code === 'invalid') assert.ok(reply.body.detail.startsWith(reply.body.errors[0].name) && reply.body.detail.includes(reply.body.errors[0].detail.slice(0, 60)), JSON.stringify(reply.body));
	return reply.body;
}

async function account(roles) {
	const login = `test-${randomUUID().slice(0, 13)}`;
	const secret = password();
	logins.push(login);
	const reply = await call('admin', 'POST', '/api/operators', { body: { login, password: secret, roles } });
	assert.equal(reply.status, 201, JSON.stringify(reply.body));
	return { login, secret, headers: basic(login, secret), body: reply.body };
}

async function token(body, headers) {
	const name = `test-${randomUUID()}`;
	const reply = await call(headers ? null : 'admin', 'POST', '/api/tokens', { headers, body: { name, ...body } });
	if (reply.status === 201) tokens.push(reply.body.id);
	return reply;
}

test('an account is made, logs in, and its roles are replaced for the very next request', async () => {
	const made = await account(everywhere('editor', 'viewer'));
	assert.deepEqual(made.body.roles, everywhere('editor', 'viewer'));
	assert.equal(made.body.disabled, false);
	assert.deepEqual((await call('viewer', 'GET', '/api/operators')).body.operators.find(({ login }) => login === made.login), made.body);
	const plan = () => call(null, 'POST', '/api/config/dev/plan', { headers: made.headers, body: { changes: {} } });
	assert.equal((await plan()).status, 200);
	const session = await call(null, 'POST', '/api/session', { body: { login: made.login, password: made.secret } });
	const cookie = { Cookie: session.headers['set-cookie'][0].split(';')[0] };

	const changed = await patch(made.login, { roles: [{ environment: 'live', role: 'viewer' }] });
	assert.equal(changed.status, 200, JSON.stringify(changed.body));
	assert.deepEqual(changed.body.roles, [{ environment: 'live', role: 'viewer' }]);
	isProblem(await plan(), 403, 'forbidden');
	isProblem(await call(null, 'GET', '/api/config/dev', { headers: cookie }), 403, 'forbidden');
	assert.equal((await call(null, 'GET', '/api/config/live', { headers: cookie })).status, 200);

	const next = password();
	assert.equal((await patch(made.login, { password: next })).status, 200);
	assert.equal((await me(made.headers)).status, 401);
	assert.equal((await me(cookie)).status, 401);
	assert.equal((await me(basic(made.login, next))).status, 200);
	assert.equal((await patch(made.login, { disabled: true })).body.disabled, true);
	assert.equal((await me(basic(made.login, next))).status, 401);
	assert.equal((await patch(made.login, { disabled: false })).body.disabled, false);
	assert.equal((await me(basic(made.login, next))).status, 200);
	const [{ hash }] = await sql(`select password_hash as hash from operators where login = '${made.login}'`);
	assert.match(hash, /^\$y\$/);
});

test('a deleted account is gone with its sessions and tokens; one that history names keeps its login to itself', async () => {
	const made = await account(everywhere('admin'));
	const session = await call(null, 'POST', '/api/session', { body: { login: made.login, password: made.secret } });
	const cookie = { Cookie: session.headers['set-cookie'][0].split(';')[0] };
	const own = await token({ role: 'worker', environment: 'dev' }, made.headers);
	assert.equal(own.status, 201, JSON.stringify(own.body));
	assert.equal((await remove(made.login)).status, 204);
	for (const headers of [made.headers, cookie, bearer(own.body.token)]) assert.equal((await me(headers)).status, 401);
	isProblem(await remove(made.login), 404, 'not_found');
	isProblem(await patch(made.login, { disabled: true }), 404, 'not_found');
	const [{ n }] = await sql(`select (select count(*) from sessions where login = '${made.login}') + (select count(*) from tokens where created_by = '${made.login}')
		+ (select count(*) from operators where login = '${made.login}') as n`);
	assert.equal(n, '0');

	const author = await account(everywhere('editor', 'admin'));
	const rule = `test-${randomUUID().slice(0, 8)}`;
	const body = { expression: 'CVN_ENTRY_THRESHOLD >= 0', message: 'of a test' };
	assert.equal((await call(null, 'PUT', `/api/rules/${rule}`, { headers: { ...author.headers, 'If-None-Match': '*' }, body })).status, 201);
	assert.equal((await call('admin', 'DELETE', `/api/rules/${rule}`)).status, 204);
	assert.equal((await remove(author.login)).status, 204);
	assert.equal((await me(author.headers)).status, 401);
	const left = (await call('viewer', 'GET', '/api/operators')).body.operators.find(({ login }) => login === author.login);
	assert.deepEqual([left.disabled, left.roles], [true, []]);
	isProblem(await call('admin', 'POST', '/api/operators', { body: { login: author.login, password: password(), roles: [] } }), 409, 'exists');
});

test('who may not write any more holds no lock: deleted, disabled, or no editor there by role or token', async () => {
	const env = await environment(sql, 'test-ghost');
	const path = `/api/environments/${env}/lock`;
	const holder = async () => (await call('viewer', 'GET', '/api/environments')).body.environments.find((one) => one.environment === env).locked_by;
	const locked = async (roles) => {
		const made = await account(roles);
		assert.equal((await call(null, 'PUT', path, { headers: made.headers })).status, 200);
		assert.equal(await holder(), made.login);
		return made;
	};
	const here = [{ environment: env, role: 'editor' }];

	assert.equal((await remove((await locked(here)).login)).status, 204);
	assert.equal(await holder(), null);
	for (const [roles, body, stays] of [[here, { disabled: true }, false], [here, { roles: [{ environment: env, role: 'viewer' }] }, false],
		[everywhere('editor'), { roles: [{ environment: 'dev', role: 'editor' }] }, false], [here, { roles: everywhere('editor') }, true], [here, { password: password() }, true]]) {
		const made = await locked(roles);
		assert.equal((await patch(made.login, body)).status, 200);
		assert.equal(await holder(), stays ? made.login : null, JSON.stringify(body));
		assert.equal((await remove(made.login)).status, 204);
		assert.equal(await holder(), null);
	}

	const maker = await account(everywhere('admin'));
	const { body } = await token({ role: 'editor', environment: env }, maker.headers);
	assert.equal((await call(null, 'PUT', path, { headers: bearer(body.token) })).status, 200);
	assert.equal((await patch(maker.login, { roles: everywhere('admin', 'viewer') })).status, 200);
	assert.equal(await holder(), maker.login);
	assert.equal((await patch(maker.login, { roles: everywhere('viewer') })).status, 200);
	assert.equal(await holder(), null);
});

test('the last admin everywhere is neither removed nor disabled', async () => {
	const { operators } = (await call('viewer', 'GET', '/api/operators')).body;
	const admins = operators.filter(({ disabled, roles }) => !disabled && roles.some(({ environment, role }) => environment === '*' && role === 'admin'));
	assert.deepEqual(admins.map(({ login }) => login), ['admin']);
	for (const body of [{ roles: [] }, { roles: everywhere('editor') }, { roles: [{ environment: 'dev', role: 'admin' }] }, { disabled: true }])
		isProblem(await patch('admin', body), 409, 'wrong_state');
	isProblem(await remove('admin'), 409, 'wrong_state');
	assert.equal((await call('admin', 'GET', '/api/me')).status, 200);
});

test('who writes accounts waits for whoever does, so that two cannot each take the last admin but one away', async () => {
	const untouched = (login) => `select operator_update('${login}', null, null, null)`;
	const first = await session(run.database);
	try {
		await first.run(`begin; ${untouched('viewer')}`);
		await assert.rejects(sql(`set lock_timeout = '200ms'; ${untouched('approver')}`), /lock timeout/);
		assert.equal((await call('editor', 'GET', '/api/me')).status, 200); // nobody else waits
	} finally {
		await first.end();
	}
});

test('what cannot be an account is refused with all that is wrong', async () => {
	const login = `test-${randomUUID().slice(0, 8)}`;
	const good = { login, password: password(), roles: [] };
	for (const [wrong, expected] of [
		[{ password: 'short' }, [['password', 'below_minimum']]], [{ password: 'ééééééééééé' }, [['password', 'below_minimum']]],
		[{ password: 'x'.repeat(513) }, [['password', 'too_long']]], [{ password: `a\u0001${'b'.repeat(20)}` }, [['password', 'bad_string']]],
		[{ login: 'a b' }, [['login', 'bad_name']]], [{ roles: everywhere('worker') }, [['roles', 'not_allowed']]],
		[{ roles: [{ environment: 'nowhere', role: 'viewer' }] }, [['roles', 'not_allowed']]],
		[{ login: 'a b', password: 'x', roles: [{ environment: 'A', role: 'root' }] }, [['login', 'bad_name'], ['password', 'below_minimum'], ['roles', 'not_allowed'], ['roles', 'bad_name']]],
	]) {
		const { errors } = isProblem(await call('admin', 'POST', '/api/operators', { body: { ...good, ...wrong } }), 422, 'invalid');
		assert.deepEqual(errors.map((error) => [error.name, error.code]), expected);
	}
	for (const body of [{}, { ...good, roles: [1] }, { ...good, roles: {} }, { ...good, roles: [{ role: 'viewer' }] }, { ...good, more: 1 }])
		isProblem(await call('admin', 'POST', '/api/operators', { body }), 400, 'malformed');
	isProblem(await patch('viewer', {}), 422, 'no_change');
	isProblem(await patch('viewer', { password: 'short' }), 422, 'invalid');
	isProblem(await call('admin', 'POST', '/api/operators', { body: { ...good, login: 'viewer' } }), 409, 'exists');
	assert.equal((await sql(`select count(*) as n from operators where login = '${login}'`))[0].n, '0');
	assert.equal((await call('viewer', 'GET', '/api/me')).status, 200);
});

test('who is no admin everywhere administers nothing', async () => {
	const local = await account([{ environment: 'dev', role: 'admin' }]);
	const routes = [['POST', '/api/operators', { login: 'x', password: password(), roles: [] }], ['PATCH', '/api/operators/viewer', { disabled: true }], ['DELETE', '/api/operators/viewer'],
		['GET', '/api/tokens'], ['POST', '/api/tokens', { name: 'x', role: 'admin', environment: '*' }], ['DELETE', '/api/tokens/1'], ['POST', '/api/environments', { environment: 'x' }]];
	for (const [method, path, body] of routes) {
		for (const role of ['viewer', 'editor', 'approver']) isProblem(await call(role, method, path, { body }), 403, 'forbidden');
		isProblem(await call(null, method, path, { body, headers: local.headers }), 403, 'forbidden');
		isProblem(await call(null, method, path, { body }), 401, 'unauthenticated');
	}
});

test('a token is shown once, stored as its digest, acts in its role, and ends on the next request', async () => {
	const expires_at = new Date(Date.now() + 60000).toISOString();
	const made = await token({ role: 'editor', environment: 'dev', expires_at });
	assert.equal(made.status, 201, JSON.stringify(made.body));
	assert.match(made.body.token, /^[0-9a-f]{64}$/);
	assert.equal(Date.parse(made.body.expires_at), Date.parse(expires_at));
	const [{ sha256 }] = await sql(`select sha256 from tokens where id = ${made.body.id}`);
	assert.equal(sha256, createHash('sha256').update(made.body.token).digest('hex'));
	const { tokens: listed } = (await call('admin', 'GET', '/api/tokens')).body;
	const { token: secret, ...shown } = made.body;
	assert.deepEqual(listed.find(({ id }) => id === made.body.id), { ...shown, revoked_at: null });
	assert.ok(!JSON.stringify(listed).includes(secret) && !JSON.stringify(listed).includes(sha256));
	const known = await me(bearer(secret));
	assert.deepEqual([known.body.login, known.body.roles], ['admin', [{ environment: 'dev', role: 'editor' }]]);
	assert.equal((await call('admin', 'DELETE', `/api/tokens/${made.body.id}`)).status, 204);
	assert.equal((await me(bearer(secret))).status, 401);
	assert.equal((await call('admin', 'DELETE', `/api/tokens/${made.body.id}`)).status, 204);
	for (const id of ['999999999', 'x', '9'.repeat(30), '-1']) isProblem(await call('admin', 'DELETE', `/api/tokens/${id}`), 404, 'not_found');

	const worker = await token({ role: 'worker', environment: '*' });
	assert.equal(worker.body.expires_at, null);
	assert.equal((await call(null, 'GET', '/api/config/paper', { headers: bearer(worker.body.token) })).status, 200);
	isProblem(await call(null, 'GET', '/api/operators', { headers: bearer(worker.body.token) }), 403, 'forbidden');
});

test('a token that cannot be is refused', async () => {
	for (const [wrong, name, code] of [[{ role: 'root' }, 'role', 'not_allowed'], [{ environment: 'nowhere' }, 'environment', 'not_allowed'], [{ name: '' }, 'name', 'required'],
		[{ name: 'x'.repeat(201) }, 'name', 'too_long'], [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at', 'below_minimum'],
		[{ expires_at: 'tomorrow' }, 'expires_at', 'not_allowed'], [{ expires_at: '2030-02-30T00:00:00Z' }, 'expires_at', 'not_allowed']]) {
		const reply = await token({ role: 'viewer', environment: '*', ...wrong });
		assert.deepEqual(isProblem(reply, 422, 'invalid').errors.map((error) => [error.name, error.code]), [[name, code]]);
	}
	for (const body of [{}, { role: 'viewer', environment: '*', more: 1 }, { role: 1, environment: '*' }]) isProblem(await token(body), 400, 'malformed');
});

test('what an operator may do by token ends with the right to make tokens; a worker goes on', async () => {
	const made = await account(everywhere('admin'));
	const operator = await token({ role: 'admin', environment: '*' }, made.headers);
	const worker = await token({ role: 'worker', environment: 'dev' }, made.headers);
	assert.equal((await call(null, 'GET', '/api/tokens', { headers: bearer(operator.body.token) })).status, 200);
	assert.equal((await patch(made.login, { roles: everywhere('viewer') })).status, 200);
	isProblem(await call(null, 'GET', '/api/tokens', { headers: bearer(operator.body.token) }), 401, 'unauthenticated');
	assert.equal((await me(bearer(worker.body.token))).status, 200);
	assert.equal((await patch(made.login, { disabled: true })).status, 200);
	assert.equal((await me(bearer(worker.body.token))).status, 401);
});

test('an environment is made with the entries of another one, at version 1, with its history', async () => {
	const environment = `test-${randomUUID().slice(0, 8)}`;
	const id = randomUUID();
	const reply = await call('admin', 'POST', '/api/environments', { headers: { 'X-Request-Id': id }, body: { environment, copy_from: 'live', reason: 'a test' } });
	assert.equal(reply.status, 201, JSON.stringify(reply.body));
	assert.deepEqual(reply.body, { environment, version: 1 });
	const { entries } = (await call('viewer', 'GET', `/api/history?request_id=${id}`)).body;
	assert.deepEqual(entries.map((entry) => [entry.environment, entry.version, entry.changed_by, entry.reason]), [[environment, 1, 'admin', 'a test']]);
	const { differences } = (await call('viewer', 'GET', `/api/config/${environment}/compare/live`)).body;
	assert.deepEqual(differences, []);
	isProblem(await call('admin', 'POST', '/api/environments', { body: { environment } }), 409, 'exists');
});

test('an environment that cannot be is refused, and leaves none', async () => {
	const post = (body) => call('admin', 'POST', '/api/environments', { body });
	isProblem(await post({ environment: 'dev' }), 409, 'exists');
	isProblem(await post({ environment: 'dev-2', copy_from: 'nowhere' }), 404, 'not_found');
	for (const environment of ['Dev', '2', '', '*', 'x'.repeat(32)])
		assert.deepEqual(isProblem(await post({ environment }), 422, 'invalid').errors.map(({ name, code }) => [name, code]), [['environment', 'bad_name']]);
	isProblem(await post({ environment: 'dev-2', reason: ' ' }), 422, 'invalid');
	for (const body of [{}, { environment: 1 }, { environment: 'dev-2', more: 1 }]) isProblem(await post(body), 400, 'malformed');
	const { environments } = (await call('admin', 'GET', '/api/environments')).body;
	assert.ok(!environments.some(({ environment }) => environment === 'dev-2'));
});
