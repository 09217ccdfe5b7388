// Goal: every route takes exactly the roles of its row, and a refusal leaves every table as it was.
//
// The rows are those of `cvn-config-api --routes`, so that a new route is tested before anybody thinks of it. Each is asked
// for something that it would do: a route without an example below fails. Nothing else writes meanwhile but the example
// workers, whose reports are left out; that is why this file has a suite to itself.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { digest as wholeDigest } from '../lib/digest.mjs';
import { session } from '../lib/session.mjs';
import { stack } from '../lib/stack.mjs';

const { call, sql, run } = stack();
const routes = JSON.parse(execFileSync(join(process.env.CVN_BIN, 'cvn-config-api'), ['--routes'], { encoding: 'utf8' }));
const HERE = 'test-roles';
const ELSEWHERE = 'test-roles-other';
const CRITICAL = 'CVN_MAX_POSITION_USD';
const ROLES = ['viewer', 'editor', 'approver', 'admin', 'worker'];
const name = (route) => `${route.method} ${route.pattern}`;

// What is there to be asked for, made in before(): { change, hash, history, freeze, token, set, secrets }.
const there = {};
const roles = [{ environment: HERE, role: 'viewer' }];
const definition = { type: 'int', category: 'threshold', reason: 'r', default_value: '1' };
const change = { [CRITICAL]: '40001' };
const saved = { changes: { CVN_COOLDOWN: '80s' }, reason: 'r' };
const report = { environment: HERE, state: 'current', applied_version: 1 };
const freeze = { environment: HERE, starts_at: '2190-01-01T00:00:00Z', ends_at: '2190-01-02T00:00:00Z', reason: 'r' };

// By route: the arguments of the path, and the body if there is one.
const examples = {
	'POST session': () => [[], { login: 'viewer', password: 'not it' }],
	'DELETE session': () => [[]],
	'POST operators': () => [[], { login: 'test-roles-new', password: 'a long password', roles }],
	'PATCH operators/{id}': () => [['viewer'], { roles }],
	'DELETE operators/{id}': () => [['viewer']],
	'POST tokens': () => [[], { name: 'test-roles-new', role: 'viewer', environment: HERE }],
	'DELETE tokens/{id}': () => [[there.token]],
	'POST environments': () => [[], { environment: 'test-roles-new' }],
	'PUT environments/{env}/lock': () => [[HERE]],
	'DELETE environments/{env}/lock': () => [[HERE]],
	'POST freeze-windows': () => [[], freeze],
	'DELETE freeze-windows/{id}': () => [[there.freeze]],
	'POST config/{env}': () => [[HERE], saved],
	'POST config/{env}/{key}': () => [[HERE, 'CVN_COOLDOWN'], { value: '80s', reason: 'r' }],
	'POST config/{env}/plan': () => [[HERE], { changes: saved.changes }],
	'POST config/{env}/import': () => [[HERE], { values: saved.changes, reason: 'r' }],
	'POST config/{env}/promote': () => [[HERE], { from: 'paper', reason: 'r' }],
	'POST changes': () => [[], { environment: HERE, ...saved, submit: true }],
	'PATCH changes/{id}': () => [[there.change], { changes: saved.changes }],
	'POST changes/{id}/submit': () => [[there.change]],
	'POST changes/{id}/approve': () => [[there.change], { content_hash: there.hash }],
	'POST changes/{id}/reject': () => [[there.change]],
	'POST changes/{id}/withdraw': () => [[there.change]],
	'POST changes/{id}/rebase': () => [[there.change]],
	'POST history/{id}/restore': () => [[there.history], { reason: 'r', to: 'before' }],
	'PUT catalog/{key}': () => [['CVN_TEST_ROLES'], definition],
	'DELETE catalog/{key}': () => [['CVN_COOLDOWN']],
	'PUT rules/{id}': () => [['stop-below-target'], { expression: 'true', message: 'm' }],
	'DELETE rules/{id}': () => [['stop-below-target']],
	'PUT runs/{id}': () => [['test-roles-new'], { kind: 'train', environment: HERE }],
	'PATCH runs/{id}': () => [['test-roles'], { status: 'done' }],
	'POST runs/{id}/rerun': () => [['test-roles'], { run_id: 'test-roles-again' }],
	'POST workers/{id}/report': () => [['test-roles'], report],
};
// What only reads needs no body, and its arguments follow from its placeholders.
const readable = { '{env}': () => HERE, '{key}': () => 'CVN_COOLDOWN', '{id}': (pattern) => (pattern.startsWith('changes') ? there.change : 'test-roles'), '{hash}': () => there.set };

function example(route) {
	if (examples[name(route)]) return examples[name(route)]();
	assert.equal(route.method, 'GET', `${name(route)} has no example: add one`);
	return [[...route.pattern.matchAll(/\{\w+\}/g)].map(([placeholder]) => readable[placeholder](route.pattern))];
}

function ask(route, headers, query = '') {
	const [args, body] = example(route);
	const values = [...args];
	const path = `/api/${route.pattern.replaceAll(/\{\w+\}/g, () => values.shift())}${query}`;
	const match = route.match === 'none' ? {} : { 'If-Match': '*' };
	return call(null, route.method, path, { headers: { ...match, ...headers }, body: body ?? (route.takes_body ? {} : undefined) });
}

// Who asks: nobody, and each role here and in another environment only.
const callers = [
	{ who: 'nobody' },
	...ROLES.flatMap((role) => [HERE, ELSEWHERE].map((where) => ({ who: `${role} in ${where}`, role, where }))),
];

// By the columns of the row. `hidden`: the row admits a role anywhere, and what it concerns is told apart below it.
function verdict(route, { role, where }) {
	if (route.anybody) return 'admitted';
	if (!role) return 'nobody';
	if (!route.roles.includes(role) || route.everywhere) return 'refused';
	if (where === HERE) return 'admitted';
	if (route.pattern.includes('{env}')) return 'refused';
	return route.method === 'GET' ? 'admitted' : 'hidden';
}

let database;
const digest = () => wholeDigest(database, HERE, ELSEWHERE);

before(async () => {
	database = await session(run.database);
	for (const environment of [HERE, ELSEWHERE])
		await sql(`select environment_create('${environment}', null, 'admin', 'for tests', null) where not exists (select from active_config where environment = '${environment}')`);
	there.secrets = {};
	for (const { who, role, where } of callers.slice(1)) {
		const secret = randomBytes(32).toString('hex');
		there.secrets[who] = secret;
		await sql(`insert into tokens (name, sha256, role, environment, created_by) values ('test-roles', '${createHash('sha256').update(secret).digest('hex')}', '${role}', '${where}', 'admin')`);
	}
	[{ id: there.token }] = await sql(`select min(id) as id from tokens where name = 'test-roles'`);
	const headers = { 'If-Match': '*' };
	const proposed = await call('editor', 'POST', '/api/changes', { headers, body: { environment: HERE, changes: change, reason: 'r', submit: true } });
	assert.equal(proposed.body.state, 'pending_approval');
	[there.change, there.hash] = [proposed.body.id, proposed.body.content_hash];
	[{ id: there.history }] = await sql(`select max(id) as id from config_history where environment = '${HERE}'`);
	there.freeze = (await call('admin', 'POST', '/api/freeze-windows', { body: freeze })).body.id;
	there.set = (await call('editor', 'PUT', '/api/runs/test-roles', { body: { kind: 'train', environment: HERE } })).body.parameter_set_hash;
	assert.equal((await call('editor', 'PUT', `/api/environments/${HERE}/lock`, { body: {} })).status, 200);
});

after(async () => {
	await call('editor', 'DELETE', `/api/environments/${HERE}/lock`);
	await call('editor', 'POST', `/api/changes/${there.change}/withdraw`, { body: {} });
	await call('admin', 'DELETE', `/api/freeze-windows/${there.freeze}`);
	await sql(`delete from tokens where name = 'test-roles'`);
	await database.end();
});

const expected = {
	nobody: ({ status, body }) => assert.deepEqual([status, body.code], [401, 'unauthenticated']),
	refused: ({ status, body }) => assert.deepEqual([status, body.code], [403, 'forbidden']),
	hidden: ({ status }) => assert.ok(status === 403 || status === 404, `${status}`),
};

test('the digest of the tables sees a save', async () => {
	const before = await digest();
	assert.equal(await digest(), before);
	const body = { changes: { CVN_COOLDOWN: '90s' }, reason: 'r' };
	assert.equal((await call('editor', 'POST', `/api/config/${HERE}`, { headers: { 'If-Match': '*' }, body })).status, 200);
	assert.notEqual(await digest(), before);
	await call('editor', 'POST', `/api/config/${HERE}`, { headers: { 'If-Match': '*' }, body: { changes: { CVN_COOLDOWN: null }, reason: 'r' } });
});

for (const route of routes)
	test(`${name(route)}: who may not is refused, and no table is another`, async () => {
		let whole = await digest();
		for (const caller of callers) {
			const outcome = verdict(route, caller);
			const headers = caller.role ? { Authorization: `Bearer ${there.secrets[caller.who]}` } : {};
			if (outcome === 'admitted') {
				// The query is judged after the role and before anything is done.
				const reply = await ask(route, headers, '?nonsense=1');
				assert.deepEqual([caller.who, reply.status, reply.body?.code], [caller.who, 400, 'malformed']);
				continue;
			}
			const reply = await ask(route, headers);
			try {
				expected[outcome](reply);
			} catch (error) {
				throw new Error(`${caller.who} (${outcome}): ${error.message} ${JSON.stringify(reply.body)}`);
			}
			const now = await digest();
			assert.equal(now, whole, `${caller.who} was refused, and changed a table`);
			whole = now;
		}
	});

test('the callers of the matrix are admitted somewhere and refused somewhere', () => {
	for (const caller of callers.slice(1)) {
		const outcomes = new Set(routes.map((route) => verdict(route, caller)));
		assert.ok(outcomes.has('admitted') && outcomes.has('refused'), caller.who);
	}
});
