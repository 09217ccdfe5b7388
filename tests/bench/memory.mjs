// Row 12. Memory of the processes that are there all day: a responder (Pss) after it has served, the notifier with nobody
// waiting (Pss of a fresh process), and what the worker library has on the heap after it opened an environment of 200 parameters.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { ROUNDS, bench, bound, environment, parameters, program, s } from './lib/bench.mjs';

const MB = 1e6;
const pss = (pid) => Number(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+)/m)[1]) * 1024;
const children = (pid) => execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' }).split('\n').filter(Boolean).map(Number);

// Every kind of work that responders do, until each has had its share.
async function serve(env) {
	for (let i = 0; i < 40; i++) {
		for (const path of [`/api/config/${env}`, '/api/catalog', '/api/history?limit=50', '/api/environments'])
			await s.call('viewer', 'GET', path);
		await s.save('editor', env, { CVN_ENTRY_THRESHOLD: `0.${1000 + i}1` }, 'bench');
	}
}

await bench(async () => {
	const env = await environment('bench-memory');
	const idle = pss(s.run.pids['cvn-config-notifier']);
	await parameters(200);
	await serve(env);
	const responders = children(s.run.pids['cvn-config-api']).map(pss);
	bound({ name: 'a responder, Pss', unit: 'MB', values: [Math.max(...responders) / MB], atMost: 6, note: `the largest of ${responders.length}` });
	bound({ name: 'the notifier idle, Pss', unit: 'MB', values: [idle / MB], atMost: 8 });
	const heaps = [];
	for (let i = 0; i < ROUNDS; i++)
		heaps.push((await program('heap', [s.run.worker_database, env])).heap / 1e3);
	bound({ name: 'worker library, heap', unit: 'kB', values: heaps, atMost: 256, note: 'after cvn_worker_open() of 200 parameters, what libpq holds for its connection among it' });
});
