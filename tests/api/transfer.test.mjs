// Goal: values that come from a document or from another environment meet what a save meets; none of the guards is got round by them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';

import { another, anotherTime } from '../lib/another.mjs';
import { replaysAfterEach } from '../lib/replay.mjs';
import { stack } from '../lib/stack.mjs';
import { environment } from './environment.mjs';
import { operator } from './operator.mjs';

const { call, credentials, sql, url, version, save } = stack();
replaysAfterEach(sql);
const CRITICAL = 'CVN_MAX_POSITION_USD';
const PLAIN = 'CVN_COOLDOWN';
const env = await environment(sql, 'test-transfer');
const source = await environment(sql, 'test-transfer-source');

const read = async (name, where = env) => (await call('viewer', 'GET', `/api/config/${where}/${name}`)).body.value;
const exported = async (where = env, rest = '') => (await call('viewer', 'GET', `/api/config/${where}/export${rest}`)).body;
const send = (verb) => (body, { role = 'editor', match = '*', where = env, headers = match === null ? {} : { 'If-Match': match } } = {}) =>
	call(role, 'POST', `/api/config/${where}/${verb}`, { headers, body: { reason: 'a test', ...body } });
const bring = send('import');
const promote = send('promote');
const approve = ({ id, content_hash }, role = 'approver') => call(role, 'POST', `/api/changes/${id}/approve`, { body: { content_hash } });
const withdraw = ({ id }) => call('editor', 'POST', `/api/changes/${id}/withdraw`, { body: {} });

function expect(reply, status, code) {
	assert.equal(reply.status, status, JSON.stringify(reply.body));
	if (code) assert.equal(reply.body.code, code, JSON.stringify(reply.body));
	return reply.body;
}

async function approved(where, changes) {
	const body = { environment: where, changes, reason: 'a test', submit: true };
	const change = expect(await call('editor', 'POST', '/api/changes', { headers: { 'If-Match': '*' }, body }), 201);
	return change.state === 'active' ? change : expect(await approve(change), 200);
}

// Nothing that could have been written is another one afterwards.
async function unchanged(act) {
	const traces = () => sql(`select c.version, c.updated_at, (select count(*) from config_changes) as changes,
		(select count(*) from config_change_events) as events, (select count(*) from config_history) as history
		from active_config c where c.environment in ('${env}', '${source}') order by c.environment`);
	const before = await traces();
	await act();
	assert.deepEqual(await traces(), before);
}

// Both ways to bring a value here, which must be refused for the same reasons: each with the value in its source.
const ways = {
	import: async (values, options, rest) => bring({ values, ...rest }, options),
	promote: async (values, options, rest) => {
		await approved(source, Object.fromEntries(await changesOf(source, values)));
		return promote({ from: source, names: Object.keys(values), ...rest }, options);
	},
};
async function changesOf(where, values) {
	const now = (await call('viewer', 'GET', `/api/config/${where}`)).body.values;
	const changes = Object.entries(values).filter(([name, value]) => now[name] !== value);
	return changes.length > 0 ? changes : [['CVN_FILTER_NEWS', now.CVN_FILTER_NEWS === 'true' ? 'false' : 'true']];
}

after(async () => {
	for (const where of [env, source]) {
		const rows = await sql(`select id from config_changes where environment = '${where}' and state in ('draft', 'pending_approval')`);
		for (const row of rows) await withdraw(row);
		const { values } = await exported('test-transfer', '?version=1');
		const now = (await exported(where)).values;
		const back = Object.entries(values).filter(([name, value]) => now[name] !== value);
		if (back.length > 0) await approved(where, Object.fromEntries(back));
	}
});

test('an export is the version as a document, with its tag, now and later', async () => {
	const reply = await call('viewer', 'GET', `/api/config/${env}/export`);
	const now = (await call('viewer', 'GET', `/api/config/${env}`)).body;
	assert.deepEqual(Object.keys(reply.body), ['environment', 'version', 'catalog_version', 'values']);
	assert.deepEqual([reply.body.environment, reply.body.version, reply.body.values], [env, now.version, now.values]);
	assert.equal(reply.headers.etag, `"${now.version}"`);
	const [{ catalog_version }] = await sql(`select catalog_version from config_history where environment = '${env}' and version = ${now.version}`);
	assert.equal(reply.body.catalog_version, Number(catalog_version));
	const same = await call('viewer', 'GET', `/api/config/${env}/export`, { headers: { 'If-None-Match': reply.headers.etag } });
	assert.deepEqual([same.status, same.body], [304, null]);

	expect(await save('editor', env, { [PLAIN]: anotherTime() }), 200);
	assert.deepEqual(await exported(env, `?version=${now.version}`), reply.body);
	expect(await call('viewer', 'GET', `/api/config/${env}/export?version=999999`), 404, 'not_found');
	expect(await call('viewer', 'GET', '/api/config/nowhere/export'), 404, 'not_found');
	for (const wrong of ['?version=x', '?version=-1', '?version=01', '?version=', '?more=1']) {
		expect(await call('viewer', 'GET', `/api/config/${env}/export${wrong}`), 400, 'malformed');
	}
});

test('what was exported and is imported elsewhere makes the two equal', async () => {
	await approved(source, { [PLAIN]: anotherTime(), CVN_STOP_LOSS_PCT: '0.31', CVN_SYMBOLS: '["A","B\\"C"]' });
	const document = await exported(source);
	assert.equal(document.values.CVN_SYMBOLS, '["A","B\\"C"]');
	const before = await version(env);
	const id = randomUUID();
	const reply = await bring(document, { headers: { 'If-Match': `"${before}"`, 'X-Request-Id': id } });
	let change = expect(reply, 201);
	assert.equal(change.kind, 'import');
	assert.deepEqual(change.origin, { environment: source, version: document.version, catalog_version: document.catalog_version });
	if (change.state === 'pending_approval') change = expect(await approve(change), 200);
	else assert.equal(reply.headers.etag, `"${before + 1}"`);
	assert.deepEqual([change.state, change.version], ['active', before + 1]);
	assert.deepEqual((await exported()).values, document.values);
	assert.deepEqual(expect(await call('viewer', 'GET', `/api/config/${env}/compare/${source}`), 200).differences, []);
	const { entries } = expect(await call('viewer', 'GET', `/api/history?environment=${env}&limit=1`), 200);
	assert.deepEqual([entries[0].kind, entries[0].change_id, entries[0].reason], ['import', change.id, 'a test']);
	await unchanged(async () => expect(await bring(document), 422, 'no_change'));
});

test('an import leaves alone what its document does not name, and keeps no origin that it does not say', async () => {
	const before = (await exported()).values;
	const change = expect(await bring({ values: { [PLAIN]: anotherTime() } }), 201);
	assert.deepEqual([change.state, change.origin], ['active', null]);
	assert.deepEqual((await exported()).values, { ...before, [PLAIN]: change.diff[0].new });
	assert.deepEqual(change.diff.map((d) => d.name), [PLAIN]);
});

test('a promotion brings what differs, or what is named, also where it is a default there', async () => {
	await approved(source, { [PLAIN]: anotherTime(), CVN_STOP_LOSS_PCT: '0.21' });
	expect(await save('editor', env, { CVN_FILTER_TREND: (await read('CVN_FILTER_TREND', source)) === 'true' ? 'false' : 'true' }), 200);
	const at = await version(source);
	const one = expect(await promote({ from: source, names: [PLAIN], from_version: at }), 201);
	assert.deepEqual([one.kind, one.state, one.origin], ['promote', 'active', { environment: source, version: at }]);
	assert.deepEqual(one.diff.map((d) => [d.name, d.new]), [[PLAIN, await read(PLAIN, source)]]);
	const differing = (await call('viewer', 'GET', `/api/config/${env}/compare/${source}`)).body.differences;
	assert.ok(differing.some((d) => d.name === 'CVN_FILTER_TREND'));
	let rest = expect(await promote({ from: source }), 201);
	assert.deepEqual(rest.diff, differing.map((d) => ({ name: d.name, old: d.left, new: d.right })));
	if (rest.state === 'pending_approval') rest = expect(await approve(rest), 200);
	assert.deepEqual((await exported()).values, (await exported(source)).values);
	const { entries } = (await call('viewer', 'GET', `/api/history?environment=${env}&limit=1`)).body;
	assert.equal(entries[0].kind, 'promote');
	await unchanged(async () => {
		for (const names of [undefined, [PLAIN], []]) expect(await promote({ from: source, names }), 422, 'no_change');
		expect(await promote({ from: env }), 422, 'no_change');
	});
});

test('a source that moved is refused with its version and what it would bring now', async () => {
	const seen = await version(source);
	const { version: now } = await approved(source, { [PLAIN]: anotherTime() });
	await unchanged(async () => {
		const refusal = expect(await promote({ from: source, from_version: seen }), 412, 'stale');
		assert.deepEqual([refusal.from_version, refusal.current_version], [now, await version(env)]);
		assert.equal(refusal.diff.find((d) => d.name === PLAIN).new, await read(PLAIN, source));
	});
	expect(await promote({ from: source, from_version: now, names: [PLAIN] }), 201);
});

test('a dry run is the plan, to the byte, and writes nothing, whatever it is based on', async () => {
	const values = { [PLAIN]: anotherTime(), [CRITICAL]: another(), CVN_NONE: 'x' };
	await approved(source, { [PLAIN]: values[PLAIN], [CRITICAL]: values[CRITICAL] });
	await unchanged(async () => {
		const plan = expect(await call('editor', 'POST', `/api/config/${env}/plan`, { body: { changes: values } }), 200);
		assert.deepEqual([plan.needs_approval, plan.errors.map((e) => e.name)], [true, ['CVN_NONE']]);
		for (const match of ['*', '"1"', null]) {
			assert.deepEqual(expect(await bring({ values, dry_run: true, reason: undefined }, { match }), 200), plan);
			const promoted = { from: source, names: Object.keys(values), from_version: 1, dry_run: true, reason: undefined };
			assert.deepEqual(expect(await promote(promoted, { match }), 200), plan);
		}
		expect(await bring({ values, dry_run: true }, { role: 'viewer' }), 403, 'forbidden');
		expect(await bring({ values, dry_run: true }, { where: 'nowhere' }), 404, 'not_found');
		expect(await promote({ from: 'nowhere', dry_run: true }), 404, 'not_found');
	});
});

for (const [way, attempt] of Object.entries(ways)) {
	test(`${way}: something critical waits for somebody else, bound to what was submitted`, async () => {
		const values = { [CRITICAL]: another(), [PLAIN]: anotherTime() };
		const before = await version(env);
		const change = expect(await attempt(values), 201);
		assert.deepEqual([change.state, change.kind, change.version], ['pending_approval', way, null]);
		assert.deepEqual([await version(env), await read(PLAIN) === values[PLAIN]], [before, false]);
		await unchanged(async () => {
			for (const role of ['editor', 'admin', 'viewer']) expect(await approve(change, role), 403, 'forbidden');
			expect(await approve({ ...change, content_hash: 'f'.repeat(64) }), 409, 'stale_approval');
		});
		const active = expect(await approve(change), 200);
		assert.deepEqual([active.version, active.decided_by], [before + 1, 'approver']);
		assert.deepEqual([await read(CRITICAL), await read(PLAIN)], [values[CRITICAL], values[PLAIN]]);
	});

	test(`${way}: who brings it cannot approve it, also as an approver`, async () => {
		await sql(`insert into operator_roles (login, environment, role) values ('editor', '${env}', 'approver')`);
		try {
			const change = expect(await attempt({ [CRITICAL]: another() }), 201);
			await unchanged(async () => expect(await approve(change, 'editor'), 403, 'own_change'));
			expect(await withdraw(change), 200);
		} finally {
			await sql(`delete from operator_roles where login = 'editor' and environment = '${env}' and role = 'approver'`);
		}
	});

	test(`${way}: a base that moved under it voids the approval until a rebase`, async () => {
		const change = expect(await attempt({ [CRITICAL]: another(), [PLAIN]: anotherTime() }), 201);
		expect(await save('editor', env, { [PLAIN]: anotherTime() }), 200);
		await unchanged(async () => expect(await approve(change), 409, 'stale_approval'));
		const rebased = expect(await call('editor', 'POST', `/api/changes/${change.id}/rebase`, { body: {} }), 200);
		assert.deepEqual([rebased.kind, rebased.origin], [way, change.origin]);
		expect(await approve(rebased), 200);
	});

	test(`${way}: in a freeze nothing is applied, and something critical may only be asked for`, async () => {
		const plain = { [PLAIN]: anotherTime() }, critical = { [CRITICAL]: another() };
		const mark = randomUUID();
		await sql(`insert into freeze_windows (environment, starts_at, ends_at, reason, created_by)
			values ('${env}', clock_timestamp() - interval '1 minute', clock_timestamp() + interval '2 minutes', '${mark}', 'admin')`);
		try {
			await approved(source, { ...plain, ...critical });
			await unchanged(async () => {
				const refusal = way === 'import' ? await bring({ values: plain }) : await promote({ from: source, names: [PLAIN] });
				expect(refusal, 409, 'frozen');
				assert.ok(Number(refusal.headers['retry-after']) > 0);
			});
			const change = expect(way === 'import' ? await bring({ values: critical }) : await promote({ from: source, names: [CRITICAL] }), 201);
			assert.equal(change.state, 'pending_approval');
			await unchanged(async () => expect(await approve(change), 409, 'frozen'));
			expect(await withdraw(change), 200);
		} finally {
			await sql(`delete from freeze_windows where reason = '${mark}'`);
		}
	});

	test(`${way}: while somebody else holds the lock, nothing is applied`, async () => {
		const plain = { [PLAIN]: anotherTime() };
		await approved(source, plain);
		await sql(`select environment_lock('${env}', 'admin')`);
		try {
			await unchanged(async () => {
				expect(way === 'import' ? await bring({ values: plain }) : await promote({ from: source, names: [PLAIN] }), 409, 'locked');
			});
		} finally {
			await sql(`select environment_lock('${env}', null)`);
		}
		await sql(`select environment_lock('${env}', 'editor')`);
		try {
			expect(await attempt({ [PLAIN]: anotherTime() }), 201);
		} finally {
			await sql(`select environment_lock('${env}', null)`);
		}
	});

	test(`${way}: another version is refused with what it would do now, and none is asked for`, async () => {
		const values = { [PLAIN]: anotherTime() };
		await approved(source, values);
		const act = (match) => (way === 'import' ? bring({ values }, { match }) : promote({ from: source, names: [PLAIN] }, { match }));
		await unchanged(async () => {
			const refusal = expect(await act('"1"'), 412, 'stale');
			assert.deepEqual([refusal.current_version, refusal.diff.map((d) => d.new)], [await version(env), [values[PLAIN]]]);
			expect(await act(`W/"${await version(env)}"`), 412, 'stale');
			expect(await act(null), 428, 'precondition_required');
		});
	});

	test(`${way}: everything that is wrong is said, by name, and nothing is stored`, async () => {
		const act = (body, options) => (way === 'import' ? bring(body, options) : promote(body, options));
		await unchanged(async () => {
			const unknown = way === 'import' ? { values: { CVN_NONE: '1', CVN_NOT: '2', [PLAIN]: '3s' } } : { from: source, names: ['CVN_NONE', 'CVN_NOT', PLAIN] };
			const { errors } = expect(await act({ ...unknown, reason: ' ' }), 422, 'invalid');
			assert.deepEqual(errors.map((e) => [e.name, e.code]), [['reason', 'reason_required'], ['CVN_NONE', 'unknown_parameter'], ['CVN_NOT', 'unknown_parameter']]);
			const right = way === 'import' ? { values: { [PLAIN]: '3s' } } : { from: source, names: [PLAIN] };
			expect(await act({ ...right, reason: undefined }), 422, 'invalid');
			for (const wrong of [{ more: 1 }, { dry_run: 'yes' }, { reason: 1 }]) expect(await act({ ...right, ...wrong }), 400, 'malformed');
			for (const role of ['viewer', 'approver', 'admin']) expect(await act(right, { role }), 403, 'forbidden');
			expect(await act(right, { role: null }), 401, 'unauthenticated');
			expect(await act(right, { where: 'nowhere' }), 404, 'not_found');
		});
	});

	test(`${way}: a rule that would not hold any more refuses the whole`, async () => {
		await approved(source, Object.fromEntries(await changesOf(source, { CVN_STOP_LOSS_PCT: '0.4', CVN_TAKE_PROFIT_PCT: '0.6' })));
		await approved(env, Object.fromEntries(await changesOf(env, { CVN_STOP_LOSS_PCT: '0.8', CVN_TAKE_PROFIT_PCT: '1.5' })));
		await unchanged(async () => {
			const body = way === 'import' ? { values: { CVN_TAKE_PROFIT_PCT: '0.6' } } : { from: source, names: ['CVN_TAKE_PROFIT_PCT'] };
			const { errors } = expect(await (way === 'import' ? bring(body) : promote(body)), 422, 'invalid');
			assert.deepEqual(errors.map((e) => e.name).sort(), ['CVN_STOP_LOSS_PCT', 'CVN_TAKE_PROFIT_PCT']);
		});
	});

	test(`${way}: of several at once based on one version exactly one is written`, async () => {
		const values = { [PLAIN]: anotherTime() };
		await approved(source, values);
		const match = `"${await version(env)}"`;
		const act = () => (way === 'import' ? bring({ values }, { match }) : promote({ from: source, names: [PLAIN] }, { match }));
		const replies = await Promise.all(Array.from({ length: 4 }, act));
		assert.deepEqual(replies.map((r) => r.status).sort(), [201, 412, 412, 412]);
		assert.equal(`"${await version(env)}"`, `"${Number(match.slice(1, -1)) + 1}"`);
	});
}

test('members of a document and of a promotion that are not understood are refused whole', async () => {
	await unchanged(async () => {
		for (const wrong of [{ values: [] }, { values: null }, { values: undefined }, { values: { [PLAIN]: null } }, { values: { [PLAIN]: 80 } },
			{ environment: 'No' }, { environment: 1 }, { version: 0 }, { version: -1 }, { version: '1' }, { version: 1.5 }, { catalog_version: 0 }]) {
			expect(await bring({ values: { [PLAIN]: '3s' }, ...wrong }), 400, 'malformed');
		}
		for (const wrong of [{ from: undefined }, { from: null }, { from: 'No' }, { from: 1 }, { from_version: 0 }, { from_version: '1' }, { names: PLAIN },
			{ names: [1] }, { names: [null] }, { names: {} }, { names: [[PLAIN]] }]) {
			expect(await promote({ from: source, names: [PLAIN], ...wrong }), 400, 'malformed');
		}
		expect(await bring({ values: Object.fromEntries(Array.from({ length: 4097 }, (_, i) => [`CVN_${i}`, '1'])) }), 413, 'too_large');
		expect(await promote({ from: source, names: Array.from({ length: 4097 }, (_, i) => `CVN_${i}`) }), 413, 'too_large');
	});
});

test('a promotion needs a role in both environments, and the editor\'s only in the one that is written', async () => {
	const { login, as, forget } = await operator({ sql, url, credentials }, env, 'editor');
	const act = (from, where) =>
		as('POST', `/api/config/${where}/promote`, { headers: { 'If-Match': '*' }, body: { from, names: [PLAIN], reason: 'a test' } });
	await approved(source, { [PLAIN]: anotherTime() });
	try {
		await unchanged(async () => {
			assert.match(expect(await act(source, env), 403, 'forbidden').detail, new RegExp(source));
			expect(await act('nowhere', env), 403, 'forbidden'); // not told whether there is one
			expect(await act(env, source), 403, 'forbidden');
		});
		await sql(`insert into operator_roles (login, environment, role) values ('${login}', '${source}', 'viewer')`);
		assert.equal(expect(await act(source, env), 201).created_by, login);
		expect(await act(env, source), 403, 'forbidden');
	} finally {
		await forget();
	}
});

test('a comparison is of two environments in which one holds a role, and says what differs on either side', async () => {
	const [mine, yours] = [anotherTime(), anotherTime()];
	await approved(env, { [PLAIN]: mine });
	await approved(source, { [PLAIN]: yours });
	const compare = (left, right, role = 'viewer') => call(role, 'GET', `/api/config/${left}/compare/${right}`);
	const [ours, theirs] = [expect(await compare(env, source), 200), expect(await compare(source, env), 200)];
	assert.deepEqual(Object.keys(ours).sort(), ['differences', 'left', 'right']);
	assert.deepEqual([ours.left, ours.right, theirs.left, theirs.right], [env, source, source, env]);
	const [here, there] = [(await exported()).values, (await exported(source)).values];
	assert.deepEqual(ours.differences.find((d) => d.name === PLAIN), { name: PLAIN, left: here[PLAIN], right: there[PLAIN] });
	assert.deepEqual(theirs.differences, ours.differences.map(({ name, left, right }) => ({ name, left: right, right: left })));
	const differing = Object.keys({ ...here, ...there }).filter((name) => here[name] !== there[name]).sort();
	assert.deepEqual(ours.differences.map((d) => d.name), differing);

	assert.deepEqual(expect(await compare(env, env), 200), { left: env, right: env, differences: [] });
	for (const [left, right] of [[env, 'nowhere'], ['nowhere', env], ['nowhere', 'nowhere']]) {
		assert.match(expect(await compare(left, right), 404, 'not_found').detail, /nowhere/);
	}
	expect(await compare(env, 'No'), 404, 'not_found');
	expect(await compare(env, source, null), 401, 'unauthenticated');
	const { as, forget } = await operator({ sql, url, credentials }, env, 'viewer');
	try {
		expect(await as('GET', `/api/config/${env}/compare/${env}`), 200);
		for (const [left, right] of [[env, source], [source, env], [env, 'nowhere']]) {
			expect(await as('GET', `/api/config/${left}/compare/${right}`), 403, 'forbidden');
		}
	} finally {
		await forget();
	}
});

test('a copy of an environment begins as the other one is, critical values too, and goes its own way', async () => {
	const name = `test-copy-${randomUUID().slice(0, 8)}`;
	await approved(source, { [CRITICAL]: another(), [PLAIN]: anotherTime() });
	const make = (role, body) => call(role, 'POST', '/api/environments', { body });
	await unchanged(async () => {
		for (const role of ['viewer', 'editor', 'approver']) expect(await make(role, { environment: name, copy_from: source }), 403, 'forbidden');
		expect(await make(null, { environment: name, copy_from: source }), 401, 'unauthenticated');
		expect(await make('admin', { environment: name, copy_from: name }), 404, 'not_found');
		expect(await make('admin', { environment: source, copy_from: source }), 409, 'exists');
	});
	assert.deepEqual(expect(await make('admin', { environment: name, copy_from: source }), 201), { environment: name, version: 1 });
	const sources = async (where) => {
		const { values, sources } = (await call('viewer', 'GET', `/api/config/${where}`)).body;
		return Object.keys(values).map((key) => [key, values[key], sources[key].source]);
	};
	assert.deepEqual(await sources(name), await sources(source));
	assert.deepEqual((await exported(name)).values, (await exported(source)).values);
	const kept = await read(PLAIN, name);
	await approved(source, { [PLAIN]: anotherTime() });
	assert.equal(await read(PLAIN, name), kept);
	const { kind, diff } = (await call('viewer', 'GET', `/api/history?environment=${name}`)).body.entries[0];
	assert.equal(kind, 'create');
	assert.deepEqual(diff.find((d) => d.name === CRITICAL).new, (await exported(source)).values[CRITICAL]);
	assert.deepEqual(expect(await promote({ from: name, names: [PLAIN] }, { where: source }), 201).diff.map((d) => d.new), [kept]);
});
