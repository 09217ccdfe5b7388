// Goal: a change set goes where the lifecycle says, and each of its guards holds against somebody who tries.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';

import { another, anotherTime } from '../lib/another.mjs';
import { replaysAfterEach } from '../lib/replay.mjs';
import { request, stack } from '../lib/stack.mjs';
import { environment } from './environment.mjs';
import { operator as anotherOperator } from './operator.mjs';

const { call, credentials, sql, url, version, save, state } = stack();
replaysAfterEach(sql);
const CRITICAL = 'CVN_MAX_POSITION_USD';
const PLAIN = 'CVN_COOLDOWN';
const env = await environment(sql, 'test-changes');
const made = [];

async function create(changes, { submit = true, role = 'editor', match = '*' } = {}) {
	const body = { environment: env, changes, reason: 'a test', submit };
	const reply = await call(role, 'POST', '/api/changes', { headers: { 'If-Match': match }, body });
	if (reply.status === 201) made.push(reply.body.id);
	return reply;
}

const verb = (role, id, name, body = {}) => call(role, 'POST', `/api/changes/${id}/${name}`, { body });
const edit = (id, changes) => call('editor', 'PATCH', `/api/changes/${id}`, { body: { changes } });
const approve = (id, content_hash, role = 'approver') => verb(role, id, 'approve', { content_hash });
const read = async (id) => (await call('viewer', 'GET', `/api/changes/${id}`)).body;
const value = async (name) => (await call('viewer', 'GET', `/api/config/${env}/${name}`)).body.value;

function expect(reply, status, code) {
	assert.equal(reply.status, status, JSON.stringify(reply.body));
	if (code) assert.equal(reply.body.code, code);
	return reply.body;
}

async function pending(changes = { [CRITICAL]: another() }) {
	const change = expect(await create(changes), 201);
	assert.equal(change.state, 'pending_approval');
	return change;
}

// Whether a refusal left all that could have been written as it was.
async function unchanged(id, act) {
	const before = [await read(id), await version(env)];
	await act();
	assert.deepEqual([await read(id), await version(env)], before);
}

const operator = (...roles) => anotherOperator({ sql, url, credentials }, env, ...roles);

after(async () => {
	for (const id of made) {
		const { state } = await read(id);
		if (state === 'draft' || state === 'pending_approval') await verb('editor', id, 'withdraw');
	}
	if ((await value(CRITICAL)) !== '50000') {
		const change = (await create({ [CRITICAL]: null })).body;
		await approve(change.id, change.content_hash);
	}
});

test('nothing critical: active in one request, as one version', async () => {
	const before = await version(env);
	const wanted = { [PLAIN]: anotherTime(), CVN_FILTER_TREND: (await value('CVN_FILTER_TREND')) === 'true' ? 'false' : 'true' };
	const change = expect(await create(wanted, { match: `"${before}"` }), 201);
	assert.deepEqual([change.state, change.version, change.base_version, change.decided_by], ['active', before + 1, before, null]);
	assert.deepEqual(change.diff.map((d) => Object.keys(d).sort()), [['name', 'new', 'old'], ['name', 'new', 'old']]);
	assert.deepEqual(change.events.map((e) => e.event), ['submit', 'activate']);
	assert.deepEqual(Object.keys(change.propagation).sort(), ['applied', 'state', 'total', 'workers']);
	assert.equal(await value('CVN_FILTER_TREND'), wanted.CVN_FILTER_TREND);
	expect(await save('editor', env, { [PLAIN]: null, CVN_FILTER_TREND: null }), 200);
	assert.equal((await read(change.id)).state, 'superseded');
	assert.deepEqual((await read(change.id)).diff, change.diff);
});

test('a draft waits, is edited, submitted and approved; the history names both', async () => {
	const draft = expect(await create({ [CRITICAL]: another() }, { submit: false }), 201);
	assert.deepEqual([draft.state, draft.version, draft.propagation], ['draft', null, null]);
	const body = { changes: { [CRITICAL]: another() }, reason: 'better' };
	const edited = expect(await call('editor', 'PATCH', `/api/changes/${draft.id}`, { body }), 200);
	assert.notEqual(edited.content_hash, draft.content_hash);
	assert.deepEqual([edited.state, edited.reason, edited.edited_by], ['draft', 'better', 'editor']);
	expect(await approve(draft.id, edited.content_hash), 409, 'wrong_state');
	expect(await verb('editor', draft.id, 'submit'), 200);
	const reply = await approve(draft.id, edited.content_hash);
	const active = expect(reply, 200);
	assert.deepEqual([active.state, active.created_by, active.decided_by], ['active', 'editor', 'approver']);
	assert.equal(reply.headers.etag, `"${active.version}"`);
	assert.equal(await value(CRITICAL), edited.diff[0].new);
	const [row] = await sql(`select changed_by, approved_by, change_reason, request_id from config_history
		where environment = '${env}' and version = ${active.version}`);
	assert.deepEqual(row, { changed_by: 'editor', approved_by: 'approver', change_reason: 'better', request_id: reply.headers['x-request-id'] });
});

test('roles: an editor does not approve, an approver does not write, a viewer neither', async () => {
	const change = await pending();
	await unchanged(change.id, async () => {
		for (const role of ['viewer', 'editor', 'admin']) expect(await approve(change.id, change.content_hash, role), 403, 'forbidden');
		for (const role of ['viewer', 'approver', 'admin']) expect(await verb(role, change.id, 'withdraw'), 403, 'forbidden');
		expect(await create({ [CRITICAL]: another() }, { role: 'approver' }), 403, 'forbidden');
	});
});

test('nobody approves their own change, by a role granted in between or by a token neither', async () => {
	const other = await operator('editor');
	try {
		const headers = { 'If-Match': '*' };
		const mine = { environment: env, changes: { [CRITICAL]: another() }, reason: 'mine', submit: true };
		const change = expect(await other.as('POST', '/api/changes', { headers, body: mine }), 201);
		made.push(change.id);
		const body = { content_hash: change.content_hash };
		const path = `/api/changes/${change.id}/approve`;
		await unchanged(change.id, async () => {
			await sql(`insert into operator_roles (login, environment, role) values ('${other.login}', 'paper', 'approver')`);
			const missing = expect(await other.as('POST', path, { body }), 403, 'forbidden'); // held elsewhere
			assert.equal(missing.detail, `this needs the role approver in ${env}`);
			const elsewhere = expect(await other.as('POST', '/api/changes', { headers, body: { ...mine, environment: 'dev' } }), 403, 'forbidden');
			assert.equal(elsewhere.detail, 'this needs the role editor in its environment'); // which they hold nothing in
			await sql(`insert into operator_roles (login, environment, role) values ('${other.login}', '${env}', 'approver')`);
			expect(await other.as('POST', path, { body }), 403, 'own_change');
			expect(await other.as('POST', `/api/changes/${change.id}/reject`, { body: {} }), 403, 'own_change');
			const secret = randomBytes(32).toString('hex');
			await sql(`insert into operator_roles (login, environment, role) values ('${other.login}', '*', 'admin')`);
			await sql(`insert into tokens (name, sha256, role, environment, created_by)
				values ('t', encode(sha256(convert_to('${secret}', 'UTF8')), 'hex'), 'approver', '*', '${other.login}')`);
			expect(await request(url, 'POST', path, { headers: { Authorization: `Bearer ${secret}` }, body }), 403, 'own_change');
		});
		await sql(`delete from operator_roles where login = '${other.login}' and role = 'editor'`);
		await unchanged(change.id, async () => expect(await other.as('POST', `/api/changes/${change.id}/withdraw`, { body: {} }), 403, 'forbidden'));
	} finally {
		await other.forget();
	}
});

test('who edited it last does not approve it', async () => {
	const other = await operator('editor', 'approver');
	try {
		const change = await pending();
		const edited = expect(await other.as('PATCH', `/api/changes/${change.id}`, { body: { changes: { [CRITICAL]: another() } } }), 200);
		assert.equal(edited.state, 'draft');
		expect(await other.as('POST', `/api/changes/${change.id}/submit`, { body: {} }), 200);
		await unchanged(change.id, async () => {
			expect(await other.as('POST', `/api/changes/${change.id}/approve`, { body: { content_hash: edited.content_hash } }), 403, 'own_change');
		});
		expect(await verb('editor', change.id, 'rebase'), 200); // no edit: it does not free the editor's hands
		expect(await other.as('POST', `/api/changes/${change.id}/approve`, { body: { content_hash: edited.content_hash } }), 403, 'own_change');
		expect(await approve(change.id, edited.content_hash), 200);
	} finally {
		await other.forget();
	}
});

test('an edit after the approver looked voids what they saw', async () => {
	const change = await pending();
	const edited = expect(await edit(change.id, { [CRITICAL]: another() }), 200);
	expect(await verb('editor', change.id, 'submit'), 200);
	await unchanged(change.id, async () => {
		expect(await approve(change.id, change.content_hash), 409, 'stale_approval');
		expect(await approve(change.id, ''), 409, 'stale_approval');
		expect(await verb('approver', change.id, 'approve', {}), 400, 'malformed');
	});
	expect(await approve(change.id, edited.content_hash), 200);
});

test('a base that moved under what it touches voids it until a rebase; one beside it does not', async () => {
	const first = await pending({ [CRITICAL]: another(), [PLAIN]: '77s' });
	const beside = expect(await create({ CVN_STOP_LOSS_PCT: '0.41' }), 201);
	assert.equal(beside.state, 'active');
	expect(await create({ [PLAIN]: '78s' }), 201);
	await unchanged(first.id, async () => {
		const refusal = expect(await approve(first.id, first.content_hash), 409, 'stale_approval');
		assert.equal(refusal.current_version, await version(env));
		assert.equal(refusal.diff.find((d) => d.name === PLAIN).old, '78s');
	});
	const rebased = expect(await verb('editor', first.id, 'rebase'), 200);
	assert.equal(rebased.state, 'pending_approval');
	assert.notEqual(rebased.content_hash, first.content_hash);
	expect(await approve(first.id, first.content_hash), 409, 'stale_approval');
	expect(await create({ CVN_STOP_LOSS_PCT: null }), 201);
	expect(await approve(first.id, rebased.content_hash), 200);
	expect(await create({ [PLAIN]: null }), 201);
});

test('what would not be valid any more is not approved', async () => {
	const change = await pending({ [CRITICAL]: another(), CVN_TAKE_PROFIT_PCT: '0.9' });
	expect(await create({ CVN_STOP_LOSS_PCT: '1.2' }), 201);
	try {
		await unchanged(change.id, async () => {
			const refusal = expect(await approve(change.id, change.content_hash), 422, 'invalid');
			assert.deepEqual(refusal.errors.map((e) => e.name).sort(), ['CVN_STOP_LOSS_PCT', 'CVN_TAKE_PROFIT_PCT']);
		});
	} finally {
		expect(await create({ CVN_STOP_LOSS_PCT: null }), 201);
	}
});

test('two approvals at once: exactly one wins', async () => {
	for (let round = 0; round < 5; round++) {
		const change = await pending();
		const before = await version(env);
		const replies = await Promise.all([approve(change.id, change.content_hash), approve(change.id, change.content_hash)]);
		assert.deepEqual(replies.map((r) => r.status).sort(), [200, 409]);
		assert.equal(replies.find((r) => r.status === 409).body.code, 'wrong_state');
		assert.equal((await read(change.id)).version, before + 1);
		assert.equal(await version(env), before + 1);
	}
});

test('approve and withdraw at once, approve and edit at once: exactly one wins', async () => {
	for (let round = 0; round < 5; round++) {
		const change = await pending();
		const before = await version(env);
		const [approval, withdrawal] = await Promise.all([approve(change.id, change.content_hash), verb('editor', change.id, 'withdraw')]);
		assert.deepEqual([approval.status, withdrawal.status].sort(), [200, 409]);
		assert.equal((await read(change.id)).state, approval.status === 200 ? 'active' : 'withdrawn');
		assert.equal(await version(env), before + (approval.status === 200 ? 1 : 0));
		const next = await pending();
		const both = await Promise.all([approve(next.id, next.content_hash), edit(next.id, { [CRITICAL]: another() })]);
		assert.deepEqual(both.map((r) => r.status).sort(), [200, 409]);
		assert.equal((await read(next.id)).state, both[0].status === 200 ? 'active' : 'draft');
	}
});

test('an end is an end', async () => {
	const rejected = await pending();
	for (const comment of ['a\u001b[31mb', '\u202e', 'x'.repeat(4097), null, 1]) expect(await verb('approver', rejected.id, 'reject', { comment }), 400, 'malformed');
	assert.equal(expect(await verb('approver', rejected.id, 'reject', { comment: 'too much' }), 200).comment, 'too much');
	const withdrawn = await pending();
	expect(await verb('editor', withdrawn.id, 'withdraw'), 200);
	for (const { id, content_hash } of [rejected, withdrawn]) {
		await unchanged(id, async () => {
			for (const name of ['submit', 'withdraw', 'rebase']) expect(await verb('editor', id, name), 409, 'wrong_state');
			expect(await approve(id, content_hash), 409, 'wrong_state');
			expect(await verb('approver', id, 'reject'), 409, 'wrong_state');
			expect(await edit(id, { [CRITICAL]: another() }), 409, 'wrong_state');
		});
	}
});

test('a request that is refused stores nothing, as a draft neither', async () => {
	const count = async () => (await sql('select count(*) as n from config_changes'))[0].n;
	const before = [await count(), await version(env)];
	const stale = await create({ [PLAIN]: '33s' }, { match: '"0"' });
	assert.equal(expect(stale, 412, 'stale').current_version, before[1]);
	const plain = { environment: env, changes: { [PLAIN]: '33s' }, reason: 'x' };
	const post = (body, headers = { 'If-Match': '*' }) => call('editor', 'POST', '/api/changes', { headers, body });
	expect(await post(plain, {}), 428, 'precondition_required');
	expect(await create({ [PLAIN]: await value(PLAIN) }), 422, 'no_change');
	expect(await create({ CVN_NONE: '1', [PLAIN]: 'soon' }), 422, 'invalid');
	expect(await create({}), 422, 'no_change');
	expect(await post({ ...plain, reason: ' ' }), 422, 'invalid');
	expect(await post({ ...plain, environment: 'nowhere' }), 404, 'not_found');
	expect(await post({ ...plain, more: 1 }), 400, 'malformed');
	expect(await post({ ...plain, submit: 'yes' }), 400, 'malformed');
	assert.deepEqual([await count(), await version(env)], before);
	for (const id of ['0', '999999999', 'x', '1e3']) expect(await call('viewer', 'GET', `/api/changes/${id}`), 404, 'not_found');
});

test('who made a parameter easier to write writes it only with approval', async () => {
	const other = await operator('editor', 'admin');
	const name = 'CVN_FILTER_NEWS';
	const wanted = { [name]: (await value(name)) === 'true' ? 'false' : 'true' };
	try {
		await sql(`insert into variable_catalog_history (name, catalog_version, action, old, new, changed_by, change_reason)
			values ('${name}', 0, 'update', '{"critical": true}', '{"critical": false}', '${other.login}', 'easier')`);
		const headers = { 'If-Match': '*' };
		const refusal = await other.as('POST', `/api/config/${env}`, { headers, body: { changes: wanted, reason: 'now' } });
		expect(refusal, 403, 'critical_requires_approval');
		const plan = await other.as('POST', `/api/config/${env}/plan`, { body: { changes: wanted } });
		assert.deepEqual([plan.body.critical, plan.body.needs_approval], [[name], true]);
		const mine = { environment: env, changes: wanted, reason: 'now', submit: true };
		const change = expect(await other.as('POST', '/api/changes', { headers, body: mine }), 201);
		made.push(change.id);
		assert.equal(change.state, 'pending_approval');
		const plain = await call('editor', 'POST', `/api/config/${env}/plan`, { body: { changes: wanted } });
		assert.equal(plain.body.needs_approval, false);
		const draft = expect(await create(wanted, { submit: false }), 201); // another's draft, edited and submitted
		expect(await other.as('PATCH', `/api/changes/${draft.id}`, { body: { changes: { ...wanted, [PLAIN]: '44s' } } }), 200);
		assert.equal(expect(await verb('editor', draft.id, 'submit'), 200).state, 'pending_approval');
	} finally {
		await other.forget();
	}
});

test('a parameter that becomes critical needs approval from then on, whatever was drafted before', async () => {
	const name = 'CVN_FILTER_VOLUME';
	const [{ critical }] = await sql(`select critical from variable_catalog where name = '${name}'`);
	assert.equal(critical, 'f');
	const wanted = { [name]: (await value(name)) === 'true' ? 'false' : 'true' };
	const draft = expect(await create(wanted, { submit: false }), 201);
	await sql(`update variable_catalog set critical = true where name = '${name}'`);
	try {
		expect(await save('editor', env, wanted), 403, 'critical_requires_approval');
		const pending = expect(await verb('editor', draft.id, 'submit'), 200);
		assert.equal(pending.state, 'pending_approval');
		await sql(`update variable_catalog set critical = false where name = '${name}'`);
		await unchanged(draft.id, async () => expect(await approve(draft.id, pending.content_hash, 'editor'), 403, 'forbidden'));
		expect(await approve(draft.id, pending.content_hash), 200); // still its way, though nothing is critical any more
	} finally {
		await sql(`update variable_catalog set critical = false where name = '${name}'`);
	}
	expect(await save('editor', env, { [name]: null }), 200);
});

test('lists are filtered and paged without a gap or a repetition', async () => {
	for (let i = 0; i < 5; i++) await create({ [PLAIN]: `${i + 1}s` }, { submit: false });
	const seen = [];
	let cursor = '';
	do {
		const page = expect(await call('viewer', 'GET', `/api/changes?environment=${env}&created_by=editor&state=draft&limit=2${cursor}`), 200);
		assert.ok(page.changes.length <= 2);
		assert.ok(page.changes.every((c) => c.state === 'draft' && c.environment === env && c.created_by === 'editor'));
		seen.push(...page.changes.map((c) => c.id));
		cursor = page.next_cursor === null ? null : `&cursor=${page.next_cursor}`;
	} while (cursor !== null);
	const rows = await sql(`select id from config_changes where environment = '${env}' and created_by = 'editor' and state = 'draft' order by id desc`);
	assert.deepEqual(seen, rows.map((r) => Number(r.id)));
	for (const query of ['state=gone', 'limit=0', 'limit=201', 'cursor=x', 'environment=*', 'more=1']) {
		expect(await call('viewer', 'GET', `/api/changes?${query}`), 400, 'malformed');
	}
});

test('approval is in the log and in the events', async () => {
	const change = await pending();
	const active = expect(await approve(change.id, change.content_hash), 200);
	const text = readFileSync(`${state}/log/cvn-config-api.log`, 'utf8').split('\n');
	const lines = text.filter((l) => l.includes('"config_change_')).map((l) => JSON.parse(l));
	const line = lines.find((l) => l.event === 'config_change_approved' && l.change_id === change.id);
	assert.deepEqual([line.env, line.config_version, line.changed_by], [env, active.version, 'approver']);
	const saved = lines.find((l) => l.event === 'config_change_saved' && l.env === env && l.config_version === active.version);
	assert.deepEqual([saved.parameter_name, saved.changed_by], [CRITICAL, 'editor']);
});

test('a change set is found by the request that made it, and by each that did something to it', async () => {
	const id = `test-${Date.now().toString(36)}-${process.pid}`;
	const headers = { 'If-Match': '*', 'X-Request-Id': id };
	const body = { environment: env, changes: { [PLAIN]: '41s' }, reason: 'a test' };
	const made = expect(await call('editor', 'POST', '/api/changes', { headers, body }), 201);
	const found = async (request) => expect(await call('viewer', 'GET', `/api/changes?request_id=${request}`), 200).changes;
	assert.deepEqual((await found(id)).map((change) => change.id), [made.id]);
	assert.deepEqual(await found(`${id}-not`), []);

	const verbs = [['editor', 'PATCH', '', { changes: { [CRITICAL]: '1234' } }], ['editor', 'POST', '/submit', {}], ['editor', 'POST', '/rebase', {}], ['approver', 'POST', '/reject', { comment: 'no' }],
		['editor', 'PATCH', '', { changes: { [PLAIN]: '42s' } }], ['editor', 'POST', '/withdraw', {}]];
	const wanted = [];
	for (const [i, [role, method, verb, content]] of verbs.entries()) {
		const request = `${id}-${i}`;
		const done = await call(role, method, `/api/changes/${made.id}${verb}`, { headers: { 'X-Request-Id': request }, body: content });
		assert.deepEqual((await found(request)).map((change) => change.id), done.status === 200 ? [made.id] : [], `${method} ${verb}: ${done.status}`);
		if (done.status === 200) wanted.push(request);
	}
	const { events } = expect(await call('viewer', 'GET', `/api/changes/${made.id}`), 200);
	assert.deepEqual(events.map((event) => event.request_id), wanted);
	assert.ok(wanted.length >= 4, 'edit, submit, rebase and reject hold');
});
