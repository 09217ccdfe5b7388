// A fault under load, and the proof that nothing was lost: what the files of the matrix share.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { eventually } from '../lib/stack.mjs';
import { check, readState } from './checker.mjs';
import { load } from './load.mjs';

export const LONG = Boolean(process.env.CVN_LONG);
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// A probe that throws has not come yet: the stack may be away.
export const comes = (probe, ms, what) => eventually(async () => {
	try {
		return await probe();
	} catch {
		return false;
	}
}, ms, what);

// Puts the stack under load, does `fault(running)`, ends the load and proves the run, with at least `writes` acknowledged.
// The log is kept as NAME.jsonl in the state's directory, and returned.
export async function proved(t, s, { name, writes = 30, ...options }, fault) {
	const running = await load(s, options);
	let log;
	try {
		await fault(running);
	} finally {
		log = await running.stop();
		running.save(join(s.state, `${name}.jsonl`));
	}
	t.diagnostic(`writes: ${['ok', 'refused', 'unknown'].map((outcome) => `${running.count(outcome)} ${outcome}`).join(', ')}`);
	assert.deepEqual(check(log, await readState(s.sql)), []);
	assert.ok(running.count('ok') >= writes, `${running.count('ok')} acknowledged writes are too few for a proof`);
	return log;
}
