// Rows 5 and 6. One save told to 1,000, 5,000 and 9,000 long polls on the notifier's own port, and to 5,000 through nginx, from
// the first client that is answered to the last: against nchan publishing a text as long to as many, the same client program
// (tests/notifier/crowd.c). Its clients read, and ask again when all were told: what is measured is how fast a server tells. For
// information the same with clients that ask again at once, whose questions take most of that time on either side. And what a
// waiter costs the server in memory of its own: the growth of Pss of a fresh process.
import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

import { ROUNDS, bench, environment, port, row, s, skip } from './lib/bench.mjs';
import { NCHAN, hasNchan, nginx } from './lib/peers.mjs';
import { eventually } from '../lib/stack.mjs';

const ENVIRONMENT = 'bench-crowd';
const OWN = [{ clients: 1000, atMost: 1 }, { clients: 5000, atMost: 0.9 }, { clients: 9000, atMost: 0.8 }];
const THROUGH = { clients: 5000, atMost: 1.6 };
const LAST = ['--all-told'];
const token = randomBytes(24).toString('hex');
const own = Number(new URL(s.run.notifier).port);
let saves = 0;

async function save() {
	const body = { changes: { CVN_ENTRY_THRESHOLD: `0.${10000 + ++saves}1` }, reason: 'bench' };
	const reply = await s.call('editor', 'POST', `/api/config/${ENVIRONMENT}`, { headers: { 'If-Match': '*' }, body });
	if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
}

// Two threads of a kind are one peer: the workers of an nginx are children of its master.
const family = (pid) => [pid, ...execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' }).split('\n').filter(Boolean).map(Number)];
const pss = (pid) => Number(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+)/m)[1]) * 1024;
const memory = (pids) => pids.reduce((sum, pid) => sum + pss(pid), 0);

// A crowd that goes through rounds one at a time: arrive() is when all wait; round() waits for that, publishes, and returns
// the time from first to last in ms.
function crowd(to, clients, args, publish, parked = async () => {}) {
	const child = spawn(join(process.env.CVN_BENCH_BIN, 'crowd'), ['--port', to, '--clients', clients, '--rounds', ROUNDS, ...args].map(String));
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	let said = '';
	child.stderr.on('data', (part) => (said += part));
	const line = async () => {
		const { value, done } = await lines.next();
		if (done) throw new Error(`crowd ended: ${said}`);
		return value;
	};
	const arrive = async () => {
		const waiting = await line();
		if (waiting !== `parked ${clients}`) throw new Error(`${waiting} of ${clients}: ${said}`);
		await parked();
	};
	const round = async () => {
		await arrive();
		await publish();
		const report = JSON.parse(await line());
		if (report.missed || report.twice || report.refused) throw new Error(JSON.stringify(report));
		return report.first_to_last_ms;
	};
	return { arrive, round, end: () => child.kill() };
}

const metric = async (name) => Number((await (await fetch(`${s.run.notifier}/metrics`)).text()).match(new RegExp(`^${name} (.*)$`, 'm'))[1]);

const ours = (to, clients, how) => crowd(to, clients, [...how, '--path', `/api/events?environment=${ENVIRONMENT}&wait=60`, '--header', `Authorization: Bearer ${token}`], save,
	() => eventually(async () => (await metric('cvn_notifier_waiters')) >= clients, 30000, 'the notifier to have them all'));

// As long as the answer of the notifier that our clients get.
const TEXT = JSON.stringify({ cursor: '0000000000000005-1', reset: false, events: [{ cursor: '0000000000000005-1', type: 'config_changed', environment: ENVIRONMENT, key: 'CVN_ENTRY_THRESHOLD', version: 100 }] });

const peer = () => nginx((to) => `nchan_max_reserved_memory 64M; server { listen 127.0.0.1:${to} backlog=4096;
	location /sub { nchan_subscriber longpoll; nchan_channel_id bench; nchan_subscriber_first_message newest; nchan_message_buffer_length 1; }
	location /pub { nchan_publisher http; nchan_channel_id bench; } }`, { modules: [NCHAN] });

async function publish(to) {
	const reply = await fetch(`http://127.0.0.1:${to}/pub`, { method: 'POST', body: TEXT });
	if (!reply.ok) throw new Error(`nchan: ${reply.status}`);
}

// The two crowds wait side by side, and are told in turn.
async function compare(name, to, clients, how, target) {
	const other = await peer();
	const us = ours(to, clients, how);
	const them = crowd(other.port, clients, [...how, '--plain', '--path', '/sub'], () => publish(other.port));
	const pairs = [];
	for (let i = 0; i < ROUNDS; i++) pairs.push([await us.round(), await them.round()]);
	us.end();
	them.end();
	await other.stop();
	await eventually(async () => (await metric('cvn_notifier_waiters')) === 0, 30000, 'the notifier to have forgotten them'); // the next crowd is counted
	row({ name, unit: 'ms', against: 'nchan, long poll', pairs, ...target });
}

// Restarts the notifier, so that no heap is warm from what was before.
async function freshNotifier() {
	const current = () => JSON.parse(readFileSync(join(s.state, 'run.json'), 'utf8')).pids['cvn-config-notifier'];
	const pid = current();
	process.kill(pid, 'SIGTERM');
	const ready = () => fetch(`${s.run.notifier}/readyz`).then(({ ok }) => ok, () => false); // nobody listens for a moment
	return eventually(async () => {
		const now = current();
		return now !== pid && (await ready()) && now;
	}, 20000, 'a new notifier');
}

async function perWaiter(clients) {
	const other = await peer();
	const grown = async (pids, start) => {
		const before = memory(pids);
		const one = start();
		await one.arrive();
		const after = memory(pids);
		one.end();
		return (after - before) / clients;
	};
	const mine = await grown([await freshNotifier()], () => ours(own, clients, LAST));
	const theirs = await grown(family(other.pid), () => crowd(other.port, clients, ['--plain', '--path', '/sub'], () => publish(other.port)));
	await other.stop();
	return [mine, theirs];
}

await bench(async () => {
	if (!hasNchan()) return skip('fan-out beside nchan', 'libnginx-mod-nchan is not installed');
	await environment(ENVIRONMENT);
	await s.sql(`insert into tokens (name, sha256, role, environment, created_by)
		values ('a crowd', '${createHash('sha256').update(token).digest('hex')}', 'worker', '*', 'admin')`);
	for (const { clients, atMost } of OWN) {
		const name = `fan-out to ${clients.toLocaleString('en')}`;
		await compare(name, own, clients, LAST, { atMost });
		await compare(`${name}, who ask at once`, own, clients, [], {});
	}
	const name = `fan-out to ${THROUGH.clients.toLocaleString('en')} through nginx`;
	await compare(name, port, THROUGH.clients, LAST, { atMost: THROUGH.atMost });
	await compare(`${name}, who ask at once`, port, THROUGH.clients, [], {});
	const pairs = [];
	for (let i = 0; i < ROUNDS; i++) pairs.push(await perWaiter(5000));
	row({ name: 'memory of a waiter', unit: 'bytes', against: 'nchan, long poll', pairs, atMost: 0.1 });
});
