// Goal: in a freeze nobody writes, under a lock only its holder does, whatever the path; drafts are made all the same.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';

import { another, anotherTime } from '../lib/another.mjs';
import { replaysAfterEach } from '../lib/replay.mjs';
import { eventually, request, stack } from '../lib/stack.mjs';
import { environment } from './environment.mjs';

const { call, credentials, sql, url, version, save } = stack();
replaysAfterEach(sql);
const env = await environment(sql, 'test-freeze');
const PLAIN = 'CVN_COOLDOWN';
const CRITICAL = 'CVN_MAX_POSITION_USD';
const inSeconds = (n) => new Date(Date.now() + n * 1000).toISOString();

function expect(reply, status, code) {
	assert.equal(reply.status, status, JSON.stringify(reply.body));
	if (code) assert.equal(reply.body.code, code);
	return reply.body;
}

const freeze = (window, role = 'admin') => call(role, 'POST', '/api/freeze-windows', { body: { environment: env, reason: 'a test', ...window } });
const thaw = (id, role = 'admin') => call(role, 'DELETE', `/api/freeze-windows/${id}`);
const now = () => ({ starts_at: inSeconds(-60), ends_at: inSeconds(120) });
const lock = (role, method) => call(role, method, `/api/environments/${env}/lock`);
const change = (name, value, submit, as = (...args) => call('editor', ...args)) =>
	as('POST', '/api/changes', { headers: { 'If-Match': '*' }, body: { environment: env, changes: { [name]: value }, reason: 'a test', submit } });
const verb = (role, id, name, body = {}) => call(role, 'POST', `/api/changes/${id}/${name}`, { body });
const status = async () => (await call('viewer', 'GET', '/api/environments')).body.environments.find((e) => e.environment === env);

// Runs with a freeze in force, and ends it whatever happens.
async function frozen(window, run) {
	const { id } = expect(await freeze(window), 201);
	try {
		await run(id);
	} finally {
		assert.ok([204, 404].includes((await thaw(id)).status));
	}
}

// Another editor, who has the editor's password.
async function operator(run) {
	const login = `t-${randomBytes(4).toString('hex')}`;
	await sql(`insert into operators (login, password_hash, created_by) select '${login}', password_hash, 'admin' from operators where login = 'editor';
		insert into operator_roles (login, environment, role) values ('${login}', '${env}', 'editor')`);
	const Authorization = `Basic ${Buffer.from(`${login}:${credentials.editor.password}`).toString('base64')}`;
	try {
		await run((method, path, { headers = {}, body } = {}) => request(url, method, path, { headers: { Authorization, ...headers }, body }), login);
	} finally {
		await sql(`delete from operator_roles where login = '${login}'; delete from operators where login = '${login}'`);
	}
}

after(async () => {
	expect(await save('editor', env, { [PLAIN]: anotherTime() }), 200); // neither frozen nor locked is left behind
	expect(await save('editor', env, { [PLAIN]: null }), 200);
	const reset = await change(CRITICAL, null, true);
	if (reset.status === 201) await verb('approver', reset.body.id, 'approve', { content_hash: reset.body.content_hash });
});

test('in a freeze: 409 with Retry-After on every path that writes, and nothing is written', async () => {
	const pending = expect(await change(CRITICAL, another(), true), 201);
	const draft = expect(await change(PLAIN, anotherTime(), false), 201);
	expect(await save('editor', env, { [PLAIN]: anotherTime() }), 200);
	const entry = expect(await call('viewer', 'GET', `/api/history?environment=${env}&limit=1`), 200).entries[0];
	const rebased = expect(await verb('editor', draft.id, 'rebase'), 200);
	assert.equal(rebased.state, 'draft');
	await frozen(now(), async () => {
		const before = await version(env);
		const headers = { 'If-Match': '*' };
		const refusals = [
			await call('editor', 'POST', `/api/config/${env}`, { headers, body: { changes: { [PLAIN]: anotherTime() }, reason: 'x' } }),
			await call('editor', 'POST', `/api/config/${env}/${PLAIN}`, { headers, body: { value: anotherTime(), reason: 'x' } }),
			await change(PLAIN, anotherTime(), true),
			await verb('editor', draft.id, 'submit'),
			await verb('approver', pending.id, 'approve', { content_hash: pending.content_hash }),
			await call('editor', 'POST', `/api/history/${entry.id}/restore`, { headers, body: { reason: 'x', to: 'before' } }),
		];
		for (const reply of refusals) {
			expect(reply, 409, 'frozen');
			const wait = Number(reply.headers['retry-after']);
			assert.ok(wait >= 1 && wait <= 120, reply.headers['retry-after']);
		}
		assert.equal(await version(env), before);
		assert.equal((await call('viewer', 'GET', `/api/changes/${pending.id}`)).body.state, 'pending_approval');
		const drafted = expect(await change(PLAIN, anotherTime(), false), 201); // drafting and submitting are allowed
		const submitted = expect(await change(CRITICAL, another(), true), 201);
		assert.deepEqual([drafted.state, submitted.state], ['draft', 'pending_approval']);
		for (const { id } of [drafted, submitted]) expect(await verb('editor', id, 'withdraw'), 200);
		const plan = await call('viewer', 'POST', `/api/config/${env}/plan`, { body: { changes: { [PLAIN]: anotherTime() } } });
		assert.equal(plan.body.frozen, true);
		assert.deepEqual([(await status()).frozen, (await status()).freeze.reason], [true, 'a test']);
	});
	assert.equal((await status()).frozen, false);
	expect(await verb('editor', draft.id, 'submit'), 200);
	expect(await verb('approver', pending.id, 'approve', { content_hash: pending.content_hash }), 200);
});

test('a freeze ends by itself, and one that has not begun does not count', async () => {
	await frozen({ starts_at: inSeconds(600), ends_at: inSeconds(900) }, async () => expect(await save('editor', env, { [PLAIN]: anotherTime() }), 200));
	const ends_at = inSeconds(5);
	await frozen({ starts_at: inSeconds(-60), ends_at }, async () => {
		expect(await save('editor', env, { [PLAIN]: anotherTime() }), 409, 'frozen');
		await eventually(async () => (await save('editor', env, { [PLAIN]: anotherTime() })).status === 200, 20000, 'the end of the freeze');
		assert.ok(Date.now() >= Date.parse(ends_at));
	});
});

test('weekly: all days, all day, in any time zone', async () => {
	const weekly = { days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00', timezone: 'Asia/Kolkata' };
	await frozen({ weekly }, async (id) => {
		expect(await save('editor', env, { [PLAIN]: anotherTime() }), 409, 'frozen');
		const listed = expect(await call('viewer', 'GET', '/api/freeze-windows'), 200).freeze_windows.find((w) => w.id === id);
		assert.deepEqual([listed.weekly, listed.starts_at, listed.environment, listed.created_by], [weekly, null, env, 'admin']);
	});
});

test('weekly: Retry-After is the time until the window of today ends, by the database\'s clock', async () => {
	const clock = async () => {
		const [{ day, left }] = await sql(`select extract(isodow from now() at time zone 'Asia/Kolkata') as day,
			extract(epoch from (date_trunc('day', now() at time zone 'Asia/Kolkata') + interval '1 day') - now() at time zone 'Asia/Kolkata') as left`);
		return { day: Number(day), left: Number(left) };
	};
	const { day, left } = await clock();
	await frozen({ weekly: { days: [day], from: '00:00', to: '00:00', timezone: 'Asia/Kolkata' } }, async () => {
		const reply = await call('editor', 'POST', `/api/config/${env}`, { headers: { 'If-Match': '*' }, body: { changes: { [PLAIN]: anotherTime() }, reason: 'x' } });
		const after = (await clock()).left;
		if (after > left) return; // midnight in between
		expect(reply, 409, 'frozen');
		const wait = Number(reply.headers['retry-after']);
		assert.ok(wait >= Math.floor(after) && wait <= Math.ceil(left), `${wait} is not within ${after} and ${left}`);
	});
});

test('who is no admin makes and ends no window, nor does one of another environment', async () => {
	for (const role of ['viewer', 'editor', 'approver']) expect(await freeze(now(), role), 403, 'forbidden');
	await frozen({ starts_at: inSeconds(600), ends_at: inSeconds(900) }, async (id) => {
		for (const role of ['viewer', 'editor', 'approver']) expect(await thaw(id, role), 403, 'forbidden');
		await operator(async (as, login) => {
			await sql(`insert into operator_roles (login, environment, role) values ('${login}', 'live', 'admin')`);
			const body = { environment: env, reason: 'x', starts_at: inSeconds(600), ends_at: inSeconds(900) };
			expect(await as('POST', '/api/freeze-windows', { body }), 403, 'forbidden');
			expect(await as('POST', '/api/freeze-windows', { body: { ...body, environment: '*' } }), 403, 'forbidden');
			expect(await as('DELETE', `/api/freeze-windows/${id}`), 403, 'forbidden');
		});
	});
	for (const id of ['0', '999999999', 'x']) expect(await thaw(id), 404, 'not_found');
});

test('a window that cannot be understood is refused whole, with all that is wrong', async () => {
	const names = async (window) => {
		const { detail, errors } = expect(await freeze(window), 422, 'invalid');
		assert.ok(detail.startsWith(`${errors[0].name}: ${errors[0].detail}`), detail);
		return errors.map((e) => e.name).sort();
	};
	const count = async () => (await sql('select count(*) as n from freeze_windows'))[0].n;
	const before = await count();
	const weekly = { days: [1], from: '08:00', to: '09:00', timezone: 'Europe/Berlin' };
	for (const reason of [' ', 'x'.repeat(1025), 'a\u001b[31mb']) assert.deepEqual(await names({ reason }), ['ends_at', 'reason', 'starts_at']);
	assert.deepEqual(await names({ starts_at: 'soon', ends_at: '2026-02-30T00:00:00Z' }), ['ends_at', 'starts_at']);
	assert.deepEqual(await names({ starts_at: inSeconds(60), ends_at: inSeconds(0) }), ['ends_at']);
	for (const wrong of [{ days: [] }, { days: [8] }, { from: '24:00' }, { to: '9:00' }, { timezone: 'Mars/Olympus' }, { more: 1 }]) {
		assert.deepEqual(await names({ weekly: { ...weekly, ...wrong } }), ['weekly'], JSON.stringify(wrong));
	}
	expect(await freeze({ ...now(), more: 1 }), 400, 'malformed');
	expect(await freeze({ ...now(), starts_at: 5 }), 400, 'malformed');
	for (const environment of ['nowhere', 'No', '']) expect(await freeze({ ...now(), environment }), 404, 'not_found');
	assert.equal(await count(), before);
});

test('once a window is answered, no save that began before gets through', async () => {
	for (let round = 0; round < 3; round++) {
		const saves = Array.from({ length: 8 }, () => save('editor', env, { [PLAIN]: anotherTime() }));
		const { id } = expect(await freeze(now()), 201);
		try {
			const at = await version(env);
			const replies = await Promise.all(saves);
			assert.ok(replies.every((r) => [200, 409, 412].includes(r.status)));
			assert.equal(await version(env), at);
		} finally {
			expect(await thaw(id), 204);
		}
	}
});

test('under a lock only the holder writes; who approves does not matter, who wrote does', async () => {
	await operator(async (as) => {
		const own = expect(await change(CRITICAL, another(), true), 201);
		const other = expect(await change(CRITICAL, another(), true, as), 201);
		const held = expect(await lock('editor', 'PUT'), 200);
		try {
			assert.deepEqual([held.environment, held.locked_by], [env, 'editor']);
			assert.deepEqual(expect(await lock('editor', 'PUT'), 200), held); // again: the same lock
			assert.equal((await status()).locked_by, 'editor');
			const before = await version(env);
			const headers = { 'If-Match': '*' };
			expect(await as('POST', `/api/config/${env}`, { headers, body: { changes: { [PLAIN]: anotherTime() }, reason: 'x' } }), 409, 'locked');
			expect(await change(PLAIN, anotherTime(), true, as), 409, 'locked');
			expect(await verb('approver', other.id, 'approve', { content_hash: other.content_hash }), 409, 'locked');
			expect(await as('PUT', `/api/environments/${env}/lock`), 409, 'locked');
			expect(await as('DELETE', `/api/environments/${env}/lock`), 409, 'locked');
			for (const role of ['viewer', 'approver', 'admin']) expect(await lock(role, 'PUT'), 403, 'forbidden');
			assert.equal(await version(env), before);
			expect(await verb('approver', own.id, 'approve', { content_hash: own.content_hash }), 200);
			expect(await save('editor', env, { [PLAIN]: anotherTime() }), 200);
		} finally {
			expect(await lock('editor', 'DELETE'), 204);
		}
		expect(await lock('editor', 'DELETE'), 204); // nobody's: no less gone
		expect(await as('POST', `/api/changes/${other.id}/withdraw`, { body: {} }), 200);
	});
	expect(await call('editor', 'PUT', '/api/environments/nowhere/lock'), 404, 'not_found');
});

test('who is an admin as well breaks the lock of somebody else', async () => {
	await operator(async (as, login) => {
		expect(await lock('editor', 'PUT'), 200);
		try {
			expect(await as('DELETE', `/api/environments/${env}/lock`), 409, 'locked');
			await sql(`insert into operator_roles (login, environment, role) values ('${login}', '${env}', 'admin')`);
			expect(await as('DELETE', `/api/environments/${env}/lock`), 204);
			assert.equal((await status()).locked_by, null);
		} finally {
			expect(await lock('editor', 'DELETE'), 204);
		}
	});
});

test('two who take the lock at once: exactly one has it', async () => {
	await operator(async (as) => {
		const path = `/api/environments/${env}/lock`;
		const replies = await Promise.all([lock('editor', 'PUT'), as('PUT', path)]);
		try {
			assert.deepEqual(replies.map((r) => r.status).sort(), [200, 409]);
		} finally {
			await lock('editor', 'DELETE');
			await as('DELETE', path);
		}
	});
});
