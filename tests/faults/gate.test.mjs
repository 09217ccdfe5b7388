// Goal: nginx takes a new configuration while it serves, and nobody notices.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environment } from '../api/environment.mjs';
import { stack } from '../lib/stack.mjs';
import { processes } from './processes.mjs';
import { LONG, comes, proved, sleep } from './proved.mjs';

const s = stack();
const at = processes(s.state);
const RELOADS = LONG ? 50 : 8;

test(`nginx is reloaded ${RELOADS} times: no write is lost, and every stream goes on where it was`, { timeout: 180000 }, async (t) => {
	const environments = ['paper', await environment(s.sql, 'test-gate')];
	const log = await proved(t, s, { name: 'gate', environments }, async (running) => {
		const before = running.count('ok');
		for (let i = 0; i < RELOADS; i++) {
			const old = new Set(at.gates());
			process.kill(at.pids().nginx, 'SIGHUP');
			await comes(() => at.gates().some((pid) => !old.has(pid)), 10000, 'another generation of nginx');
			const written = running.count('ok');
			await comes(() => running.count('ok') > written, 5000, 'a write through it');
			await sleep(50);
		}
		t.diagnostic(`${running.count('ok') - before} writes between ${RELOADS} reloads`);
	});
	const resets = log.filter((line) => line.kind === 'reset').map((line) => line.session);
	assert.equal(new Set(resets).size, environments.length);
	assert.equal(resets.length, environments.length, 'a stream was told to reset');
	// A connection that is closed just when it is used again is the client's to see: what it asked there was heard by nobody.
	const lost = log.filter((line) => line.outcome === 'unknown');
	assert.deepEqual(lost.filter((line) => line.status !== 0), []);
	assert.deepEqual(log.filter((line) => line.kind === 'resolve' && line.version !== null), []);
});
