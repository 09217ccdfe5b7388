// A save through nginx, acknowledged, against one 8 kB write and fdatasync on the same disk: p50 each, taken in turn
// with the same pause between, since a disk that has just flushed answers faster. Prints rows for ./dev bench.
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { stack } from '../lib/stack.mjs';

const ROUNDS = 200;
const s = stack();

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];

async function timed(work) {
	const start = process.hrtime.bigint();
	await work();
	return Number(process.hrtime.bigint() - start) / 1e6;
}

async function measure(pause) {
	const path = join(s.state, 'bench.tmp');
	const file = openSync(path, 'w');
	const page = Buffer.alloc(8192, 1);
	const saves = [];
	const flushes = [];
	const headers = { 'If-Match': '*' };
	for (let i = 0; i < ROUNDS; i++) {
		const body = { value: `0.${1000 + i}1`, reason: 'bench' };
		await sleep(pause);
		saves.push(await timed(async () => {
			const reply = await s.call('editor', 'POST', '/api/config/dev/CVN_ENTRY_THRESHOLD', { headers, body });
			if (reply.status !== 200) throw new Error(`a save answered ${reply.status}: ${JSON.stringify(reply.body)}`);
		}));
		await sleep(pause);
		flushes.push(await timed(() => {
			writeSync(file, page, 0, page.length, 0);
			fdatasyncSync(file);
		}));
	}
	closeSync(file);
	rmSync(path);
	return [median(saves), median(flushes)];
}

for (const [name, pause] of [['save, every 10 ms', 10], ['save, every 100 ms', 100]]) {
	const [ours, baseline] = await measure(pause);
	const ratio = ours / baseline;
	console.log([name, `${ours.toFixed(2)} ms`, `${baseline.toFixed(2)} ms fdatasync`, ratio.toFixed(2), '<= 3.3'].join('\t'));
}
