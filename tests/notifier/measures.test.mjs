// What the metrics say of approvals and freezes, against what was done over HTTP.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { eventually, stack } from '../lib/stack.mjs';

const s = stack();
const ENVIRONMENT = 'test-measures';

before(async () => {
	const made = await s.call('admin', 'POST', '/api/environments', { body: { environment: ENVIRONMENT } });
	assert.ok([201, 409].includes(made.status), JSON.stringify(made.body));
});

async function measure(name) {
	const text = await (await fetch(`${s.run.notifier}/metrics`)).text();
	return Number(text.match(new RegExp(`^${name}{environment="${ENVIRONMENT}"} (.*)$`, 'm'))?.[1]);
}

async function becomes(name, holds) {
	await eventually(async () => holds(await measure(name)), 15000, `${name} as expected`);
}

async function withdrawn(id) {
	const reply = await s.call('editor', 'POST', `/api/changes/${id}/withdraw`, { body: {} });
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
}

test('the oldest that waits for approval has an age, which ends with it', async () => {
	const propose = async (value) => {
		const made = await s.call('editor', 'POST', '/api/changes', { headers: { 'If-Match': '*' },
			body: { environment: ENVIRONMENT, changes: { CVN_MAX_POSITION_USD: value }, reason: 'a measure', submit: true } });
		assert.equal(made.status, 201, JSON.stringify(made.body));
		assert.equal(made.body.state, 'pending_approval');
		return made.body.id;
	};
	await becomes('cvn_changes_pending_oldest_seconds', (n) => n === 0);
	const older = await propose('60001');
	await s.sql(`update config_changes set submitted_at = clock_timestamp() - interval '1 hour' where id = ${Number(older)}`);
	const younger = await propose('60002');
	await becomes('cvn_changes_pending', (n) => n === 2);
	const age = await measure('cvn_changes_pending_oldest_seconds');
	assert.ok(age >= 3600 && age < 3700, `${age} s`);
	await withdrawn(older);
	await becomes('cvn_changes_pending_oldest_seconds', (n) => n > 0 && n < 100);
	await withdrawn(younger);
	await becomes('cvn_changes_pending_oldest_seconds', (n) => n === 0);
});

test('a freeze is 1 while it is in force, and 0 before and after', async (t) => {
	const at = (ms) => new Date(Date.now() + ms).toISOString();
	const window = { environment: ENVIRONMENT, starts_at: at(-1000), ends_at: at(600000), reason: 'a measure' };
	await becomes('cvn_config_frozen', (n) => n === 0);
	const made = await s.call('admin', 'POST', '/api/freeze-windows', { body: window });
	assert.equal(made.status, 201, JSON.stringify(made.body));
	const remove = () => s.call('admin', 'DELETE', `/api/freeze-windows/${made.body.id}`);
	t.after(remove);
	await becomes('cvn_config_frozen', (n) => n === 1);
	assert.equal((await remove()).status, 204);
	await becomes('cvn_config_frozen', (n) => n === 0);
});
