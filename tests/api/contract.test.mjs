// Goal: what the other files have no reason to ask for is as static/openapi.yaml says, and the check that every exchange
// passes does refuse what differs.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contract, ContractError } from '../lib/contract.mjs';
import { replaysAfterEach } from '../lib/replay.mjs';
import { stack } from '../lib/stack.mjs';

const { call, sql } = stack();
replaysAfterEach(sql);

for (const path of ['config/paper', 'config/paper/CVN_COOLDOWN', 'catalog/CVN_COOLDOWN'])
	test(`${path}: 304 for who has its ETag`, async () => {
		const { headers } = await call('viewer', 'GET', `/api/${path}`);
		const again = await call('viewer', 'GET', `/api/${path}`, { headers: { 'If-None-Match': `"0", ${headers.etag}` } });
		assert.deepEqual([again.status, again.body], [304, null]);
	});

test('what nginx asks: 204 with who it is', async () => {
	const reply = await call('viewer', 'GET', '/api/auth');
	assert.deepEqual([reply.status, reply.headers['x-cvn-login'], reply.headers['x-cvn-environments']], [204, 'viewer', '*']);
});

test('what was made is found where the answer says that it is', async () => {
	const drafted = await call('editor', 'POST', '/api/changes', {
		headers: { 'If-Match': '*' }, body: { environment: 'paper', changes: { CVN_COOLDOWN: '81s' }, reason: 'a test' },
	});
	const { status, body } = await call('editor', 'GET', drafted.headers.location);
	assert.deepEqual([status, body.id], [200, drafted.body.id]);
	await call('editor', 'POST', `${drafted.headers.location}/withdraw`, { body: {} });

	const window = await call('admin', 'POST', '/api/freeze-windows', {
		body: { environment: 'paper', starts_at: '2999-01-01T00:00:00Z', ends_at: '2999-01-02T00:00:00Z', reason: 'a test' },
	});
	assert.equal(window.headers.location, `/api/freeze-windows/${window.body.id}`);
	assert.equal((await call('admin', 'DELETE', window.headers.location)).status, 204);
	assert.equal((await call('admin', 'POST', '/api/freeze-windows', { body: { environment: 'paper', reason: '' } })).headers.location, undefined);
});

const good = { environment: 'paper', version: 3, values: { CVN_COOLDOWN: '80s' } };
const json = { 'content-type': 'application/json', etag: '"3"' };
const problem = { type: 'about:blank', title: 'no', status: 404, code: 'not_found' };
const asked = { method: 'GET', path: '/api/config/paper' };
const differences = [
	['a member that is not declared', asked, { status: 200, headers: json, body: { ...good, more: 1 } }, /additional/],
	['a member that is missing', asked, { status: 200, headers: json, body: { ...good, values: undefined } }, /values/],
	['another type', asked, { status: 200, headers: json, body: { ...good, version: '3' } }, /\/version must be integer/],
	['a status that is not declared', asked, { status: 500, headers: {}, body: null }, /500/],
	['a code that is not declared', asked, { status: 404, headers: { 'content-type': 'application/problem+json' }, body: { ...problem, code: 'locked' } }, /\/code/],
	['another content type', asked, { status: 200, headers: { ...json, 'content-type': 'text/html' }, body: good }, /text\/html/],
	['a header that is missing', asked, { status: 200, headers: { 'content-type': 'application/json' }, body: good }, /ETag/],
	['a weak tag', asked, { status: 200, headers: { ...json, etag: 'W/"3"' }, body: good }, /ETag/],
	['a query that is accepted and not declared', { method: 'GET', path: '/api/config/paper?x=1' }, { status: 200, headers: json, body: good }, /query parameter x/],
	['an answer where there is no route', { method: 'GET', path: '/api/nothing' }, { status: 200, headers: json, body: {} }, /no operation/],
];

test('the check admits what is right', () => {
	contract(undefined, null).check({ ...asked, reply: { status: 200, headers: json, body: good } });
});

for (const [what, exchange, reply, message] of differences)
	test(`the check refuses ${what}`, () => {
		const { check } = contract(undefined, null);
		assert.throws(() => check({ ...exchange, reply: { ...reply, body: reply.body && JSON.parse(JSON.stringify(reply.body)) } }),
			(error) => error instanceof ContractError && message.test(error.message));
	});
