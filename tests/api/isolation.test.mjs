// Goal: two who write at once are as one after the other. Nothing here depends on who is faster: a connection of the
// test's own holds the row lock of the environment, requests are sent one by one and seen to wait in line for it, and
// then it lets go. What came first in the line is what the next one is judged by.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, beforeEach, test } from 'node:test';

import { another, anotherTime } from '../lib/another.mjs';
import { replaysAfterEach } from '../lib/replay.mjs';
import { blocked, session } from '../lib/session.mjs';
import { stack } from '../lib/stack.mjs';
import { environment } from './environment.mjs';

const { call, run, save, sql, version } = stack();
replaysAfterEach(sql);
const env = await environment(sql, 'test-isolation');
const PLAIN = 'CVN_COOLDOWN';
const OTHER = 'CVN_SYMBOLS';
const CRITICAL = 'CVN_MAX_POSITION_USD';
const holder = await session(run.database);
const observer = await session(run.database.replace(/user=\S+/, 'user=postgres')); // sees the statements of all roles

let base;

function expect(reply, status, code) {
	assert.equal(reply.status, status, JSON.stringify(reply.body));
	if (code) assert.equal(reply.body.code, code);
	return reply.body;
}

const seen = () => ({ 'If-Match': `"${base}"` });
const whatever = { 'If-Match': '*' };
const write = (headers, changes) => () => call('editor', 'POST', `/api/config/${env}`, { headers, body: { changes, reason: 'a test' } });
const verb = (role, id, name, body = {}) => () => call(role, 'POST', `/api/changes/${id}/${name}`, { body });
const values = async () => (await call('viewer', 'GET', `/api/config/${env}`)).body.values;

// Answers of requests that stood in line in this order. Waiting is told by what each one waits with, so that nobody else
// who waits for the same row is taken for one of them. Writers of the catalog are kept out: they would hold them up.
async function inLine(...requests) {
	await holder.run(`begin; select from catalog_state for share; select from active_config where environment = '${env}' for update`);
	try {
		const replies = [];
		for (const request of requests) {
			replies.push(request());
			await blocked(observer, holder.pid, replies.length, 'config_lock|freeze_window_create|run_lock|environment_lock');
		}
		await holder.run('commit');
		return await Promise.all(replies);
	} finally {
		await holder.run('rollback');
	}
}

// A change set that waits for approval.
async function pending(changes = { [CRITICAL]: another() }) {
	const body = { environment: env, changes, reason: 'a test', submit: true };
	const change = expect(await call('editor', 'POST', '/api/changes', { headers: whatever, body }), 201);
	assert.equal(change.state, 'pending_approval');
	return change;
}

beforeEach(async () => {
	expect(await save('editor', env, { [PLAIN]: anotherTime() }), 200);
	base = await version(env);
});

after(async () => {
	await define({ deprecated: true });
	await holder.end();
	await observer.end();
	const changes = { [PLAIN]: null, [OTHER]: null, [CRITICAL]: null };
	const change = expect(await call('editor', 'POST', '/api/changes', { headers: whatever, body: { environment: env, changes, reason: 'back', submit: true } }), 201);
	if (change.state === 'pending_approval') expect(await verb('approver', change.id, 'approve', { content_hash: change.content_hash })(), 200);
});

test('save and save: the first wins, the second is told the version and what it would do now', async () => {
	const [mine, yours] = [anotherTime(), anotherTime()];
	const [first, second] = await inLine(write(seen(), { [PLAIN]: mine }), write(seen(), { [PLAIN]: yours }));
	assert.equal(expect(first, 200).version, base + 1);
	const refusal = expect(second, 412, 'stale');
	assert.equal(refusal.current_version, base + 1);
	assert.deepEqual(refusal.diff, [{ name: PLAIN, old: mine, new: yours }]);
	assert.equal((await values())[PLAIN], mine);
});

test('save and save of other parameters: the second is refused all the same, for a rule may span both', async () => {
	const [first, second] = await inLine(write(seen(), { [PLAIN]: anotherTime() }), write(seen(), { [OTHER]: '["BTCUSDT"]' }));
	expect(first, 200);
	expect(second, 412, 'stale');
	assert.equal(await version(env), base + 1);
});

test('save and save on whatever is current: the second starts from the first', async () => {
	const [mine, yours] = [anotherTime(), anotherTime()];
	const [first, second] = await inLine(write(whatever, { [PLAIN]: mine }), write(whatever, { [PLAIN]: yours }));
	assert.deepEqual([expect(first, 200).version, expect(second, 200).version], [base + 1, base + 2]);
	assert.deepEqual(second.body.diff, [{ name: PLAIN, old: mine, new: yours }]);
});

test('save and the same save on whatever is current: the second changes nothing, and is no version', async () => {
	const mine = anotherTime();
	const [first, second] = await inLine(write(whatever, { [PLAIN]: mine }), write(whatever, { [PLAIN]: mine }));
	expect(first, 200);
	expect(second, 422, 'no_change');
	assert.equal(await version(env), base + 1);
});

test('two saves that are valid each alone: the second is judged with the first, and a rule refuses it', async () => {
	const [first, second] = await inLine(write(whatever, { CVN_STOP_LOSS_PCT: '1.2' }), write(whatever, { CVN_TAKE_PROFIT_PCT: '1.1' }));
	try {
		expect(first, 200);
		assert.deepEqual(expect(second, 422, 'invalid').errors.map((e) => [e.name, e.code]),
			[['CVN_STOP_LOSS_PCT', 'rule_violated'], ['CVN_TAKE_PROFIT_PCT', 'rule_violated']]);
	} finally {
		expect(await save('editor', env, { CVN_STOP_LOSS_PCT: null }), 200);
	}
});

const entries = async () => (await call('viewer', 'GET', `/api/history?environment=${env}&limit=2`)).body.entries;
const restore = (headers, id, body) => () => call('editor', 'POST', `/api/history/${id}/restore`, { headers, body: { reason: 'back', ...body } });

test('save and restore: a restore made from an older version is refused', async () => {
	const [entry] = await entries();
	const mine = anotherTime();
	const [first, second] = await inLine(write(seen(), { [PLAIN]: mine }), restore(seen(), entry.id, { to: 'before' }));
	expect(first, 200);
	const refusal = expect(second, 412, 'stale');
	assert.deepEqual(refusal.diff, [{ name: PLAIN, old: mine, new: entry.diff[0].old }]);
	assert.equal((await values())[PLAIN], mine);
});

test('restore and save: a save made from an older version is refused', async () => {
	const [entry] = await entries();
	const [first, second] = await inLine(restore(seen(), entry.id, { to: 'before' }), write(seen(), { [PLAIN]: anotherTime() }));
	assert.equal(expect(first, 201).state, 'active');
	assert.equal(expect(second, 412, 'stale').current_version, base + 1);
	assert.equal((await values())[PLAIN], entry.diff[0].old);
});

test('save and restore on whatever is current: the restore takes back the save', async () => {
	const [entry] = await entries();
	const mine = anotherTime();
	const [first, second] = await inLine(write(whatever, { [PLAIN]: mine }), restore(whatever, entry.id, {}));
	expect(first, 200);
	assert.deepEqual(expect(second, 201).diff, [{ name: PLAIN, old: mine, new: entry.diff[0].new }]);
});

const approve = (change) => verb('approver', change.id, 'approve', { content_hash: change.content_hash });
const edit = (change, changes) => () => call('editor', 'PATCH', `/api/changes/${change.id}`, { body: { changes } });
const state = async (change) => (await call('viewer', 'GET', `/api/changes/${change.id}`)).body.state;

for (const [name, rival, ends] of [
	['edit', (change) => edit(change, { [CRITICAL]: another() }), 'draft'],
	['withdraw', (change) => verb('editor', change.id, 'withdraw'), 'withdrawn'],
	['reject', (change) => verb('approver', change.id, 'reject'), 'rejected'],
	['approve', approve, 'active'],
]) {
	test(`approve and ${name}: the approval wins, and what was approved is what is written`, async () => {
		const change = await pending();
		const [approval, other] = await inLine(approve(change), rival(change));
		assert.equal(expect(approval, 200).state, 'active');
		expect(other, 409, 'wrong_state');
		assert.equal(await version(env), base + 1);
		assert.equal((await values())[CRITICAL], change.diff[0].new);
	});

	test(`${name} and approve: the ${name} wins, and nothing is approved on top of it`, async () => {
		const change = await pending();
		const [other, approval] = await inLine(rival(change), approve(change));
		expect(other, 200);
		expect(approval, 409, 'wrong_state');
		assert.equal(await state(change), ends);
		assert.equal(await version(env), base + (ends === 'active' ? 1 : 0));
	});
}

test('edit, submit and approve: an approval of what was edited and submitted meanwhile is stale', async () => {
	const change = await pending();
	const [edited, submitted, approval] = await inLine(edit(change, { [CRITICAL]: another() }), verb('editor', change.id, 'submit'), approve(change));
	expect(edited, 200);
	expect(submitted, 200);
	expect(approval, 409, 'stale_approval');
	assert.equal(await version(env), base);
});

test('save and approve: a save of what the approval touches makes it stale, and one beside it does not', async () => {
	const change = await pending({ [CRITICAL]: another(), [PLAIN]: anotherTime() });
	const [first, approval] = await inLine(write(whatever, { [PLAIN]: anotherTime() }), approve(change));
	expect(first, 200);
	expect(approval, 409, 'stale_approval');
	const other = await pending();
	const replies = await inLine(write(whatever, { [PLAIN]: anotherTime() }), approve(other));
	expect(replies[0], 200);
	assert.equal(expect(replies[1], 200).state, 'active');
});

const HOUR = 3600000;
const window = () => ({ environment: env, starts_at: new Date(Date.now() - HOUR).toISOString(), ends_at: new Date(Date.now() + HOUR).toISOString(), reason: 'a test' });
const freeze = () => call('admin', 'POST', '/api/freeze-windows', { body: window() });

test('freeze and save: a freeze that is committed while a save waits refuses it', async () => {
	const [frozen, ...others] = await inLine(freeze, write(seen(), { [PLAIN]: anotherTime() }), write(whatever, { [PLAIN]: anotherTime() }));
	const { id } = expect(frozen, 201);
	try {
		for (const other of others) {
			expect(other, 409, 'frozen');
			assert.ok(Number(other.headers['retry-after']) > 3500);
		}
		assert.equal(await version(env), base);
	} finally {
		expect(await call('admin', 'DELETE', `/api/freeze-windows/${id}`), 204);
	}
});

test('freeze and approve: a freeze that is committed while an approval waits refuses it, and it waits on', async () => {
	const change = await pending();
	const [frozen, approval] = await inLine(freeze, approve(change));
	const { id } = expect(frozen, 201);
	try {
		expect(approval, 409, 'frozen');
		assert.equal(await state(change), 'pending_approval');
	} finally {
		expect(await call('admin', 'DELETE', `/api/freeze-windows/${id}`), 204);
	}
	expect(await approve(change)(), 200);
});

test('promote and save of its source: what is brought is what is there once it is its turn, unless another version was seen', async () => {
	const source = await environment(sql, 'test-isolation-source');
	await save('editor', source, { [PLAIN]: null }); // no change, where nobody was interrupted here
	const seen = await version(source);
	const promote = (rest) => call('editor', 'POST', `/api/config/${env}/promote`, { headers: whatever, body: { from: source, names: [PLAIN], reason: 'a test', ...rest } });
	await holder.run(`begin; select from active_config where environment = '${env}' for update`);
	try {
		const [bound, free] = [promote({ from_version: seen }), promote({})];
		await blocked(observer, holder.pid, 2, 'config_lock');
		const mine = anotherTime();
		expect(await save('editor', source, { [PLAIN]: mine }), 200);
		await holder.run('commit');
		assert.equal(expect(await bound, 412, 'stale').from_version, seen + 1);
		const change = expect(await free, 201);
		assert.equal((await values())[PLAIN], (await call('viewer', 'GET', `/api/config/${source}`)).body.values[PLAIN]);
		assert.deepEqual(change.origin, { environment: source, version: seen + 1 });
	} finally {
		await holder.run('rollback');
	}
	expect(await save('editor', source, { [PLAIN]: null }), 200);
});

test('save and freeze: the save that came first is written, and the freeze is answered after it', async () => {
	const [first, frozen] = await inLine(write(seen(), { [PLAIN]: anotherTime() }), freeze);
	const { id } = expect(frozen, 201);
	try {
		assert.equal(expect(first, 200).version, base + 1);
		const [{ ahead }] = await sql(`select (select changed_at from config_history where environment = '${env}' and version = ${base + 1})
			< (select created_at from freeze_windows where id = ${id}) as ahead`);
		assert.equal(ahead, 't');
	} finally {
		expect(await call('admin', 'DELETE', `/api/freeze-windows/${id}`), 204);
	}
});

test('lock and save: who waits while somebody else takes the lock is refused', async () => {
	const login = `t-${randomUUID().slice(0, 8)}`;
	await sql(`insert into operators (login, password_hash, created_by) select '${login}', password_hash, 'admin' from operators where login = 'editor';
		insert into operator_roles values ('${login}', '${env}', 'editor')`);
	try {
		await holder.run(`begin; select environment_lock('${env}', '${login}')`);
		const waiting = write(seen(), { [PLAIN]: anotherTime() })();
		await blocked(observer, holder.pid, 1, 'config_lock');
		await holder.run('commit');
		expect(await waiting, 409, 'locked');
		assert.equal(await version(env), base);
	} finally {
		await holder.run('rollback');
		await sql(`select environment_lock('${env}', null); delete from operators where login = '${login}'`);
	}
});

const freezeRun = (id) => () => call('editor', 'PUT', `/api/runs/${id}`, { body: { kind: 'backtest', environment: env, factors: {}, code_version: { git: id } } });
const frozenValue = async (hash) => (await call('viewer', 'GET', `/api/parameter-sets/${hash}`)).body.base_env[PLAIN];

test('save and run: a run that waited for a save is pinned to its version and values, one before it to what was', async () => {
	const [before, mine] = [(await values())[PLAIN], anotherTime()];
	const [early, saved, late] = await inLine(freezeRun(`i-${randomUUID()}`), write(seen(), { [PLAIN]: mine }), freezeRun(`i-${randomUUID()}`));
	expect(saved, 200);
	assert.deepEqual([expect(early, 201).config_version, expect(late, 201).config_version], [base, base + 1]);
	assert.deepEqual([await frozenValue(early.body.parameter_set_hash), await frozenValue(late.body.parameter_set_hash)], [before, mine]);
});

test('two PUT of one run at once: one row, and both are told the same', async () => {
	const id = `i-${randomUUID()}`;
	const [first, second] = await inLine(freezeRun(id), freezeRun(id)); // the second waits for the id
	assert.deepEqual([expect(first, 201), expect(second, 200)], [first.body, first.body]);
	const [{ n }] = await sql(`select count(*) as n from finetune_runs where run_id = '${id}'`);
	assert.equal(n, '1');
});

// A parameter of this file alone: who changes its bounds writes it only with approval from then on.
const OWN = 'CVN_TEST_ISOLATION';
const own = { type: 'int', category: 'threshold', group_name: 'Test', min_value: '0', max_value: '1000', description: 'of a test', reason: 'a test' };
const define = (changed = {}, headers = whatever) => call('admin', 'PUT', `/api/catalog/${OWN}`, { headers, body: { ...own, ...changed } });

async function defined() {
	const reply = await define();
	if (reply.status === 404 || reply.status === 412) expect(await define({}, { 'If-None-Match': '*' }), 201);
	else if (reply.status !== 200) expect(reply, 422, 'no_change');
}

for (const [what, changed, status, code] of [
	['a lower maximum', { max_value: '9' }, 422, 'above_maximum'],
	['critical', { critical: true }, 403, 'critical_requires_approval'],
	['deprecated', { deprecated: true }, 422, 'deprecated_parameter'],
	['other allowed values', { allowed_values: ['1', '2'] }, 422, 'not_allowed'],
	['another type', { type: 'bool', min_value: null, max_value: null }, 422, 'bad_bool'],
]) {
	test(`catalog and save: ${what}, committed while a save waits, is what it is judged by`, async () => {
		await defined();
		try {
			await holder.run('begin; select catalog_lock()');
			await holder.run(`select * from catalog_write('${OWN}', (select catalog_definition(v) || '${JSON.stringify(changed)}' from variable_catalog v
				where name = '${OWN}'), 'admin', 'a test', null)`);
			const saved = write(whatever, { [OWN]: '500' })();
			await blocked(observer, holder.pid, 1, 'config_lock');
			await holder.run('commit');
			const { errors, code: said } = expect(await saved, status);
			assert.equal(errors?.[0].code ?? said, code);
			assert.equal(await version(env), base);
		} finally {
			await holder.run('rollback');
		}
	});
}

test('save and catalog: a bound under which the save that came first would be invalid is refused with its environment', async () => {
	await defined();
	try {
		await holder.run(`begin; select from active_config where environment = '${env}' for update`);
		const saved = write(seen(), { [OWN]: '999' })();
		await blocked(observer, holder.pid, 1, 'config_lock');
		const narrowed = define({ max_value: '998' });
		await blocked(observer, holder.pid, 2, 'config_lock|catalog_lock');
		await holder.run('commit');
		expect(await saved, 200);
		assert.deepEqual(expect(await narrowed, 422, 'invalid').errors.map((e) => [e.environment, e.name, e.code]), [[env, OWN, 'above_maximum']]);
	} finally {
		await holder.run('rollback');
		expect(await save('editor', env, { [OWN]: null }), 200);
	}
});

test('the door itself: of two transactions on one version the second is refused, whatever the caller checked before', async () => {
	const rival = await session(run.database);
	try {
		const old = (await values())[PLAIN];
		const [mine, yours] = [anotherTime(), anotherTime()];
		const door = (value) => `select version from config_write('${env}', 'save', ${base}, '{"${PLAIN}":"${value}"}',
			'[{"name":"${PLAIN}","old":"${old}","new":"${value}"}]', null, 'editor', null, 'a test', null)`;
		await holder.run('begin');
		assert.deepEqual(await holder.run(door(mine)), [String(base + 1)]);
		await rival.run('begin');
		const second = assert.rejects(rival.run(door(yours)), { code: 'CV412' });
		await blocked(observer, holder.pid, 1, 'config_write');
		await holder.run('commit');
		await second;
		assert.equal((await values())[PLAIN], mine);
	} finally {
		await holder.run('rollback');
		await rival.end();
	}
});
