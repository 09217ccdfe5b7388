// Goal: runs and their parameter sets: frozen and bound in one step, safe to repeat, immutable, and found again.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { replaysAfterEach } from '../lib/replay.mjs';
import { eventually, request, stack } from '../lib/stack.mjs';

const { call, run, save, sql, version } = stack();
replaysAfterEach(sql);

let made = 0;
const fresh = () => `t-${Date.now().toString(36)}-${process.pid}-${++made}`;
const body = (more = {}) => ({ kind: 'finetune', environment: 'dev', factors: {}, code_version: { git: 'abc' }, ...more });
const put = (id, more = {}, role = 'editor') => call(role, 'PUT', `/api/runs/${id}`, { body: body(more) });
const rows = async () => Number((await sql('select count(*) from runs'))[0].count);

// Canonical JSON (RFC 8785) by other means: JavaScript sorts by UTF-16 code units, as the RFC does.
const canonical = (value) =>
	Array.isArray(value) ? `[${value.map(canonical).join(',')}]`
	: value !== null && typeof value === 'object' ? `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`
	: JSON.stringify(value);

test('a run freezes what its environment resolves to, under the digest of its text', async () => {
	const id = fresh();
	const factors = { b: [1, '2', null, true, { z: 0, a: -9007199254740991 }], 'é': 'ü"\\\n', '\u{1f600}': 1, '\ufb33': 2, CVN_ENTRY_THRESHOLD: ['0.6', '0.7'] };
	const before = await version('dev');
	const { status, body: bound } = await put(id, { factors });
	assert.equal(status, 201, JSON.stringify(bound));
	assert.deepEqual(Object.keys(bound), ['run_id', 'kind', 'environment', 'parameter_set_hash', 'config_version', 'catalog_version', 'status', 'created_at']);
	assert.deepEqual([bound.run_id, bound.kind, bound.environment, bound.status], [id, 'finetune', 'dev', 'running']);
	assert.ok(bound.config_version >= before);
	const again = await call('viewer', 'GET', `/api/runs/${id}`);
	assert.deepEqual([again.status, again.body], [200, bound]);

	const { status: found, body: set } = await call('viewer', 'GET', `/api/parameter-sets/${bound.parameter_set_hash}`);
	assert.equal(found, 200);
	assert.equal(createHash('sha256').update(set.canonical).digest('hex'), set.hash);
	const parsed = JSON.parse(set.canonical);
	assert.deepEqual(Object.keys(parsed), ['base_env', 'code_version', 'factors', 'variables_catalog']);
	assert.equal(set.canonical, canonical(parsed));
	for (const member of Object.keys(parsed)) assert.deepEqual(set[member], parsed[member], member);
	assert.deepEqual(parsed.factors, factors);
	const { body: then } = await call('viewer', 'GET', `/api/config/dev?version=${bound.config_version}`);
	assert.deepEqual(parsed.base_env, then.values);
	const { body: catalog } = await call('viewer', 'GET', '/api/catalog');
	assert.deepEqual(Object.keys(parsed.variables_catalog).sort(), catalog.variables.map(({ name }) => name).sort());
	const named = await sql(`select name from parameter_set_names where hash = '${set.hash}'`);
	assert.equal(named.length, catalog.variables.length);
});

test('the same request again is the same run, even after the configuration has moved', async () => {
	const id = fresh();
	const first = await put(id, { factors: { a: '1', b: 2 } });
	assert.equal(first.status, 201);
	const [{ value }] = await sql(`select value from resolved_config where environment = 'dev' and name = 'CVN_SIGNAL_SMOOTHING_BARS'`);
	assert.equal((await save('editor', 'dev', { CVN_SIGNAL_SMOOTHING_BARS: value === '7' ? '8' : '7' })).status, 200);
	const again = await put(id, { factors: { b: 2, a: '1' } });
	assert.equal(again.status, 200);
	assert.deepEqual(again.body, first.body);
	assert.equal((await save('editor', 'dev', { CVN_SIGNAL_SMOOTHING_BARS: value })).status, 200);
});

for (const [what, more] of [
	['kind', { kind: 'backtest' }],
	['kind of another table', { kind: 'paper' }],
	['environment', { environment: 'paper' }],
	['factors', { factors: { a: '2' } }],
	['code', { code_version: { git: 'abd' } }],
]) {
	test(`a run id with another ${what} is a conflict, and stays what it was`, async () => {
		const id = fresh();
		const first = await put(id, { factors: { a: '1' } });
		assert.equal(first.status, 201);
		const other = await put(id, { factors: { a: '1' }, ...more });
		assert.deepEqual([other.status, other.body.code], [409, 'run_conflict']);
		assert.deepEqual((await put(id, { factors: { a: '1' } })).body, first.body);
	});
}

test('many at once give one run', async () => {
	const id = fresh();
	const replies = await Promise.all(Array.from({ length: 8 }, () => put(id, { factors: { once: id } })));
	assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 200, 200, 201]);
	for (const { body: one } of replies) assert.deepEqual(one, replies[0].body);
	assert.equal((await sql(`select run_id from runs where run_id = '${id}'`)).length, 1);
	assert.equal((await sql(`select hash from parameter_sets where factors ->> 'once' = '${id}'`)).length, 1);
});

test('two kinds at once: one wins, and the other is told', async () => {
	const id = fresh();
	const replies = await Promise.all(['finetune', 'paper', 'live', 'paper'].map((kind) => put(id, { kind })));
	const by = (status) => replies.filter((reply) => reply.status === status);
	assert.equal(by(201).length, 1);
	for (const { body: one } of by(200)) assert.equal(one.kind, by(201)[0].body.kind);
	assert.equal(by(200).length + by(409).length, 3);
	assert.equal((await sql(`select kind from runs where run_id = '${id}'`)).length, 1);
});

test('a run that is frozen while others save has the values of one version, and of the one it names', async () => {
	const name = 'CVN_SIGNAL_SMOOTHING_BARS';
	const [{ entry_value: value }] = await sql(`select entry_value from resolved_config where environment = 'dev' and name = '${name}'`);
	const saves = (async () => {
		for (let i = 0; i < 8; i++) assert.equal((await save('editor', 'dev', { [name]: String(20 + i) })).status, 200);
	})();
	const bound = await Promise.all(Array.from({ length: 12 }, () => put(fresh())));
	await saves;
	assert.equal((await save('editor', 'dev', { [name]: value })).status, 200);
	for (const { status, body: made } of bound) {
		assert.equal(status, 201, JSON.stringify(made));
		const { body: set } = await call('viewer', 'GET', `/api/parameter-sets/${made.parameter_set_hash}`);
		assert.deepEqual(set.base_env, (await call('viewer', 'GET', `/api/config/dev?version=${made.config_version}`)).body.values);
	}
});

for (const [kind, table, key] of [
	['finetune', 'finetune_runs', 'run_id'],
	['backtest', 'finetune_runs', 'run_id'],
	['train', 'finetune_runs', 'run_id'],
	['paper', 'paper_sessions', 'session_id'],
	['live', 'live_sessions', 'session_id'],
]) {
	test(`a run of kind ${kind} is in ${table}`, async () => {
		const id = fresh();
		const reply = await call('editor', 'PUT', `/api/runs/${id}`, { body: body({ kind }), headers: { 'X-Request-Id': `r-${id}` } });
		assert.equal(reply.status, 201);
		const [row] = await sql(`select * from ${table} where ${key} = '${id}'`);
		assert.equal(row.parameter_set_hash, reply.body.parameter_set_hash);
		assert.equal(row.active_config_version, String(reply.body.config_version));
		assert.deepEqual([row.created_by, row.request_id], ['editor', `r-${id}`]);
	});
}

test('what is refused is refused whole, with every reason', async () => {
	const [{ name: excluded }] = await sql('select name from variable_catalog where excluded_from_ftf limit 1');
	const before = await rows();
	const reply = await put(fresh(), { factors: { [excluded]: '1', CVN_NO_SUCH: '1', fine: '0.5', CVN_COOLDOWN: '80s' } });
	assert.deepEqual([reply.status, reply.body.code], [422, 'invalid']);
	assert.deepEqual(reply.body.errors.map(({ name, code }) => [name, code]), [[excluded, 'not_allowed'], ['CVN_NO_SUCH', 'unknown_parameter']]);
	assert.match(reply.body.detail, new RegExp(`^${excluded}: .*; and 1 more in errors$`));
	assert.equal(await rows(), before);
});

for (const number of ['0.5', '1e3', '1.0', '9007199254740992', '-9007199254740992', '18446744073709551616', '1E400']) {
	test(`the number ${number} is refused: text is safer`, async () => {
		const raw = `{"kind":"train","environment":"dev","factors":{"a":{"b":[${number}]},"c":1},"code_version":{"v":${number}}}`;
		const reply = await call('editor', 'PUT', `/api/runs/${fresh()}`, { body: raw });
		assert.deepEqual([reply.status, reply.body.code], [422, 'invalid']);
		assert.deepEqual(reply.body.errors.map(({ name, code }) => [name, code]), [['a', 'bad_int'], ['v', 'bad_int']]);
		for (const { detail } of reply.body.errors) assert.match(detail, /string/);
	});
}

for (const [what, more, status] of [
	['an unknown kind', { kind: 'dream' }, 400],
	['no kind', { kind: undefined }, 400],
	['an environment that cannot be', { environment: 'Dev' }, 400],
	['an environment that is not', { environment: 'nowhere' }, 404],
	['factors that are a list', { factors: [] }, 400],
	['factors that are null', { factors: null }, 400],
	['an unknown member', { extra: 1 }, 400],
]) {
	test(`${what} is ${status}`, async () => {
		const before = await rows();
		assert.equal((await put(fresh(), more)).status, status);
		assert.equal(await rows(), before);
	});
}

test('an id or a digest that cannot be is not found', async () => {
	for (const id of ['a%20b', 'x'.repeat(65), '%C3%A9']) assert.equal((await put(id)).status, 404, id);
	for (const hash of ['0'.repeat(63), 'A'.repeat(64)]) assert.equal((await call('viewer', 'GET', `/api/parameter-sets/${hash}`)).status, 404, hash);
	assert.equal((await call('viewer', 'GET', `/api/parameter-sets/${'0'.repeat(64)}`)).status, 404);
});

test('editors write, the others read', async () => {
	const id = fresh();
	for (const role of ['viewer', 'approver', 'admin']) {
		const reply = await put(id, {}, role);
		assert.deepEqual([reply.status, reply.body.code], [403, 'forbidden'], role);
	}
	assert.equal((await call(null, 'PUT', `/api/runs/${id}`, { body: body() })).status, 401);
	const { body: bound } = await put(id);
	for (const role of ['viewer', 'approver', 'admin']) {
		assert.equal((await call(role, 'PATCH', `/api/runs/${id}`, { body: { status: 'failed' } })).status, 403);
		assert.equal((await call(role, 'POST', `/api/runs/${id}/rerun`, { body: { run_id: fresh() } })).status, 403);
		for (const path of ['runs', `runs/${id}/diff/${id}`, `parameter-sets/${bound.parameter_set_hash}`])
			assert.equal((await call(role, 'GET', `/api/${path}`)).status, 200, path);
	}
	assert.equal((await sql(`select status from runs where run_id = '${id}'`))[0].status, 'running');
});

test('who holds a role in one environment sees and makes runs of that one only', async () => {
	const [hidden, shown, secret] = [fresh(), fresh(), fresh()];
	const { body: bound } = await put(hidden, { environment: 'live', factors: { only: hidden } });
	const digest = createHash('sha256').update(secret).digest('hex');
	await sql(`insert into tokens (name, sha256, role, environment, created_by, expires_at)
		values ('${secret}', '${digest}', 'editor', 'dev', 'admin', now() + interval '5 minutes')`);
	const headers = { Authorization: `Bearer ${secret}` };
	const ask = (method, path, more = {}) => request(run.url, method, `/api/${path}`, { headers, ...more });
	assert.equal((await ask('PUT', `runs/${shown}`, { body: body() })).status, 201);
	assert.equal((await ask('PUT', `runs/${fresh()}`, { body: body({ environment: 'live' }) })).status, 403);
	for (const [method, path, more] of [
		['GET', `runs/${hidden}`], ['GET', `runs/${shown}/diff/${hidden}`], ['GET', `parameter-sets/${bound.parameter_set_hash}`],
		['PATCH', `runs/${hidden}`, { body: { status: 'failed' } }], ['POST', `runs/${hidden}/rerun`, { body: { run_id: fresh() } }],
	]) assert.equal((await ask(method, path, more)).status, 404, path);
	const { body: list } = await ask('GET', 'runs?limit=200');
	assert.ok(list.runs.some(({ run_id }) => run_id === shown));
	assert.ok(list.runs.every(({ environment }) => environment === 'dev'));
	await sql(`delete from tokens where sha256 = '${digest}'`);
});

test('a status is set, and nothing else', async () => {
	for (const kind of ['train', 'paper', 'live']) {
		const id = fresh();
		const { body: bound } = await put(id, { kind });
		const reply = await call('editor', 'PATCH', `/api/runs/${id}`, { body: { status: 'succeeded' } });
		assert.equal(reply.status, 200);
		assert.deepEqual(reply.body, { ...bound, status: 'succeeded' });
		for (const bad of [{ status: 'Done' }, { status: '' }, { status: null }, {}, { status: 'failed', kind: 'live' }])
			assert.equal((await call('editor', 'PATCH', `/api/runs/${id}`, { body: bad })).status, 400, JSON.stringify(bad));
		assert.deepEqual((await put(id, { kind })).body, reply.body);
	}
	assert.equal((await call('editor', 'PATCH', `/api/runs/${fresh()}`, { body: { status: 'failed' } })).status, 404);
});

test('a rerun is a new run with the same set', async () => {
	const [id, next] = [fresh(), fresh()];
	const { body: bound } = await put(id, { kind: 'paper', factors: { a: '1' } });
	const rerun = (of, run_id) => call('editor', 'POST', `/api/runs/${of}/rerun`, { body: { run_id } });
	const first = await rerun(id, next);
	assert.equal(first.status, 201);
	assert.deepEqual(first.body, { ...bound, run_id: next, created_at: first.body.created_at });
	const again = await rerun(id, next);
	assert.deepEqual([again.status, again.body], [200, first.body]);
	assert.equal((await rerun(id, id)).body.code, 'run_conflict');
	const other = fresh();
	await put(other, { kind: 'paper', factors: { a: '2' } });
	assert.deepEqual([(await rerun(id, other)).status, (await rerun(fresh(), fresh())).status, (await rerun(id, 'a b')).status], [409, 404, 400]);
});

test('two runs are compared part by part', async () => {
	const [a, b] = [fresh(), fresh()];
	const [{ value }] = await sql(`select value from resolved_config where environment = 'dev' and name = 'CVN_TREND_WINDOW_BARS'`);
	const other = value === '210' ? '211' : '210';
	await put(a, { factors: { same: 1, depth: '3', gone: [] }, code_version: { git: 'a' } });
	assert.equal((await save('editor', 'dev', { CVN_TREND_WINDOW_BARS: other })).status, 200);
	await put(b, { factors: { same: 1, depth: '4' }, code_version: { git: 'b' } });
	assert.equal((await save('editor', 'dev', { CVN_TREND_WINDOW_BARS: value })).status, 200);
	const { status, body: diff } = await call('viewer', 'GET', `/api/runs/${a}/diff/${b}`);
	assert.equal(status, 200);
	assert.deepEqual(Object.keys(diff), ['values', 'catalog', 'factors', 'code_version']);
	assert.deepEqual(diff.values.filter(({ name }) => name === 'CVN_TREND_WINDOW_BARS'), [{ name: 'CVN_TREND_WINDOW_BARS', left: value, right: other }]);
	assert.deepEqual(diff.factors, [{ name: 'depth', left: '3', right: '4' }, { name: 'gone', left: [], right: null }]);
	assert.deepEqual(diff.code_version, [{ name: 'git', left: 'a', right: 'b' }]);
	assert.deepEqual((await call('viewer', 'GET', `/api/runs/${a}/diff/${a}`)).body, { values: [], catalog: [], factors: [], code_version: [] });
	assert.equal((await call('viewer', 'GET', `/api/runs/${a}/diff/${fresh()}`)).status, 404);
});

test('the pages of the runs are whole, and the filters filter', async () => {
	const mark = fresh();
	const ids = [];
	for (const kind of ['train', 'paper', 'live', 'train', 'backtest']) {
		ids.unshift(fresh());
		assert.equal((await put(ids[0], { kind, factors: { mark } })).status, 201);
	}
	const { parameter_set_hash: hash } = (await put(ids[0], { kind: 'backtest', factors: { mark } })).body;
	const seen = [];
	for (let cursor = ''; cursor !== null;) {
		const { status, body: page } = await call('viewer', 'GET', `/api/runs?environment=dev&limit=2${cursor && `&cursor=${cursor}`}`);
		assert.equal(status, 200);
		seen.push(...page.runs.map(({ run_id }) => run_id));
		cursor = seen.length > 400 ? null : page.next_cursor;
	}
	assert.deepEqual(seen.filter((id) => ids.includes(id)), ids);
	assert.equal(new Set(seen).size, seen.length);
	const trains = await call('viewer', 'GET', `/api/runs?kind=train&hash=${hash}`);
	assert.ok(trains.body.runs.every(({ kind, parameter_set_hash }) => kind === 'train' && parameter_set_hash === hash));
	assert.deepEqual((await call('viewer', 'GET', `/api/runs?hash=${'0'.repeat(64)}`)).body, { runs: [], next_cursor: null });
	for (const query of ['limit=0', 'limit=201', 'cursor=x', 'cursor=1.', 'kind=dream', 'hash=x', 'environment=Dev', 'status=running'])
		assert.equal((await call('viewer', 'GET', `/api/runs?${query}`)).status, 400, query);
});

test('a set that is frozen is told to who listens', async () => {
	const start = await call('viewer', 'GET', '/api/events?environment=dev&wait=0');
	const id = fresh();
	const { body: bound } = await put(id, { kind: 'backtest' });
	let cursor = start.body.cursor;
	const event = await eventually(async () => {
		const { body: page } = await call('viewer', 'GET', `/api/events?environment=dev&wait=2&after=${cursor}`);
		cursor = page.cursor;
		return page.events.find(({ run_id }) => run_id === id);
	});
	assert.deepEqual([event.type, event.environment, event.kind, event.parameter_set_hash], ['parameter_set_frozen', 'dev', 'backtest', bound.parameter_set_hash]);
});
