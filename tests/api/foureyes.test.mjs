// Goal: who makes a parameter easier to write, in one step or in several, gets no value of it into force alone; and the
// way that a refusal names is a way.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';

import { replaysAfterEach } from '../lib/replay.mjs';
import { eventually, stack } from '../lib/stack.mjs';
import { environment } from './environment.mjs';
import { operator } from './operator.mjs';

const { call, credentials, sql, url } = stack();
replaysAfterEach(sql);
const env = await environment(sql, 'test-foureyes');
const source = await environment(sql, 'test-foureyes-source');
const create = { 'If-None-Match': '*' };
const any = { 'If-Match': '*' };
const plain = { type: 'int', category: 'threshold', group_name: 'Test', min_value: '0', max_value: '10', default_value: '5', description: 'of a test', reason: 'a test' };
const admin = await operator({ sql, url, credentials }, env, 'admin@*', 'editor@*'); // who un-marks, and writes
const made = new Map();

function expect(reply, status, code) {
	assert.equal(reply.status, status, JSON.stringify(reply.body));
	if (code) assert.equal(reply.body.code, code, JSON.stringify(reply.body));
	return reply.body;
}

const editor = { as: (method, path, options) => call('editor', method, path, options) };
const put = (name, definition, headers = any) => admin.as('PUT', `/api/catalog/${name}`, { headers, body: { ...plain, ...definition } });
const propose = (who, where, changes) =>
	who.as('POST', '/api/changes', { headers: any, body: { environment: where, changes, reason: 'a test', submit: true } });
const approve = ({ id, content_hash }) => call('approver', 'POST', `/api/changes/${id}/approve`, { body: { content_hash } });
const value = async (name, where = env) => (await call('viewer', 'GET', `/api/config/${where}/${name}`)).body.value;

// Another test may hold a freeze or a lock of its own environment, and a default is of all of them.
const patient = (act, status) => eventually(async () => {
	const reply = await act();
	if (reply.status === 409 && ['frozen', 'locked'].includes(reply.body.code)) return null;
	return { body: expect(reply, status) };
}, 60000, `${status}`).then(({ body }) => body);

async function make(definition = {}) {
	const name = `CVN_TEST_${randomBytes(5).toString('hex').toUpperCase()}`;
	const by = (headers, more) => call('admin', 'PUT', `/api/catalog/${name}`, { headers, body: { ...plain, ...definition, ...more } });
	await patient(() => by(create), 201);
	made.set(name, by);
	return name;
}

after(async () => {
	for (const where of [env, source]) {
		for (const { id } of await sql(`select id from config_changes where environment = '${where}' and state in ('draft', 'pending_approval')`)) {
			await call('editor', 'POST', `/api/changes/${id}/withdraw`, { body: {} });
		}
	}
	// Hot, or every worker of the stack would wait for a restart from here on.
	for (const name of made.keys()) {
		const { body } = await call('admin', 'GET', `/api/catalog/${name}`);
		const { name: _, version, updated_at, updated_by, ...definition } = body;
		expect(await call('admin', 'PUT', `/api/catalog/${name}`, { headers: any, body: { ...definition, hot_reloadable: true, deprecated: true, reason: 'a test' } }), 200);
	}
	await admin.forget();
});

// Each way to get a value into force, by an operator, without somebody else: all must refuse or wait.
async function alone(name, wanted) {
	const [{ id: seen }] = await sql(`select coalesce(max(id), 0) as id from config_history where environment = '${env}'`);
	const now = await value(name);
	const reason = 'a test';
	expect(await admin.as('POST', `/api/config/${env}`, { headers: any, body: { changes: { [name]: wanted }, reason } }), 403, 'critical_requires_approval');
	expect(await admin.as('POST', `/api/config/${env}/${name}`, { headers: any, body: { value: wanted, reason } }), 403, 'critical_requires_approval');
	expect(await put(name, { ...(await definition(name)), default_value: wanted }), 403, 'critical_requires_approval');
	const waiting = [
		await propose(admin, env, { [name]: wanted }),
		await admin.as('POST', `/api/config/${env}/import`, { headers: any, body: { values: { [name]: wanted }, reason } }),
	];
	if ((await value(name, source)) === wanted) {
		waiting.push(await admin.as('POST', `/api/config/${env}/promote`, { headers: any, body: { from: source, names: [name], reason } }));
	}
	for (const reply of waiting) assert.equal(expect(reply, 201).state, 'pending_approval');
	const written = await sql(`select id from config_history where environment = '${env}' and id > ${seen} and diff ? '${name}'`);
	assert.deepEqual([written, await value(name)], [[], now]);
	return waiting.map(({ body }) => body);
}

async function definition(name) {
	const { name: _, version, updated_at, updated_by, ...rest } = (await call('viewer', 'GET', `/api/catalog/${name}`)).body;
	return rest;
}

test('who un-marks a critical parameter first writes it as if it still were', async () => {
	const name = await make({ critical: true });
	const brought = expect(await propose(editor, source, { [name]: '7' }), 201);
	expect(await approve(brought), 200);
	expect(await put(name, { critical: false }), 200);
	const waiting = await alone(name, '7');
	assert.deepEqual(waiting.map((change) => change.kind), ['change_set', 'import', 'promote']);
	const active = expect(await approve(waiting[2]), 200);
	assert.deepEqual([active.created_by, active.decided_by, await value(name)], [admin.login, 'approver', '7']);
	const [{ id }] = await sql(`select id from config_history where change_id = ${active.id}`);
	const back = await admin.as('POST', `/api/history/${id}/restore`, { headers: any, body: { reason: 'a test', to: 'before' } });
	assert.deepEqual([expect(back, 201).state, await value(name)], ['pending_approval', '7']);
});

test('a bound, a type or the allowed values that change with the default in one write are no way round', async () => {
	for (const [before, after] of [
		[{}, { max_value: '20', default_value: '15' }],
		[{}, { min_value: null, default_value: '4' }],
		[{}, { type: 'decimal', default_value: '4.5' }],
		[{ allowed_values: ['5', '6'] }, { allowed_values: ['5', '6', '7'], default_value: '7' }],
		[{ critical: true }, { critical: false, default_value: '6' }],
		[{}, { critical: true, default_value: '6' }],
		[{}, { max_value: '20', default_value: null }],
	]) {
		const name = await make(before);
		const refusal = expect(await put(name, { ...before, ...after }), 403, 'critical_requires_approval');
		assert.match(refusal.detail, new RegExp(`${name} is (critical|made easier).*have the value set there first`));
		assert.ok(refusal.errors.some((e) => e.environment === env && e.name === name && e.code === 'critical_requires_approval'));
		assert.deepEqual([(await definition(name)).default_value, await value(name)], ['5', '5']);
		const { default_value: _, ...bounds } = after;
		expect(await put(name, { ...before, ...bounds }), 200); // without another value it is an admin's to write
		await alone(name, after.default_value === null ? '4' : after.default_value);
	}
});

test('who takes a parameter out of what holds it back writes it only with approval: deprecated, required, a rule', async () => {
	for (const held of ['deprecated', 'required']) {
		const name = await make({ [held]: true });
		expect(await put(name, { [held]: false }), 200);
		await alone(name, '7');
	}
	for (const loosen of [
		(rule) => admin.as('DELETE', rule),
		(rule, name) => admin.as('PUT', rule, { headers: any, body: { expression: `${name} <= 8`, message: 'a test' } }),
	]) {
		const name = await make();
		const rule = `/api/rules/${name.toLowerCase()}`;
		expect(await call('admin', 'PUT', rule, { headers: create, body: { expression: `${name} <= 6`, message: 'a test' } }), 201);
		expect(await admin.as('POST', `/api/config/${env}`, { headers: any, body: { changes: { [name]: '7' }, reason: 'a test' } }), 422, 'invalid');
		assert.ok([200, 204].includes((await loosen(rule, name)).status));
		await alone(name, '7');
		assert.ok([204, 404].includes((await call('admin', 'DELETE', rule)).status));
	}
});

test('who lets a value come into force at a laxer boundary writes it only with approval', async () => {
	for (const [before, after] of [
		[{ category: 'risk_limit' }, { category: 'threshold' }],
		[{ category: 'threshold', hot_reloadable: false }, { category: 'threshold', hot_reloadable: true }],
		[{ category: 'threshold', hot_reloadable: false }, { category: 'risk_limit', hot_reloadable: true }],
	]) {
		const name = await make(before);
		expect(await put(name, after), 200);
		await alone(name, '7');
		expect(await call('editor', 'POST', `/api/config/${env}`, { headers: any, body: { changes: { [name]: '7' }, reason: 'a test' } }), 200);
	}
});

test('a boundary that is as strict or stricter leaves the value the editor\'s', async () => {
	for (const [before, after] of [
		[{ category: 'threshold' }, { category: 'risk_limit' }],
		[{ category: 'cooldown' }, { category: 'filter_flag' }],
		[{ hot_reloadable: true }, { hot_reloadable: false }],
		[{ category: 'risk_limit', hot_reloadable: false }, { category: 'threshold', hot_reloadable: false }],
	]) {
		const name = await make(before);
		expect(await put(name, after), 200);
		expect(await admin.as('POST', `/api/config/${env}`, { headers: any, body: { changes: { [name]: '7' }, reason: 'a test' } }), 200);
	}
});

test('the way that the refusal names: the value is approved where it would change, and then the default changes nothing', async () => {
	const name = await make({ critical: true });
	const wanted = { critical: true, max_value: '20', default_value: '15' };
	const refusal = await put(name, wanted);
	assert.match(expect(refusal, 403, 'critical_requires_approval').detail, /after the new bounds/);
	expect(await put(name, { critical: true, max_value: '20' }), 200);
	let reply;
	while ((reply = await put(name, wanted)).status !== 200) { // again: another test may make an environment meanwhile
		const { errors } = expect(reply, 403, 'critical_requires_approval');
		for (const { environment: where } of errors) {
			const change = expect(await propose(editor, where, { [name]: '15' }), 201);
			assert.equal(change.state, 'pending_approval');
			await patient(() => approve(change), 200);
		}
	}
	const by = await sql(`select distinct h.changed_by, h.approved_by, h.kind from config_history h where h.diff ->> '${name}' = '15'`);
	assert.deepEqual(by, [{ changed_by: 'editor', approved_by: 'approver', kind: 'change_set' }]);
	assert.deepEqual([(await definition(name)).default_value, await value(name)], ['15', '15']);
});
