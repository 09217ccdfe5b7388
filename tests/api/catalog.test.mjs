// Goal: the catalog is written by admins only, judged for every environment at once, and never forgets: a default that
// changes what runs is a version there, what is named stays, and a name that is gone is gone.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, test } from 'node:test';

import { replaysAfterEach } from '../lib/replay.mjs';
import { stack } from '../lib/stack.mjs';

const { call, sql, save } = stack();
replaysAfterEach(sql);
const path = (name) => `/api/catalog/${name}`;
const fresh = () => `CVN_TEST_${randomBytes(5).toString('hex').toUpperCase()}`;
const create = { 'If-None-Match': '*' };
const any = { 'If-Match': '*' };
const plain = { type: 'int', category: 'threshold', group_name: 'Test', min_value: '0', max_value: '10', description: 'of a test', reason: 'a test' };
const put = (name, headers, body, role = 'admin') => call(role, 'PUT', path(name), { headers, body });
const remove = (name, role = 'admin', rest = '') => call(role, 'DELETE', path(name) + rest);
const environments = ['dev', 'live', 'paper']; // other tests may make more

function isProblem(reply, status, code) {
	assert.equal(reply.status, status, JSON.stringify(reply.body));
	assert.equal(reply.body.code, code, JSON.stringify(reply.body));
	assert.match(reply.headers['content-type'], /^application\/problem\+json/);
	if (code === 'invalid') assert.ok(reply.body.detail.startsWith(reply.body.errors[0].name) && reply.body.detail.includes(reply.body.errors[0].detail.slice(0, 60)), JSON.stringify(reply.body));
	return reply.body;
}

// What history names cannot be deleted: it stays, without a value, deprecated and in group Test.
const made = new Map();
async function make(definition = {}, name = fresh()) {
	const reply = await put(name, create, { ...plain, ...definition });
	assert.equal(reply.status, 201, JSON.stringify(reply.body));
	made.set(name, { ...plain, ...definition });
	return name;
}
after(async () => {
	for (const [name, definition] of made) {
		if ((await remove(name)).status === 204) continue;
		await save('editor', 'dev', { [name]: null });
		await put(name, any, { ...definition, critical: definition.critical, required: false, deprecated: true });
	}
});

// Every row that a catalog write could touch, of one name and request.
async function traces(name, request) {
	const [{ n }] = await sql(`select (select count(*) from variable_catalog where name = '${name}')
		+ (select count(*) from variable_catalog_history where request_id = '${request}')
		+ (select count(*) from config_changes where request_id = '${request}')
		+ (select count(*) from config_history where request_id = '${request}') as n`);
	return Number(n);
}

test('a definition is created, read, replaced and deleted, and its history says who, why and by which request', async () => {
	const name = fresh();
	const id = randomUUID();
	const before = await call('viewer', 'GET', '/api/config/dev');
	const made1 = await call('admin', 'PUT', path(name), { headers: { ...create, 'X-Request-Id': id }, body: { ...plain, unit: 'bars' } });
	assert.equal(made1.status, 201, JSON.stringify(made1.body));
	assert.equal(made1.headers.etag, `"${made1.body.version}"`);
	const got = await call('viewer', 'GET', path(name));
	assert.deepEqual(got.body, made1.body);
	assert.equal(got.headers.etag, made1.headers.etag);
	assert.deepEqual([got.body.unit, got.body.hot_reloadable, got.body.critical, got.body.updated_by], ['bars', true, false, 'admin']);
	const after = await call('viewer', 'GET', '/api/config/dev'); // it has no value, so what a strong tag stands for is the same
	assert.deepEqual([after.headers.etag, after.body], [before.headers.etag, before.body]);

	const replaced = await put(name, { 'If-Match': made1.headers.etag }, { ...plain, max_value: '20', unit: null });
	assert.equal(replaced.status, 200, JSON.stringify(replaced.body));
	assert.equal(replaced.body.max_value, '20');
	assert.equal(replaced.body.unit, '');
	assert.ok(replaced.body.version > made1.body.version);
	assert.equal(isProblem(await put(name, { 'If-Match': made1.headers.etag }, plain), 412, 'stale').current_version, replaced.body.version);
	isProblem(await put(name, any, { ...plain, max_value: '20' }), 422, 'no_change');

	assert.equal((await remove(name, 'admin', '?reason=not%20used')).status, 204);
	assert.equal((await call('viewer', 'GET', path(name))).status, 404);
	const { entries } = (await call('viewer', 'GET', `${path(name)}/history`)).body;
	assert.deepEqual(entries.map(({ action, reason, changed_by }) => [action, reason, changed_by]),
		[['delete', 'not used', 'admin'], ['update', 'a test', 'admin'], ['create', 'a test', 'admin']]);
	assert.equal(entries[2].request_id, id);
	assert.deepEqual([entries[1].old.max_value, entries[1].new.max_value, entries[2].old, entries[0].new], ['10', '20', null, null]);
	assert.match(isProblem(await put(name, create, plain), 409, 'exists').detail, /never used again/);
	assert.equal((await remove(name)).status, 404);
	assert.equal((await call('viewer', 'GET', path(fresh()) + '/history')).status, 404);
});

test('the core says of each member what it may be, and a refusal leaves no trace', async () => {
	const name = fresh();
	const unbounded = { min_value: null, max_value: null };
	for (const [wrong, code, ...members] of [
		[{ type: 'float' }, 'bad_definition', 'type'], [{ category: 'other' }, 'bad_definition', 'category'],
		[{ type: 'float', category: 'other', min_value: 'x' }, 'bad_definition', 'category', 'type'],
		[{ min_value: '11' }, 'bad_definition', 'min_value'], [{ min_value: 'x', max_value: '1.5' }, 'bad_definition', 'min_value', 'max_value'],
		[{ default_value: '11' }, 'bad_definition', 'default_value'], [{ default_value: 'x' }, 'bad_definition', 'default_value'],
		[{ allowed_values: ['x'], min_value: '11', default_value: 'y' }, 'bad_definition', 'allowed_values', 'min_value', 'default_value'],
		[{ allowed_values: ['1', '1'], min_value: 'x', max_value: 'y', default_value: 'z' }, 'bad_definition', 'allowed_values', 'min_value', 'max_value', 'default_value'],
		[{ type: 'enum', ...unbounded }, 'bad_definition', 'allowed_values'], [{ type: 'enum', ...unbounded, allowed_values: [] }, 'bad_definition', 'allowed_values'],
		[{ type: 'string' }, 'bad_definition', 'min_value', 'max_value'], [{ allowed_values: ['1', '1'] }, 'bad_definition', 'allowed_values'],
		[{ reason: ' ' }, 'reason_required', 'reason'],
		[{ reason: 'x'.repeat(1025) }, 'too_long', 'reason'], [{ unit: 'x'.repeat(65) }, 'too_long', 'unit'],
		[{ description: 'a\u0007b' }, 'bad_string', 'description'],
	]) {
		const id = randomUUID();
		const reply = await call('admin', 'PUT', path(name), { headers: { ...create, 'X-Request-Id': id }, body: { ...plain, ...wrong } });
		const { errors } = isProblem(reply, 422, 'invalid');
		assert.deepEqual(errors.map((e) => [e.name, e.code]), members.map((member) => [member, code]), JSON.stringify([wrong, errors]));
		assert.equal(await traces(name, id), 0);
	}
	for (const body of [{}, { ...plain, type: 1 }, { ...plain, extra: 1 }, { ...plain, required: 'true' }, { ...plain, default_value: 1 }, { ...plain, allowed_values: 'a' }])
		isProblem(await put(name, create, body), 400, 'malformed');
	for (const [headers, status, code] of [[{}, 428, 'precondition_required'], [any, 404, 'not_found'], [{ 'If-None-Match': '"1"' }, 400, 'malformed'],
		[{ ...create, ...any }, 400, 'malformed']])
		isProblem(await put(name, headers, plain), status, code);
	isProblem(await put(name, {}, { type: plain.type, category: plain.category }), 428, 'precondition_required');
	isProblem(await put('CVN_ENTRY_THRESHOLD', create, plain), 409, 'exists');
	isProblem(await put('CVN_ENTRY_THRESHOLD', { 'If-Match': '"999999"' }, plain), 412, 'stale');
	isProblem(await put('CVN_ENTRY_THRESHOLD', { 'If-Match': 'W/"1"' }, plain), 412, 'stale');
});

test('every type takes its values, canonical whatever was sent', async () => {
	for (const [definition, expected] of [
		[{ type: 'bool', default_value: null }, {}],
		[{ type: 'decimal', min_value: '0.50', max_value: '10.0' }, { min_value: '0.5', max_value: '10' }],
		[{ type: 'duration', min_value: '1000ms', max_value: '3600s' }, { min_value: '1s', max_value: '1h' }],
		[{ type: 'enum', allowed_values: ['a', 'b/c"'] }, { allowed_values: ['a', 'b/c"'] }],
		[{ type: 'list', allowed_values: ['x'] }, { allowed_values: ['x'] }],
		[{ type: 'string', category: 'cooldown' }, {}],
	]) {
		const body = { ...plain, min_value: null, max_value: null, ...definition };
		const name = fresh();
		const reply = await put(name, create, body);
		assert.equal(reply.status, 201, JSON.stringify(reply.body));
		for (const [key, value] of Object.entries({ ...body, ...expected })) if (key !== 'reason') assert.deepEqual(reply.body[key], value, key);
		assert.equal((await remove(name)).status, 204);
	}
});

test('who is no admin everywhere changes nothing', async () => {
	for (const role of ['viewer', 'editor', 'approver']) {
		isProblem(await put(fresh(), create, plain, role), 403, 'forbidden');
		isProblem(await remove('CVN_COOLDOWN', role), 403, 'forbidden');
	}
	isProblem(await put(fresh(), create, plain, null), 401, 'unauthenticated');
});

test('a default that nobody overrides is a version of kind catalog in every environment, and replays', async () => {
	const name = await make();
	const before = await call('viewer', 'GET', '/api/config/dev');
	const id = randomUUID();
	const reply = await call('admin', 'PUT', path(name), { headers: { ...any, 'X-Request-Id': id }, body: { ...plain, default_value: '3' } });
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	const written = await sql(`select h.environment, h.kind, h.diff ->> '${name}' as value, c.state, c.kind as change, h.changed_by, h.change_reason
		from config_history h join config_changes c on c.id = h.change_id where h.request_id = '${id}' order by h.environment`);
	assert.deepEqual(environments.filter((e) => !written.some(({ environment }) => environment === e)), []);
	for (const row of written) assert.deepEqual([row.kind, row.change, row.state, row.value, row.changed_by, row.change_reason], ['catalog', 'catalog', 'active', '3', 'admin', 'a test']);
	const now = await call('viewer', 'GET', '/api/config/dev');
	assert.equal(now.body.values[name], '3');
	assert.ok(now.body.version > before.body.version);
	for (const environment of environments) {
		const [{ ok }] = await sql(`select ok from history_verify('${environment}')`);
		assert.equal(ok, 't');
		const [{ n }] = await sql(`select count(*) as n from resolved_config r full join config_at('${environment}', (select version from active_config where environment = '${environment}')) a
			on a.name = r.name where coalesce(r.environment, '${environment}') = '${environment}' and r.value is distinct from a.value`);
		assert.equal(n, '0');
	}
	assert.match(isProblem(await remove(name), 409, 'referenced').detail, /history/);
});

test('an entry keeps its value when the default changes, and keeps the parameter', async () => {
	const name = await make();
	assert.equal((await save('editor', 'dev', { [name]: '5' })).status, 200);
	assert.match(isProblem(await remove(name), 409, 'referenced').detail, /dev/);
	const { errors } = isProblem(await put(name, any, { ...plain, max_value: '4' }), 422, 'invalid');
	assert.deepEqual(errors.map((e) => [e.environment, e.name, e.code]), [['dev', name, 'above_maximum']]);
	const typed = isProblem(await put(name, any, { ...plain, type: 'duration', min_value: null, max_value: null }), 422, 'invalid').errors;
	assert.deepEqual(typed.map((e) => [e.environment, e.name, e.code]), [['dev', name, 'bad_duration']]);
	assert.equal((await call('viewer', 'GET', path(name))).body.max_value, '10');
});

test('what is required without a value anywhere is refused with every environment', async () => {
	const name = fresh();
	const { errors } = isProblem(await put(name, create, { ...plain, required: true }), 422, 'invalid');
	assert.deepEqual(environments.filter((e) => !errors.some(({ environment }) => environment === e)), []);
	for (const error of errors) assert.deepEqual([error.name, error.code], [name, 'required']);
	assert.equal((await call('viewer', 'GET', path(name))).status, 404);
});

test('the value of a critical parameter does not change by its default, nor by who un-marked it', async () => {
	const name = await make({ critical: true });
	isProblem(await put(name, any, { ...plain, critical: true, default_value: '4' }), 403, 'critical_requires_approval');
	isProblem(await put(name, any, { ...plain, critical: false, default_value: '4' }), 403, 'critical_requires_approval');
	assert.equal((await put(name, any, { ...plain, critical: false })).status, 200);
	isProblem(await put(name, any, { ...plain, critical: false, default_value: '4' }), 403, 'critical_requires_approval');
	assert.equal((await put(name, any, { ...plain, critical: false, description: 'another' })).status, 200);
	assert.equal((await remove(name)).status, 204);
	made.delete(name);
});

test('a freeze and a lock hold a default back, and let pass what changes no value', async () => {
	const name = await make();
	const mark = `test-${randomUUID()}`;
	await sql(`insert into freeze_windows (environment, starts_at, ends_at, reason, created_by)
		values ('dev', clock_timestamp() - interval '1 minute', clock_timestamp() + interval '1 minute', '${mark}', 'admin')`);
	try {
		const frozen = await put(name, any, { ...plain, default_value: '2' });
		isProblem(frozen, 409, 'frozen');
		assert.ok(Number(frozen.headers['retry-after']) > 0);
		assert.equal((await put(name, any, { ...plain, description: 'in a freeze' })).status, 200);
	} finally {
		await sql(`delete from freeze_windows where reason = '${mark}'`);
	}
	await sql(`select environment_lock('dev', 'editor')`);
	try {
		isProblem(await put(name, any, { ...plain, default_value: '2' }), 409, 'locked');
	} finally {
		await sql(`select environment_lock('dev', null)`);
	}
});

test('a parameter that a rule names keeps its type and its place', async () => {
	const name = 'CVN_MAX_SPREAD_BPS'; // of the rule spread-within-slippage
	const { body } = await call('viewer', 'GET', path(name));
	const definition = Object.fromEntries(Object.entries(body).filter(([member]) => !['name', 'version', 'updated_at', 'updated_by'].includes(member)));
	const text = { ...definition, type: 'string', min_value: null, max_value: null, reason: 'a test' };
	const { errors } = isProblem(await put(name, any, text), 422, 'invalid');
	assert.deepEqual(errors.map((error) => [error.name, error.code]), [['spread-within-slippage', 'bad_rule']]);
	isProblem(await remove(name), 409, 'referenced');
	assert.deepEqual((await call('viewer', 'GET', path(name))).body, body);
});

test('saves and catalog writes at the same time leave one history that replays', async () => {
	const name = await make();
	const replies = await Promise.all(Array.from({ length: 12 }, (_, i) => i % 2
		? save('editor', 'dev', { [name]: String(i % 10) }, 'a race')
		: put(name, any, { ...plain, default_value: String(i % 10), reason: 'a race' })));
	// A save may find its value in force already; a definition may not differ.
	for (const reply of replies) assert.ok([200, 412, 422].includes(reply.status), JSON.stringify(reply.body));
	assert.ok(replies.some(({ status }) => status === 200));
	const [{ ok }] = await sql(`select ok from history_verify('dev')`);
	assert.equal(ok, 't');
	const [{ n }] = await sql(`select count(*) as n from active_config c join resolved_config r on r.environment = c.environment
		left join config_at(c.environment, c.version) a on a.name = r.name where c.environment = 'dev' and r.value is distinct from a.value`);
	assert.equal(n, '0');
});

test('of two who replace the same version one wins', async () => {
	const name = await make();
	const { etag } = (await call('viewer', 'GET', path(name))).headers;
	const replies = await Promise.all(['a', 'b', 'c', 'd'].map((description) => put(name, { 'If-Match': etag }, { ...plain, description })));
	assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 412, 412, 412]);
});
