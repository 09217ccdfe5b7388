// Goal: a plan is what the write then does, whatever is asked: for changes at random, of every type, valid and not,
// critical and not, in a freeze and out of it, the plan's difference, errors, digest and need of approval are those of
// the save and of the change set made from the same version. The seed is in the name of each test.
import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { after, test } from 'node:test';

import { replaysAfterEach } from '../lib/replay.mjs';
import { stack } from '../lib/stack.mjs';
import { environment } from './environment.mjs';

const { call, sql } = stack();
replaysAfterEach(sql);
const env = await environment(sql, 'test-plan');
const HOUR = 3600000;

// A sequence of numbers that a seed repeats (mulberry32).
function dice(seed) {
	const next = () => {
		seed = (seed + 0x6d2b79f5) | 0;
		let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	const below = (n) => Math.floor(next() * n);
	const one = (list) => list[below(list.length)];
	return { below, one };
}

// Texts for a parameter: some that are right, in canonical form or not, some at its bounds, some beyond, some of no type.
function texts(variable, { below }) {
	const { type, min_value: min, max_value: max, allowed_values: allowed, default_value: standard } = variable;
	const some = [standard, min, max, 'x', '', null, '-1', '1e3'];
	if (type === 'bool') some.push('true', 'false', 'TRUE');
	if (type === 'int') some.push(String(below(100)), String(below(1000000)), '007', max && String(BigInt(max) + 1n));
	if (type === 'decimal') some.push(`0.${below(1000)}`, `${below(100)}.50`, `${max ?? 0}.1`, `-${below(9)}`);
	if (type === 'duration') some.push(`${below(300)}s`, `${60 * below(5)}s`, `${below(3)}d`, '5');
	if (type === 'list') some.push('[]', '["BTCUSDT"]', '[ "ETHUSDT" , "BTCUSDT" ]', '[1]');
	return [...some, ...(allowed ?? [])].filter((text) => text !== undefined);
}

const { variables } = (await call('viewer', 'GET', '/api/catalog')).body;
const usable = variables.filter(({ group_name }) => group_name !== 'Test');

function changesOf(random) {
	const changes = {};
	const plain = usable.filter(({ critical }) => !critical);
	const among = random.one([usable, plain, plain, plain]);
	for (let n = 1 + random.below(4); n > 0; n--) {
		const variable = random.one(among);
		changes[variable.name] = random.one(texts(variable, random));
	}
	if (random.below(5) === 0) changes.CVN_NO_SUCH = '1';
	return changes;
}

// What a save must answer, by its plan: the guards speak in the order that the design promises.
function promised(plan, touched) {
	if (plan.frozen) return { status: 409, code: 'frozen' };
	if (plan.needs_approval) return { status: 403, code: 'critical_requires_approval' };
	if (plan.errors.length > 0) return { status: 422, code: 'invalid' };
	if (touched === 0) return { status: 422, code: 'no_change' };
	return { status: 200, code: undefined };
}

async function compared(changes, seen) {
	const plan = (await call('viewer', 'POST', `/api/config/${env}/plan`, { body: { changes } })).body;
	const headers = { 'If-Match': `"${plan.base_version}"`, 'X-Request-Id': randomUUID() };
	const facts = JSON.stringify({ changes, plan });

	// 1. What the plan says of its own difference.
	const names = plan.diff.map(({ name }) => name);
	const of = new Map(variables.map((variable) => [variable.name, variable]));
	assert.deepEqual(Object.keys(plan.boundaries).sort(), names, facts);
	for (const name of names) assert.equal(plan.boundaries[name], of.get(name).category, facts);
	assert.deepEqual(plan.restart_required, names.filter((name) => !of.get(name).hot_reloadable), facts);
	assert.equal(plan.needs_approval, plan.critical.length > 0, facts);

	// 2. The change set, as a draft: judged like a save, but for what needs approval, locks and freezes.
	const draft = await call('editor', 'POST', '/api/changes', { headers, body: { environment: env, changes, reason: 'a test' } });
	if (plan.errors.length > 0) assert.deepEqual([draft.status, draft.body.errors], [422, plan.errors], facts);
	else if (names.length === 0) assert.deepEqual([draft.status, draft.body.code], [422, 'no_change'], facts);
	else {
		assert.equal(draft.status, 201, facts + JSON.stringify(draft.body));
		assert.deepEqual([draft.body.content_hash, draft.body.diff, draft.body.base_version], [plan.content_hash, plan.diff, plan.base_version], facts);
		if (plan.needs_approval) {
			const submitted = await call('editor', 'POST', `/api/changes/${draft.body.id}/submit`, { body: {} });
			assert.deepEqual([submitted.status, submitted.body.state], [200, 'pending_approval'], facts);
		}
		assert.equal((await call('editor', 'POST', `/api/changes/${draft.body.id}/withdraw`, { body: {} })).status, 200, facts);
	}

	// 3. The save.
	const saved = await call('editor', 'POST', `/api/config/${env}`, { headers, body: { changes, reason: 'a test' } });
	const { status, code } = promised(plan, names.length);
	assert.deepEqual([saved.status, saved.body.code], [status, code], facts + JSON.stringify(saved.body));
	if (code === 'invalid') assert.deepEqual(saved.body.errors, plan.errors, facts);
	if (status === 200) {
		assert.deepEqual([saved.body.version, saved.body.diff], [plan.base_version + 1, plan.diff], facts);
		const [row] = await sql(`select content_hash, diff::text as diff from config_changes where id = ${saved.body.change_id}`);
		assert.equal(row.content_hash, plan.content_hash, facts);
		assert.deepEqual(JSON.parse(row.diff), plan.diff, facts);
		const again = (await call('viewer', 'POST', `/api/config/${env}/plan`, { body: { changes } })).body;
		assert.deepEqual([again.base_version, again.diff, again.errors], [plan.base_version + 1, [], []], facts);
	}
	seen.add(code ?? 'saved');
	for (const error of plan.errors) seen.add(error.code);
	if (plan.restart_required.length > 0) seen.add('restart');
}

const frozen = async (act) => {
	const starts_at = new Date(Date.now() - HOUR).toISOString();
	const body = { environment: env, starts_at, ends_at: new Date(Date.now() + HOUR).toISOString(), reason: 'a test' };
	const { body: window } = await call('admin', 'POST', '/api/freeze-windows', { body });
	try {
		await act();
	} finally {
		assert.equal((await call('admin', 'DELETE', `/api/freeze-windows/${window.id}`)).status, 204);
	}
};

// What is to be met in a weather; what is rare may take more changes than `count`.
const most = ['saved', 'invalid', 'no_change', 'critical_requires_approval', 'restart', 'above_maximum', 'unknown_parameter', 'not_allowed'];
for (const [weather, count, codes] of [['', 120, most], [', in a freeze', 15, ['frozen']]]) {
	const seed = Number(process.env.CVN_SEED ?? randomInt(2 ** 31));
	test(`what a plan says is what the write does, ${count} times and until all is met that there is to meet${weather} (CVN_SEED=${seed})`, async () => {
		const random = dice(seed);
		const seen = new Set();
		const missing = () => codes.filter((code) => !seen.has(code));
		const act = async () => {
			for (let i = 0; i < count || (missing().length > 0 && i < 10 * count); i++) await compared(changesOf(random), seen);
		};
		await (weather ? frozen(act) : act());
		assert.deepEqual(missing(), []);
	});
}

after(async () => {
	const { values } = (await call('viewer', 'GET', `/api/config/${env}`)).body;
	const changes = {};
	for (const { name, critical, default_value } of usable) {
		if (!critical && default_value !== null && values[name] !== default_value) changes[name] = null;
	}
	if (Object.keys(changes).length > 0) await call('editor', 'POST', `/api/config/${env}`, { headers: { 'If-Match': '*' }, body: { changes, reason: 'back' } });
});
