// Goal: reading: entity tags, past versions, lists, and what a path or a query may be.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { replaysAfterEach } from '../lib/replay.mjs';
import { stack } from '../lib/stack.mjs';

const { call, sql } = stack();
replaysAfterEach(sql);

test('a configuration has a strong tag, and 304 for who has it', async () => {
	for (let attempt = 0; ; attempt++) {
		const first = await call('viewer', 'GET', '/api/config/live');
		assert.equal(first.status, 200);
		assert.equal(first.headers.etag, `"${first.body.version}"`);
		assert.equal(first.headers['cache-control'], 'no-store');
		const again = await call('viewer', 'GET', '/api/config/live', { headers: { 'If-None-Match': first.headers.etag } });
		if (again.status === 200 && again.body.version !== first.body.version && attempt < 5) continue;
		assert.equal(again.status, 304);
		assert.equal(again.body, null);
		assert.equal(again.headers.etag, first.headers.etag);
		for (const path of ['/api/config/live', '/api/config/live/CVN_COOLDOWN', `/api/config/live?version=${first.body.version}`]) {
			for (const tags of [`W/${first.headers.etag}`, `"999999", ${first.headers.etag}`, '*']) {
				const { status } = await call('viewer', 'GET', path, { headers: { 'If-None-Match': tags } });
				assert.equal(status, 304, `${path} ${tags}`);
			}
		}
		const other = await call('viewer', 'GET', '/api/config/live', { headers: { 'If-None-Match': '"999999"' } });
		assert.equal(other.status, 200);
		return;
	}
});

test('the values are the resolved ones of the database, with where they come from', async () => {
	for (let attempt = 0; ; attempt++) {
		const { body } = await call('viewer', 'GET', '/api/config/live');
		const rows = await sql(`select name, value, source, version from resolved_config where environment = 'live'`);
		if (Number(rows[0].version) !== body.version && attempt < 5) continue;
		assert.deepEqual(body.values, Object.fromEntries(rows.filter(({ value }) => value !== null).map(({ name, value }) => [name, value])));
		assert.deepEqual(Object.keys(body.sources), Object.keys(body.values));
		for (const { name, source } of rows) assert.equal(body.sources[name]?.source ?? 'default', source, name);
		return;
	}
});

test('the first version is still there, and one that never was is 404', async () => {
	const { status, body } = await call('viewer', 'GET', '/api/config/live?version=1');
	assert.equal(status, 200);
	assert.equal(body.version, 1);
	assert.ok(Object.keys(body.values).length > 0);
	for (const version of ['999999', '0']) assert.equal((await call('viewer', 'GET', `/api/config/live?version=${version}`)).status, 404);
	for (const version of ['', 'x', '-1', '1.0', '01', '1&version=2'])
		assert.equal((await call('viewer', 'GET', `/api/config/live?version=${version}`)).status, 400, version);
});

test('two environments are compared by name', async () => {
	const { status, body } = await call('viewer', 'GET', '/api/config/dev/compare/live');
	assert.equal(status, 200);
	assert.deepEqual([body.left, body.right], ['dev', 'live']);
	assert.ok(body.differences.every(({ left, right }) => left !== right));
	const names = body.differences.map(({ name }) => name);
	assert.deepEqual(names, [...names].sort());
	assert.equal((await call('viewer', 'GET', '/api/config/dev/compare/nowhere')).status, 404);
	assert.deepEqual((await call('viewer', 'GET', '/api/config/live/compare/live')).body.differences, []);
});

test('the lists are there for every role', async () => {
	const members = { '/api/environments': 'environments', '/api/catalog': 'variables', '/api/rules': 'rules', '/api/workers': 'workers', '/api/operators': 'operators', '/api/history': 'entries' };
	for (const role of ['viewer', 'editor', 'approver', 'admin']) {
		for (const [path, member] of Object.entries(members)) {
			const { status, body } = await call(role, 'GET', path);
			assert.equal(status, 200, path);
			assert.ok(Array.isArray(body[member]), path);
		}
	}
});

test('an environment has exactly the members that are promised', async () => {
	const { body } = await call('viewer', 'GET', '/api/environments');
	assert.deepEqual(body.environments.map(({ environment }) => environment).filter((name) => ['dev', 'live', 'paper'].includes(name)), ['dev', 'live', 'paper']);
	for (const environment of body.environments)
		assert.deepEqual(Object.keys(environment), ['environment', 'version', 'updated_at', 'updated_by', 'locked_by', 'frozen', 'freeze', 'workers', 'workers_current']);
});

test('a definition is in the list and by itself', async () => {
	const { body } = await call('viewer', 'GET', '/api/catalog');
	const listed = body.variables.find(({ name }) => name === 'CVN_ENTRY_THRESHOLD');
	const one = await call('viewer', 'GET', '/api/catalog/CVN_ENTRY_THRESHOLD');
	assert.deepEqual(one.body, listed);
	assert.equal(one.headers.etag, `"${one.body.version}"`);
	assert.equal((await call('viewer', 'GET', '/api/catalog/CVN_NO_SUCH')).status, 404);
});

test('the pages of the history are whole: nothing twice, nothing left out', async () => {
	const seen = [];
	for (let cursor = ''; cursor !== null;) {
		const { status, body } = await call('viewer', 'GET', `/api/history?environment=live&limit=2${cursor && `&cursor=${cursor}`}`);
		assert.equal(status, 200);
		assert.ok(body.entries.length > 0 && body.entries.length <= 2);
		seen.push(...body.entries.map(({ version }) => version));
		cursor = body.next_cursor;
	}
	assert.deepEqual(seen, Array.from({ length: seen.length }, (_, i) => seen.length - i));
	const entry = (await call('viewer', 'GET', '/api/history?environment=live&limit=1')).body.entries[0];
	assert.deepEqual(Object.keys(entry), ['id', 'environment', 'version', 'change_id', 'kind', 'changed_at', 'changed_by', 'approved_by', 'reason', 'request_id', 'diff', 'prev_hash', 'row_hash']);
});

test('the filters of the history filter', async () => {
	const entries = async (query) => (await call('viewer', 'GET', `/api/history?environment=live&${query}`)).body.entries;
	for (const { diff } of await entries('name=CVN_ENTRY_THRESHOLD')) assert.ok(diff.some(({ name }) => name === 'CVN_ENTRY_THRESHOLD'));
	assert.deepEqual(await entries('since=2999-01-01T00:00:00Z'), []);
	assert.deepEqual(await entries('until=2000-01-01T00:00:00%2B02:00'), []);
	assert.deepEqual(await entries('changed_by=nobody-at-all'), []);
	assert.deepEqual(await entries('request_id=never-sent'), []);
	for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=x', 'since=yesterday', 'until=2026-02-30T00:00:00Z', 'environment=Live', 'colour=red'])
		assert.equal((await call('viewer', 'GET', `/api/history?${query}`)).status, 400, query);
});

for (const [method, path, status, code] of [
	['GET', '/api/config/nowhere', 404, 'not_found'],
	['GET', '/api/config/Dev', 404, 'not_found'],
	['GET', '/api/config/dev/cvn_x', 404, 'not_found'],
	['GET', '/api/config/dev%2Fplan', 404, 'not_found'],
	['GET', '/api/config/%252e%252e/me', 404, 'not_found'],
	['GET', '/api/me/', 404, 'not_found'],
	['GET', '/api/config/dev%0d%0aX', 400, 'malformed'],
	['GET', '/api/config/%ff', 400, 'malformed'],
	['GET', '/api/me?x', 400, 'malformed'],
	['PUT', '/api/config/dev', 405, 'method_not_allowed'],
	['DELETE', '/api/catalog', 405, 'method_not_allowed'],
	['OPTIONS', '/api/me', 405, 'method_not_allowed'],
	['PATCH', '/api/environments', 405, 'method_not_allowed'],
]) {
	test(`${method} ${path} is ${status}`, async () => {
		const reply = await call('admin', method, path);
		assert.equal(reply.status, status, JSON.stringify(reply.body));
		assert.match(reply.headers['content-type'], /^application\/problem\+json/);
		assert.equal(reply.body.code, code);
		if (status === 405) assert.match(reply.headers.allow, /GET/);
	});
}
