// The example for Airflow: it compiles, stands where it should, and its request, replayed as a retry would, gives one run.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { replaysAfterEach } from '../lib/replay.mjs';
import { stack } from '../lib/stack.mjs';

const { call, sql } = stack();
replaysAfterEach(sql);
const run = promisify(execFile);
const example = fileURLToPath(new URL('../../deploy/airflow/cvn_finetune.py', import.meta.url));
const helper = fileURLToPath(new URL('airflow.py', import.meta.url));
const python = await run('python3', ['--version']).then(() => true, () => false);
const skip = !python && 'python3 is not installed';

const load = async (runId, status = 201) =>
	JSON.parse((await run('python3', [helper, example, 'cvn_finetune', runId, String(status)])).stdout);

test('the example compiles', { skip }, async () => {
	const cache = mkdtempSync(join(tmpdir(), 'cvn-airflow-'));
	await run('python3', ['-m', 'py_compile', example], { env: { ...process.env, PYTHONPYCACHEPREFIX: cache } });
	rmSync(cache, { recursive: true });
});

test('the task stands between the two others, and asks in a way that may be repeated', { skip }, async () => {
	const { tasks, operator } = await load('manual__1');
	assert.deepEqual(tasks, ['validate_params', 'freeze_param_set', 'persist_run_start']);
	assert.deepEqual(operator, { method: 'PUT', deferrable: false, headers: { 'Content-Type': 'application/json' } });
});

test('its request, sent again, is the same run', { skip }, async () => {
	const { path, body } = await load(`scheduled__${new Date().toISOString().replace('Z', '+00:00')}`);
	const replies = [await call('editor', 'PUT', path, { body }), await call('editor', 'PUT', path, { body })];
	assert.deepEqual(replies.map(({ status }) => status), [201, 200], JSON.stringify(replies[0].body));
	assert.deepEqual(replies[1].body, replies[0].body);
	assert.equal(replies[0].body.environment, 'paper');
});

test('each run of Airflow has an id of its own', { skip }, async () => {
	const ids = ['a:b', 'a+b', 'a-b', 'x'.repeat(250), 'x'.repeat(251), '\u00e9'];
	const paths = await Promise.all(ids.map(async (id) => (await load(id)).path));
	assert.equal(new Set(paths).size, ids.length);
	for (const path of paths) assert.match(path, /^\/api\/runs\/[A-Za-z0-9._-]{1,64}$/);
});

for (const [status, verdict] of [[201, true], [200, true], [409, 'fail'], [422, 'fail'], [403, 'fail'], [429, false], [503, false]]) {
	test(`an answer of ${status} is ${verdict === 'fail' ? 'final' : verdict ? 'good' : 'tried again'}`, { skip }, async () => {
		assert.equal((await load('manual__1', status)).verdict, verdict);
	});
}
