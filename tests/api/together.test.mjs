// Goal: what many ask at once is answered as if each had asked alone: each gets its own answer, and nobody is told what was
// so before they asked, neither of a configuration nor of a right. Responders answer such requests in rounds.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { replaysAfterEach } from '../lib/replay.mjs';
import { eventually, stack } from '../lib/stack.mjs';
import { environment } from './environment.mjs';
import { operator } from './operator.mjs';

const s = stack();
const { sql } = s;
replaysAfterEach(sql);
const READERS = 24;
const env = await environment(sql, 'test-together');
const PATH = `/api/config/${env}`;

// So many who ask again and again while `work` is under way; what one of them throws is thrown here.
async function beside(work, ask) {
	let done = false;
	const readers = Array.from({ length: READERS }, async (_, i) => {
		let asked = 0;
		for (; !done || asked === 0; asked++) await ask(i, asked);
		return asked;
	});
	try {
		await work();
	} finally {
		done = true;
	}
	const counts = await Promise.all(readers);
	return counts.reduce((sum, n) => sum + n);
}

test('who asks once a save was answered is never told of a version before it', async () => {
	let answered = await s.version(env);
	const last = Array.from({ length: READERS }, () => 0);
	const asked = await beside(async () => {
		for (let i = 0; i < 40; i++) {
			const reply = await s.save('editor', env, { CVN_COOLDOWN: `${100 + i}s` });
			assert.equal(reply.status, 200, JSON.stringify(reply.body));
			answered = Number(reply.body.version);
		}
	}, async (i) => {
		const least = answered;
		const reply = await s.call('viewer', 'GET', PATH, { headers: last[i] ? { 'If-None-Match': `"${last[i]}"` } : {} });
		assert.ok(reply.status === 200 || (reply.status === 304 && last[i]), `${reply.status}`);
		if (reply.status === 200) last[i] = reply.body.version;
		assert.equal(reply.headers.etag, `"${last[i]}"`);
		assert.ok(last[i] >= least, `${last[i]} after ${least} was answered`);
	});
	assert.ok(asked > READERS * 2, `${asked}`);
});

test('who lost a role is refused from the next request on, and who got it back is not', async () => {
	const one = await operator(s, env, 'viewer');
	const role = async (statement) => sql(`${statement}; select 1`);
	let epoch = 0;
	let status = 200; // null while it changes
	let judged = 0;
	try {
		await beside(async () => {
			for (let i = 0; i < 20; i++) {
				[status, epoch] = [null, epoch + 1];
				await role(i % 2 === 0
					? `delete from operator_roles where login = '${one.login}'`
					: `insert into operator_roles (login, environment, role) values ('${one.login}', '${env}', 'viewer')`);
				[status, epoch, judged] = [i % 2 === 0 ? 403 : 200, epoch + 1, 0];
				await eventually(async () => judged >= 4, 20000, 'four to have asked since');
			}
		}, async (i) => {
			const [expected, before] = [status, epoch];
			const reply = i % 3 === 0 ? await s.call('viewer', 'GET', PATH) : await one.as('GET', PATH);
			if (i % 3 === 0) assert.equal(reply.status, 200);
			else if (expected !== null && before === epoch) {
				assert.equal(reply.status, expected);
				judged++;
			}
		});
	} finally {
		await one.forget();
	}
});

test('each of many who ask at once gets its own answer', async () => {
	const asks = [
		['viewer', 'GET', PATH, {}, (reply) => reply.status === 200 && reply.body.environment === env],
		['admin', 'GET', '/api/config/paper', {}, (reply) => reply.status === 200 && reply.body.environment === 'paper'],
		['editor', 'HEAD', PATH, {}, (reply) => reply.status === 200 && reply.body === null],
		['viewer', 'GET', PATH, { headers: { 'If-None-Match': '*' } }, (reply) => reply.status === 304 && reply.body === null],
		['approver', 'GET', '/api/auth', {}, (reply) => reply.status === 204 && reply.headers['x-cvn-login'] === 'approver'],
		['viewer', 'GET', '/api/config/test-nowhere', {}, (reply) => reply.status === 404 && reply.body.code === 'not_found'],
		['viewer', 'GET', `${PATH}?version=1`, {}, (reply) => reply.status === 200 && reply.body.version === 1],
		['viewer', 'POST', `${PATH}/plan`, { body: { changes: {} } }, (reply) => reply.status === 200],
		['viewer', 'POST', PATH, { headers: { 'If-Match': '*' }, body: { changes: {}, reason: 'no' } }, (reply) => reply.status === 403],
		[null, 'GET', PATH, { headers: { Authorization: 'Bearer nobody' } }, (reply) => reply.status === 401],
	];
	for (let round = 0; round < 10; round++) {
		await Promise.all(Array.from({ length: 60 }, async (_, i) => {
			const [role, method, path, options, is] = asks[(i * 7 + round) % asks.length];
			const id = `together-${round}-${i}`;
			const reply = await s.call(role, method, path, { ...options, headers: { 'X-Request-Id': id, ...options.headers } });
			assert.ok(is(reply), `${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)?.slice(0, 200)} ${JSON.stringify(reply.headers)}`);
			assert.equal(reply.headers['x-request-id'], id);
		}));
	}
});
