// Goal: whoever is killed at whatever moment, nothing is lost, and it is back at once. A stack under load in which something
// is killed every 300 ms: a responder, the notifier, a backend of PostgreSQL (which ends all of its connections), a worker
// process of nginx, a worker. Afterwards the checker proves the run; and seeds faults into what it read, to be believed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { environment } from '../api/environment.mjs';
import { request, stack } from '../lib/stack.mjs';
import { check, readState, stateQuery } from './checker.mjs';
import { load } from './load.mjs';
import { processes } from './processes.mjs';
import { LONG, comes, sleep } from './proved.mjs';

const EVERY_MS = 300;
const BACK_MS = 2000;
const LIFE_MS = 1000; // what dies sooner than this after its start is started later each time: ./dev run waits
// The storm goes on until it has lasted and counted as much as this; one that does not get there is no proof.
const { LEAST_S, MOST_S, KILLS, WRITES } = LONG
	? { LEAST_S: 60, MOST_S: 300, KILLS: 150, WRITES: 2000 }
	: { LEAST_S: 10, MOST_S: 40, KILLS: 30, WRITES: 300 };

const s = stack();
const at = processes(s.state);
const any = (list) => list[Math.floor(Math.random() * list.length)];
const get = (path) => request(s.url, 'GET', path).catch(() => ({ status: 0 }));
const basic = { headers: { Authorization: `Basic ${Buffer.from(`viewer:${s.credentials.viewer.password}`).toString('base64')}` } };

const answers = async () => (await request(s.url, 'GET', '/api/config/paper/CVN_COOLDOWN', basic).catch(() => ({ status: 0 }))).status === 200;
const starts = (name) => readFileSync(join(s.state, 'log', `${name}.log`), 'utf8').split('"event":"started"').length;

// Who is killed, and what shows that it is back: isBack() gives a question, asked until the answer is yes. `waits`: it is ./dev
// run that starts it again.
const VICTIMS = {
	responder: { pids: at.responders, isBack: () => answers },
	notifier: { waits: true, pids: at.notifier, isBack: () => async () => (await get('/api/health')).status === 200 },
	backend: { pids: at.backends, isBack: () => answers },
	nginx: { pids: at.gates, isBack: () => answers },
	worker: {
		waits: true,
		pids: at.workers,
		isBack(pid) {
			const name = at.workerName(pid);
			const before = starts(name);
			return async () => starts(name) > before;
		},
	},
};

// Kills one of a kind: its pid and the question whether it is back; null where there is none just now.
function kill(kind) {
	const { pids, isBack } = VICTIMS[kind];
	const pid = any(pids());
	if (pid === undefined) return null;
	const question = isBack(pid);
	try {
		process.kill(pid, 'SIGKILL');
	} catch (error) {
		if (error.code === 'ESRCH') return null;
		throw error;
	}
	return question;
}

// How long it is until the answer is yes, in ms.
async function until(question) {
	const start = Date.now();
	while (!(await question()) && Date.now() - start < 30000) await sleep(20);
	return Date.now() - start;
}

// Every kill, as { kind, ms }. Of a kind that is away, or has only just come back, nobody is killed again.
async function storm(running) {
	const away = new Set();
	const kills = [];
	const start = Date.now();
	const seconds = () => (Date.now() - start) / 1000;
	while (seconds() < LEAST_S || ((kills.length < KILLS || running.count('ok') < WRITES) && seconds() < MOST_S)) {
		const kind = any(Object.keys(VICTIMS).filter((name) => !away.has(name)));
		const question = kind && kill(kind);
		if (question) {
			away.add(kind);
			kills.push(until(question).then(async (ms) => {
				if (VICTIMS[kind].waits) await sleep(LIFE_MS);
				away.delete(kind);
				return { kind, ms };
			}));
		}
		await sleep(EVERY_MS);
	}
	return Promise.all(kills);
}

const summary = (kills) => Object.keys(VICTIMS).map((kind) => {
	const times = kills.filter((one) => one.kind === kind).map(({ ms }) => ms).sort((a, b) => a - b);
	return `${kind} ${times.length} (median ${times[times.length >> 1]} ms, worst ${times.at(-1)} ms)`;
}).join(', ');

test('a storm of kills loses nothing, and what was killed is back within two seconds', { timeout: (MOST_S + 120) * 1000 }, async (t) => {
	const environments = ['paper', await environment(s.sql, 'test-storm')];
	const running = await load(s, { environments });
	const kills = await storm(running);
	const log = await running.stop();
	running.save(join(s.state, 'storm.jsonl'));
	const state = await readState(s.sql);
	t.diagnostic(`${kills.length} kills: ${summary(kills)}`);
	t.diagnostic(`writes: ${['ok', 'refused', 'unknown'].map((outcome) => `${running.count(outcome)} ${outcome}`).join(', ')}; ${log.length} lines`);

	assert.deepEqual(check(log, state), []);
	assert.ok(kills.length >= KILLS, `${kills.length} kills are too few for a proof`);
	assert.ok(running.count('ok') >= WRITES, `${running.count('ok')} acknowledged writes are too few for a proof`);
	for (const kind of Object.keys(VICTIMS)) assert.ok(kills.some((one) => one.kind === kind), `no ${kind} was killed`);
	assert.deepEqual(kills.filter(({ ms }) => ms > BACK_MS), []);
	await comes(() => counted(), 10000, 'metrics that are what the history says');
	await seeded(log);
});

// The notifier was killed many times, and counts what the history has all the same.
async function counted() {
	const text = await (await fetch(`${s.run.notifier}/metrics`)).text();
	const value = (name, env) => Number(text.match(new RegExp(`^${name}\\{environment="${env}"\\} (.*)$`, 'm'))?.[1]);
	const rows = await s.sql(`select environment, max(version)::int as version, count(*) filter (where kind <> 'create')::int as saves
		from config_history group by environment`);
	return rows.every(({ environment: env, version, saves }) =>
		value('cvn_config_version', env) === Number(version) && value('cvn_config_saves_total', env) === Number(saves));
}

// Faults in the database itself, each undone: the checker reads them as it read the run.
async function seeded(log) {
	const superuser = s.run.database.replace(/user=\S+/, 'user=postgres');
	// One that was acknowledged, and is not the last: of an answer that was lost the checker says something else.
	const acknowledged = log.filter((line) => line.kind === 'write' && line.outcome === 'ok' && line.environment === 'paper').map(({ version }) => version);
	const middle = acknowledged.sort((a, b) => b - a)[3];
	const history = (what) => `update config_history set ${what} where environment = 'paper' and version = ${middle}`;
	for (const [kind, statement] of [
		['acknowledged-missing', history("request_id = 'nobody'")],
		['unasked', history("request_id = 'nobody'")],
		['chain', history("changed_by = 'eve'")],
		['version-gap', `delete from config_history where environment = 'paper' and version = ${middle}`],
		['replay', `update active_config_entries set value = '0.9' where name = 'CVN_ENTRY_THRESHOLD'`],
		['worker-behind', `update workers set applied_version = applied_version - 1`],
		['worker-fell', `insert into worker_reports (worker_id, environment, version, kind, detail, at) select worker_id, environment, 1, 'applied', '{}', now() from workers`],
	]) {
		const [{ state }] = await s.sql(`begin; set local session_replication_role = replica; ${statement}; ${stateQuery}; rollback`, superuser);
		const found = check(log, JSON.parse(state)).map((fault) => fault.kind);
		assert.ok(found.includes(kind), `${kind} is not among ${JSON.stringify([...new Set(found)])}`);
	}
}
