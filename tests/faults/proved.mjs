// A fault under load, and the proof that nothing was lost: what the files of the matrix share.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ContractError } from '../lib/contract.mjs';
import { eventually } from '../lib/stack.mjs';
import { check, readState } from './checker.mjs';
import { load } from './load.mjs';

export const LONG = Boolean(process.env.CVN_LONG);
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// As eventually(), for a stack that may be away meanwhile: a probe that throws has not come yet, and is told when it never does.
export async function comes(probe, ms, what) {
	let last;
	try {
		return await eventually(async () => {
			try {
				last = undefined;
				return await probe();
			} catch (error) {
				if (error instanceof ContractError) throw error;
				last = error;
				return false;
			}
		}, ms, what);
	} catch (error) {
		throw last ? new Error(`${error.message}: ${last.message}`, { cause: last }) : error;
	}
}

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
