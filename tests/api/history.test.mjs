// Goal: the history says all that was written, in any form, at any place; nobody alters it; and it brings values back.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { anotherTime } from '../lib/another.mjs';
import { replaysAfterEach } from '../lib/replay.mjs';
import { stack } from '../lib/stack.mjs';
import { environment } from './environment.mjs';

const { call, sql, version, save } = stack();
replaysAfterEach(sql);
const env = await environment(sql, 'test-history');
const PLAIN = 'CVN_COOLDOWN';
const CRITICAL = 'CVN_MAX_POSITION_USD';

function expect(reply, status, code) {
	assert.equal(reply.status, status, JSON.stringify(reply.body));
	if (code) assert.equal(reply.body.code, code);
	return reply.body;
}

const value = async (name) => (await call('viewer', 'GET', `/api/config/${env}/${name}`)).body.value;
const history = (query, headers = {}) => call('viewer', 'GET', `/api/history?${query}`, { headers });
const newest = async () => expect(await history(`environment=${env}&limit=1`), 200).entries[0];
const restore = (id, body, role = 'editor', headers = { 'If-Match': '*' }) => call(role, 'POST', `/api/history/${id}/restore`, { headers, body });

async function approve(change) {
	const body = { content_hash: change.content_hash };
	return expect(await call('approver', 'POST', `/api/changes/${change.id}/approve`, { body }), 200);
}

// A critical parameter changes by a change set, which is approved.
async function setCritical(text) {
	const body = { environment: env, changes: { [CRITICAL]: text }, reason: 'a test', submit: true };
	return approve(expect(await call('editor', 'POST', '/api/changes', { headers: { 'If-Match': '*' }, body }), 201));
}

after(async () => {
	if ((await value(PLAIN)) !== '1m') expect(await save('editor', env, { [PLAIN]: null }), 200);
	if ((await value(CRITICAL)) !== '50000') await setCritical(null);
});

test('pages join without a gap or a repetition, for each filter, while others write', async () => {
	for (let i = 0; i < 7; i++) expect(await save('editor', env, { [PLAIN]: anotherTime() }), 200);
	const filters = {
		'': 'true',
		[`&name=${PLAIN}`]: `diff ? '${PLAIN}'`,
		'&changed_by=editor': `changed_by = 'editor'`,
		'&name=CVN_SYMBOLS': `diff ? 'CVN_SYMBOLS'`,
	};
	for (const [query, condition] of Object.entries(filters)) {
		const rows = await sql(`select id from config_history where environment = '${env}' and ${condition} order by id desc`);
		const expected = rows.map((row) => Number(row.id));
		const seen = [];
		for (let cursor = ''; cursor !== null;) {
			const page = expect(await history(`environment=${env}${query}&limit=3${cursor}`), 200);
			if (cursor === '') expect(await save('editor', env, { [PLAIN]: anotherTime() }), 200);
			assert.ok(page.entries.length <= 3);
			seen.push(...page.entries.map((e) => e.id));
			cursor = page.next_cursor === null ? null : `&cursor=${page.next_cursor}`;
		}
		assert.deepEqual(seen, expected, query);
	}
});

test('times, request ids and change sets find what they name', async () => {
	const headers = { 'If-Match': '*', 'X-Request-Id': `t-${Date.now()}` };
	expect(await call('editor', 'POST', `/api/config/${env}/${PLAIN}`, { headers, body: { value: anotherTime(), reason: 'found again' } }), 200);
	const [entry] = expect(await history(`request_id=${headers['X-Request-Id']}`), 200).entries;
	assert.deepEqual([entry.reason, entry.changed_by, entry.approved_by], ['found again', 'editor', null]);
	assert.deepEqual(Object.keys(entry.diff[0]).sort(), ['name', 'new', 'old']);
	const [{ at }] = await sql(`select to_char(changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
		from config_history where id = ${entry.id}`);
	const since = expect(await history(`environment=${env}&since=${at}`), 200).entries;
	assert.deepEqual(since.map((e) => e.id), [entry.id]);
	assert.ok(expect(await history(`environment=${env}&until=${at}&limit=200`), 200).entries.every((e) => e.id < entry.id));
	const { entries } = expect(await history(`change_id=${entry.change_id}`), 200);
	assert.deepEqual(entries, [entry]);
	assert.deepEqual(expect(await history(`change_id=${entry.change_id}&environment=dev`), 200).entries, []);
	expect(await history('change_id=x'), 400, 'malformed');
	const refused = await history('since=yesterday');
	expect(refused, 400, 'malformed');
	assert.match(refused.body.detail, /^since .* such as 2026-01-31T08:00:00Z/);
	expect(await history('cursor=-1'), 400, 'malformed');
});

test('CSV and NDJSON are all of it', async () => {
	const reason = `a "quoted", reason, ${Date.now()}`;
	expect(await save('editor', env, { [PLAIN]: anotherTime(), CVN_SYMBOLS: '["BTCUSDT"]' }, reason), 200);
	const { headers } = await save('editor', env, { CVN_SYMBOLS: null });
	const rows = await sql(`select id, row_hash from config_history where environment = '${env}' order by id desc`);
	const lines = await history(`environment=${env}`, { Accept: 'application/x-ndjson' });
	assert.equal(lines.headers['content-type'], 'application/x-ndjson');
	const entries = lines.body.trimEnd().split('\n').map((line) => JSON.parse(line));
	assert.deepEqual(entries.map((e) => [String(e.id), e.row_hash]), rows.map((r) => [r.id, r.row_hash]));
	const page = expect(await history(`environment=${env}&limit=1`), 200);
	assert.deepEqual(entries[0], page.entries[0]);
	assert.deepEqual([entries[0].kind, entries[0].request_id], ['save', headers['x-request-id']]);

	const csv = await history(`environment=${env}`, { Accept: 'text/csv' });
	assert.equal(csv.headers['content-type'], 'text/csv');
	assert.ok(csv.body.startsWith('id,environment,version,change_id,changed_at,changed_by,approved_by,reason,name,old,new,row_hash,kind,request_id\r\n'));
	assert.ok(csv.body.split('\r\n')[1].endsWith(`,${entries[0].row_hash},save,${headers['x-request-id']}`));
	const count = entries.reduce((n, e) => n + Math.max(1, e.diff.length), 0);
	assert.equal(csv.body.split('\r\n').length, count + 2);
	assert.ok(csv.body.includes(`"${reason.replaceAll('"', '""')}",CVN_SYMBOLS,`));
	assert.ok(csv.body.includes(',"[""BTCUSDT""]",'));
	for (const [accept, type] of [['application/json;q=0.5, text/csv', 'text/csv'], ['text/csv;q=0.1, application/x-ndjson;q=0.2', 'application/x-ndjson'],
		['text/csv;q=0', 'application/json'], ['*/*', 'application/json'], ['application/json, text/csv;q=0.9', 'application/json']])
		assert.equal((await history(`environment=${env}`, { Accept: accept })).headers['content-type'], type, accept);
	expect(await history('limit=5', { Accept: 'text/csv' }), 400, 'malformed');
	expect(await history('name=x', { Accept: 'text/csv' }), 400, 'malformed');
	const unknown = await history('changed_by=nobody-at-all', { Accept: 'application/x-ndjson' });
	assert.deepEqual([unknown.status, unknown.body], [200, null]);
});

// Versions that only SQL makes fast enough, so that the history is longer than one part of a stream.
async function lengthen(rows) {
	await sql(`do $$
		declare
			v_at record;
		begin
			for i in 1..${rows} - (select count(*) from config_history where environment = '${env}') loop
				select r.version, r.value, case r.value when '31s' then '32s' else '31s' end as next into v_at
				from resolved_config r where r.environment = '${env}' and r.name = '${PLAIN}';
				perform config_write('${env}', 'save', v_at.version, jsonb_build_object('${PLAIN}', v_at.next),
					jsonb_build_array(jsonb_build_object('name', '${PLAIN}', 'old', v_at.value, 'new', v_at.next)),
					null, 'editor', null, 'a long history', null);
			end loop;
		end $$`);
}

test('a stream longer than a part has every row once', async () => {
	await lengthen(1100);
	const rows = await sql(`select id from config_history where environment = '${env}' order by id desc`);
	const lines = await history(`environment=${env}`, { Accept: 'application/x-ndjson' });
	const found = lines.body.trimEnd().split('\n').map((line) => JSON.parse(line).id);
	assert.ok(found.length >= 1100);
	assert.deepEqual(found, rows.map((row) => Number(row.id)));
	const csv = await history(`environment=${env}&name=${PLAIN}`, { Accept: 'text/csv' });
	const named = await sql(`select id from config_history where environment = '${env}' and diff ? '${PLAIN}' order by id desc`);
	const ids = csv.body.split('\r\n').slice(1, -1).filter((line) => line.includes(`,${PLAIN},`)).map((line) => line.split(',')[0]);
	assert.deepEqual(ids, named.map((row) => row.id));
});

test('the chain is verified, and a row that is altered behind the triggers is found', async () => {
	const good = expect(await call('viewer', 'GET', `/api/history/verify?environment=${env}`), 200);
	assert.deepEqual([good.ok, good.broken_at], [true, null]);
	assert.ok(good.checked >= 1);
	const [broken] = await sql(`begin; set local session_replication_role = replica;
		update config_history set change_reason = 'another' where environment = '${env}' and version = 2;
		select broken_at from history_verify('${env}'); rollback`, (await superuser()));
	assert.equal(broken.broken_at, '2');
	for (const statement of [`update config_history set change_reason = 'x'`, 'delete from config_history',
		'truncate config_history cascade', 'delete from config_history_names']) await assert.rejects(sql(statement), /append-only/);
	expect(await call('viewer', 'GET', '/api/history/verify?environment=nowhere'), 404, 'not_found');
	expect(await call('viewer', 'GET', '/api/history/verify'), 400, 'malformed');
});

// The same server as the schema's owner has, as its superuser.
async function superuser() {
	const { run } = stack();
	return run.database.replace(/user=\S+/, 'user=postgres');
}

test('restore sets exactly the names of the entry, and goes back before it', async () => {
	expect(await save('editor', env, { [PLAIN]: '21s', CVN_FILTER_TREND: 'false' }), 200);
	expect(await save('editor', env, { [PLAIN]: '22s' }), 200);
	const entry = await newest();
	expect(await save('editor', env, { [PLAIN]: '23s', CVN_FILTER_TREND: 'true' }), 200);
	const restored = expect(await restore(entry.id, { reason: 'back to it' }), 201);
	assert.deepEqual([restored.state, restored.kind, restored.reason], ['active', 'restore', 'back to it']);
	assert.deepEqual(restored.diff, [{ name: PLAIN, old: '23s', new: '22s' }]);
	assert.equal(await value('CVN_FILTER_TREND'), 'true');
	const before = expect(await restore(entry.id, { reason: 'before it', to: 'before' }), 201);
	assert.deepEqual(before.diff, [{ name: PLAIN, old: '22s', new: '21s' }]);
	assert.equal(await value(PLAIN), '21s');
	expect(await restore(entry.id, { reason: 'again', to: 'before' }), 422, 'no_change');
	expect(await save('editor', env, { [PLAIN]: null, CVN_FILTER_TREND: null }), 200);
});

test('restore meets the guards of every write', async () => {
	expect(await save('editor', env, { [PLAIN]: anotherTime() }), 200);
	const entry = await newest();
	expect(await save('editor', env, { [PLAIN]: anotherTime() }), 200);
	const count = async () => (await sql(`select count(*) as n from config_changes where environment = '${env}'`))[0].n;
	const before = [await version(env), await count()];
	expect(await restore(entry.id, { reason: 'x' }, 'editor', {}), 428, 'precondition_required');
	expect(await restore(entry.id, { reason: 'x' }, 'editor', { 'If-Match': '"1"' }), 412, 'stale');
	expect(await restore(entry.id, { reason: '' }), 422, 'invalid');
	expect(await restore(entry.id, { reason: 'x', to: 'after' }), 400, 'malformed');
	for (const role of ['viewer', 'approver', 'admin']) expect(await restore(entry.id, { reason: 'x' }, role), 403, 'forbidden');
	for (const id of ['0', '99999999999', 'x']) expect(await restore(id, { reason: 'x' }), 404, 'not_found');
	assert.deepEqual([await version(env), await count()], before);
});

test('restore of a critical value waits for the approval of somebody else', async () => {
	await setCritical('51000');
	const entry = await newest();
	await setCritical('52000');
	const change = expect(await restore(entry.id, { reason: 'back' }), 201);
	assert.equal(change.state, 'pending_approval');
	assert.equal(await value(CRITICAL), '52000');
	const body = { content_hash: change.content_hash };
	expect(await call('editor', 'POST', `/api/changes/${change.id}/approve`, { body }), 403, 'forbidden');
	assert.equal((await approve(change)).state, 'active');
	assert.equal(await value(CRITICAL), '51000');
	const [row] = await sql(`select kind, changed_by, approved_by from config_history where environment = '${env}' order by id desc limit 1`);
	assert.deepEqual(row, { kind: 'restore', changed_by: 'editor', approved_by: 'approver' });
});
