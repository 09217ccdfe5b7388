// Row 9. The answer to a save with 1,000 workers on the notifier's long poll, in parts of the same with one: against the
// same ratio of a PostgreSQL whose commits notify 1,000 LISTENing connections, or one. Saves are 50 ms apart.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

import { ROUNDS, bench, environment, port, program, row, s, saveFile } from './lib/bench.mjs';
import { postgres } from './lib/peers.mjs';

const MANY = 1000;
const SECONDS = 3;
const PAUSE = 50000;
const ENVIRONMENT = 'bench-attached';
const token = randomBytes(24).toString('hex');

// Starts a program that says when it is ready; stop() ends it.
async function attach(command, args, ready) {
	const child = spawn(join(process.env.CVN_BENCH_BIN, command), args.map(String));
	let said = '';
	child.stderr.on('data', (part) => (said += part));
	const ended = new Promise((resolve) => child.on('close', resolve));
	for await (const line of createInterface({ input: child.stdout })) if (line.startsWith(ready)) break;
	if (child.exitCode !== null) throw new Error(`${command}: ${said}`);
	child.stdout.resume();
	return () => {
		child.kill();
		return ended;
	};
}

const watchers = (clients) => attach('crowd', ['--port', new URL(s.run.notifier).port, '--clients', clients, '--rounds', 1000000,
	'--path', `/api/events?environment=${ENVIRONMENT}&wait=60`, '--header', `Authorization: Bearer ${token}`], 'parked');

async function answer(clients, request) {
	const stop = await watchers(clients);
	const { p50_ms, refused } = await program('load', ['--port', port, '--seconds', SECONDS, '--pause', PAUSE, request]);
	await stop();
	if (refused) throw new Error(`${refused} saves were refused`);
	return p50_ms;
}

const notify = async (database, listeners) => (await program('notify', ['--database', database, '--listeners', listeners, '--count', (SECONDS * 1e6) / PAUSE, '--pause', PAUSE])).p50_ms;

await bench(async () => {
	await environment(ENVIRONMENT);
	await s.sql(`insert into tokens (name, sha256, role, environment, created_by)
		values ('watchers', '${createHash('sha256').update(token).digest('hex')}', 'worker', '*', 'admin')`);
	const request = saveFile(ENVIRONMENT);
	const pairs = [];
	for (let i = 0; i < ROUNDS; i++) pairs.push([await answer(MANY, request), await answer(1, request)]);
	row({ name: 'answer to a save, 1,000 attached', unit: 'ms', against: 'with 1 attached', pairs, atMost: 1.5 });

	const peer = await postgres([`max_connections=${MANY + 20}`]);
	const bare = [];
	for (let i = 0; i < Math.min(2, ROUNDS); i++) bare.push([await notify(peer.database, MANY), await notify(peer.database, 1)]);
	row({ name: 'commit of PostgreSQL, 1,000 LISTEN', unit: 'ms', against: 'with 1 LISTEN', pairs: bare });
});
