// Goal: a coherence rule is written only when every environment holds it, and from then on holds saves to it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';

import { replaysAfterEach } from '../lib/replay.mjs';
import { stack } from '../lib/stack.mjs';

const { call, sql, save } = stack();
replaysAfterEach(sql);
const create = { 'If-None-Match': '*' };
const any = { 'If-Match': '*' };
const made = [];
const fresh = () => made[made.push(`test-${randomUUID().slice(0, 12)}`) - 1];
const put = (name, headers, body, role = 'admin') => call(role, 'PUT', `/api/rules/${name}`, { headers, body });
const remove = (name, role = 'admin') => call(role, 'DELETE', `/api/rules/${name}`);
const holds = { expression: 'CVN_ENTRY_THRESHOLD >= 0', message: 'of a test' };
after(async () => {
	for (const name of made) await remove(name);
});

function isProblem(reply, status, code) {
	assert.equal(reply.status, status, JSON.stringify(reply.body));
	assert.equal(reply.body.code, code, JSON.stringify(reply.body));
	if (code === 'invalid') assert.ok(reply.body.detail.startsWith(reply.body.errors[0].name) && reply.body.detail.includes(reply.body.errors[0].detail.slice(0, 60)), JSON.stringify(reply.body));
	return reply.body;
}

test('a rule is created, replaced and deleted, each with a new catalog_version and a row of history', async () => {
	const name = fresh();
	const catalog = async () => (await call('viewer', 'GET', '/api/rules')).body;
	const before = (await catalog()).catalog_version;
	const first = await put(name, create, { ...holds, reason: 'why' });
	assert.equal(first.status, 201, JSON.stringify(first.body));
	assert.ok(first.body.version > before);
	assert.equal(first.headers.etag, `"${first.body.version}"`);
	assert.deepEqual((await catalog()).rules.find((rule) => rule.name === name), first.body);
	isProblem(await put(name, create, holds), 409, 'exists');
	isProblem(await put(name, {}, holds), 428, 'precondition_required');
	isProblem(await put(name, {}, { ...holds, message: '' }), 428, 'precondition_required');
	isProblem(await put(name, any, holds), 422, 'no_change');
	const second = await put(name, { 'If-Match': first.headers.etag }, { ...holds, message: 'another' });
	assert.equal(second.status, 200, JSON.stringify(second.body));
	assert.equal(isProblem(await put(name, { 'If-Match': first.headers.etag }, holds), 412, 'stale').current_version, second.body.version);
	assert.equal((await remove(name)).status, 204);
	isProblem(await remove(name), 404, 'not_found');
	assert.deepEqual(await sql(`select action, changed_by, change_reason from config_rules_history where name = '${name}' order by id`), [
		{ action: 'create', changed_by: 'admin', change_reason: 'why' },
		{ action: 'update', changed_by: 'admin', change_reason: null },
		{ action: 'delete', changed_by: 'admin', change_reason: null },
	]);
});

test('a rule that some environment breaks is refused with the list, and is not there', async () => {
	const name = fresh();
	const { errors } = isProblem(await put(name, create, { expression: 'CVN_ENTRY_THRESHOLD > CVN_EXIT_THRESHOLD + 1', message: 'too near' }), 422, 'invalid');
	for (const environment of ['dev', 'live', 'paper']) {
		const named = errors.filter((error) => error.environment === environment);
		assert.deepEqual(named.map((error) => [error.name, error.code]), [['CVN_ENTRY_THRESHOLD', 'rule_violated'], ['CVN_EXIT_THRESHOLD', 'rule_violated']]);
		assert.match(named[0].detail, /too near/);
	}
	assert.ok(!(await call('viewer', 'GET', '/api/rules')).body.rules.some((rule) => rule.name === name));
});

test('what is no rule is refused with its place', async () => {
	const name = fresh();
	for (const [expression, code] of [['CVN_ENTRY_THRESHOLD >', 'bad_rule'], ['1 < 2', 'bad_rule'], ['CVN_NO_SUCH > 1', 'unknown_parameter'],
		['CVN_ENTRY_THRESHOLD > 5s', 'bad_rule'], ['', 'bad_rule'], ['('.repeat(200) + 'CVN_ENTRY_THRESHOLD' + ')'.repeat(200), 'bad_rule']]) {
		const { errors } = isProblem(await put(name, create, { expression, message: 'x' }), 422, 'invalid');
		assert.deepEqual(errors.map((error) => [error.name, error.code, error.environment]), [[name, code, undefined]], expression);
	}
	const { errors } = isProblem(await put(name, create, { ...holds, message: ' ' }), 422, 'invalid');
	assert.deepEqual(errors.map((error) => [error.name, error.code]), [['message', 'required']]);
	const all = isProblem(await put(name, create, { expression: 'CVN_ENTRY_THRESHOLD >', message: '\u0007', reason: ' ' }), 422, 'invalid');
	assert.deepEqual(all.errors.map((error) => [error.name, error.code]), [['message', 'bad_string'], ['reason', 'reason_required'], [name, 'bad_rule']]);
	const violated = isProblem(await put(name, create, { expression: 'CVN_ENTRY_THRESHOLD > 1', message: ' ' }), 422, 'invalid');
	assert.deepEqual([...new Set(violated.errors.map((error) => error.name))], ['message', 'CVN_ENTRY_THRESHOLD']);
	for (const body of [{}, { expression: 'x' }, { ...holds, more: 1 }, { ...holds, message: 1 }]) isProblem(await put(name, create, body), 400, 'malformed');
	for (const role of ['viewer', 'editor', 'approver']) {
		isProblem(await put(name, create, holds, role), 403, 'forbidden');
		isProblem(await remove(name, role), 403, 'forbidden');
	}
});

test('from its commit on a rule holds saves to it, and a parameter that it names stays as it is', async () => {
	const name = fresh();
	const { value } = (await call('viewer', 'GET', '/api/config/dev/CVN_SIGNAL_SMOOTHING_BARS')).body;
	const reply = await put(name, create, { expression: 'CVN_SIGNAL_SMOOTHING_BARS <= 49', message: 'at most 49 bars' });
	assert.equal(reply.status, 201, JSON.stringify(reply.body));
	const refused = await save('editor', 'dev', { CVN_SIGNAL_SMOOTHING_BARS: '50' });
	assert.deepEqual(isProblem(refused, 422, 'invalid').errors.map((error) => [error.name, error.code]), [['CVN_SIGNAL_SMOOTHING_BARS', 'rule_violated']]);
	isProblem(await call('admin', 'DELETE', '/api/catalog/CVN_SIGNAL_SMOOTHING_BARS'), 409, 'referenced');
	assert.equal((await remove(name)).status, 204);
	assert.equal((await call('viewer', 'GET', '/api/config/dev/CVN_SIGNAL_SMOOTHING_BARS')).body.value, value);
});

// A responder keeps the definitions and the rules that it read; nobody tells it that they are others.
test('a rule or a bound written straight into the database holds at the next plan and save of every responder', async () => {
	const name = fresh();
	const changes = { CVN_SIGNAL_SMOOTHING_BARS: '50' };
	const all = (ask) => Promise.all(Array.from({ length: 12 }, ask));
	const plans = () => all(() => call('editor', 'POST', '/api/config/dev/plan', { body: { changes } }));
	const refused = async (code) => {
		for (const plan of await plans()) assert.deepEqual(plan.body.errors.map((error) => error.code), [code], JSON.stringify(plan.body));
		for (const reply of await all(() => save('editor', 'dev', changes))) assert.deepEqual(isProblem(reply, 422, 'invalid').errors.map((error) => error.code), [code]);
	};
	for (const plan of await plans()) assert.deepEqual(plan.body.errors, [], JSON.stringify(plan.body));
	const [{ max }] = await sql("select max_value as max from variable_catalog where name = 'CVN_SIGNAL_SMOOTHING_BARS'");
	try {
		await sql(`insert into config_rules (name, expression, message, version, updated_by) values ('${name}', 'CVN_SIGNAL_SMOOTHING_BARS <= 49', 'at most 49 bars', 1, 'admin')`);
		await refused('rule_violated');
		await sql("update variable_catalog set max_value = '49' where name = 'CVN_SIGNAL_SMOOTHING_BARS'");
		await refused('above_maximum');
	} finally {
		await sql(`update variable_catalog set max_value = '${max}' where name = 'CVN_SIGNAL_SMOOTHING_BARS'; delete from config_rules where name = '${name}'`);
	}
	for (const plan of await plans()) assert.deepEqual(plan.body.errors, [], JSON.stringify(plan.body));
});
