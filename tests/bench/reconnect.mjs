// Row 8. A worker that missed 10,000 changes while its connection was gone, until it has the current configuration in force:
// against a bare connection that LISTENs and reads it once. And 1,000 workers that come back to a notifier that was just
// started, on its long poll: how often it reads the configuration for them, as PostgreSQL's log counts.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROUNDS, bench, bound, environment, program, requestFile, row, s, skip } from './lib/bench.mjs';
import { eventually } from '../lib/stack.mjs';

const [MISSED, HERD] = [10000, 1000];
const superuser = s.run.database.replace(/user=\S+/, 'user=postgres');
const LOG = join(s.state, 'log', 'postgresql.log');
const facts = () => JSON.parse(readFileSync(join(s.state, 'run.json'), 'utf8'));

// A new notifier, when the old one is ended: the supervisor starts it.
async function restart() {
	const pid = facts().pids['cvn-config-notifier'];
	process.kill(pid, 'SIGTERM');
	const ready = () => fetch(`${facts().notifier}/readyz`).then(({ ok }) => ok, () => false); // nobody listens for a moment
	await eventually(async () => facts().pids['cvn-config-notifier'] !== pid && ready(), 20000, 'a new notifier');
}

async function herd(env, token, version) {
	await restart();
	const before = readFileSync(LOG, 'utf8').length;
	const to = Number(new URL(facts().notifier).port);
	const request = requestFile({ method: 'GET', target: `/api/watch/${env}?version=${version}&wait=25`, headers: { Authorization: `Bearer ${token}` }, to });
	const result = await program('load', ['--port', to, '--seconds', 30, '--once', 1, ...Array.from({ length: HERD }, () => request)]);
	if (result.requests !== HERD || result.refused) throw new Error(`${result.requests} of ${HERD} were answered, ${result.refused} refused`);
	return readFileSync(LOG, 'utf8').slice(before).split('with place as materialized').length - 1;
}

await bench(async () => {
	const env = await environment('bench-reconnect');
	const pairs = [];
	for (let i = 0; i < ROUNDS; i++) {
		const one = await program('reconnect', ['--database', s.run.worker_database, '--owner', superuser, '--environment', env, '--missed', MISSED, '--count', 5]);
		pairs.push([one.worker_ms, one.bare_ms]);
	}
	row({ name: `back after ${MISSED.toLocaleString('en')} changes`, unit: 'ms', against: 'LISTEN and one read', pairs, atMost: 1.3 });

	if (!existsSync(LOG)) return skip('reads for 1,000 that come back', 'the log of PostgreSQL is elsewhere');
	const herded = await environment('bench-herd');
	const { body } = await s.save('editor', herded, { CVN_ENTRY_THRESHOLD: '0.731' }, 'bench');
	const token = randomBytes(24).toString('hex');
	await s.sql(`insert into tokens (name, sha256, role, environment, created_by)
		values ('a herd', '${createHash('sha256').update(token).digest('hex')}', 'worker', '*', 'admin')`);
	await s.sql("alter role cvn_notifier set log_statement = 'all'", superuser);
	const reads = [];
	for (let i = 0; i < ROUNDS; i++) reads.push(await herd(herded, token, body.version - 1));
	if (reads.some((n) => n < 1)) throw new Error(`${reads} reads: the log does not show them`);
	bound({ name: `reads for ${HERD.toLocaleString('en')} that come back`, unit: 'reads', values: reads, atMost: 1 });
});
