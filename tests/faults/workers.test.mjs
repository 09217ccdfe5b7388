// Goal: a worker whose clock is wrong, that dies at a bad moment, whose line goes silent or that comes with two hundred others
// has the right configuration in the end, and what is said of it is true all the while.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { environment } from '../api/environment.mjs';
import { blocked, session } from '../lib/session.mjs';
import { request, stack } from '../lib/stack.mjs';
import { answerOf, api, socketDirectory } from './api.mjs';
import { processes } from './processes.mjs';
import { LONG, comes } from './proved.mjs';
import { trader } from './trader.mjs';

const s = stack();
const at = processes(s.state);
const run = promisify(execFile);
const superuser = s.run.database.replace(/user=\S+/, 'user=postgres');
const NAME = 'CVN_ENTRY_THRESHOLD';
let values = Date.now() % 100000;
const save = async (env) => {
	const reply = await s.save('editor', env, { [NAME]: `0.${100000 + ++values}1` });
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return reply.body.version;
};
const told = async (env) => new Map((await s.call('viewer', 'GET', `/api/workers?environment=${env}`)).body.workers.map((one) => [one.worker_id, one]));
const applied = (env, version, ids, ms = 15000) => comes(async () => {
	const now = await told(env);
	return ids.every((id) => now.get(id)?.applied_version >= version && now.get(id).state !== 'offline');
}, ms, `version ${version} at ${ids}`);

// -- clocks --

const FAKETIME = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'].map((path) => `${path}/faketime/libfaketimeMT.so.1`).find(existsSync);
const clock = (shift) => ({ LD_PRELOAD: FAKETIME, FAKETIME: shift, FAKETIME_DONT_FAKE_MONOTONIC: '1' });
const HOUR_S = 3600;

test('clocks that are an hour off, either way: latencies are as without, by the clock of the database', { timeout: 60000 }, async (t) => {
	if (!FAKETIME) return t.skip('libfaketime is not installed');
	const env = await environment(s.sql, 'test-clock');
	const ids = { right: `test-right-${process.pid}`, ahead: `test-ahead-${process.pid}`, behind: `test-behind-${process.pid}` };
	trader(t, s, { id: ids.right, environment: env });
	const others = [['+1h', ids.ahead, HOUR_S], ['-1h', ids.behind, -HOUR_S]].map(([shift, id, seconds]) => [trader(t, s, { id, environment: env, env: clock(shift) }), seconds]);
	await applied(env, 0, Object.values(ids));
	for (const [one, seconds] of others) {
		await comes(() => one.has('started'), 5000, 'its first line');
		const off = (Date.parse(one.lines[0].at) - Date.now()) / 1000;
		assert.ok(Math.abs(off - seconds) < 120, `its clock is off by ${off} s: the test proves nothing`);
	}
	for (let i = 0; i < 5; i++) await applied(env, await save(env), Object.values(ids));
	const rows = await s.sql(`select worker_id, min(latency_seconds) as least, max(latency_seconds) as most, count(latency_seconds) as n
		from worker_reports where worker_id in (${Object.values(ids).map((id) => `'${id}'`)}) group by worker_id`);
	t.diagnostic(JSON.stringify(rows));
	assert.equal(rows.length, 3);
	for (const { worker_id: id, least, most, n } of rows) {
		assert.ok(Number(n) >= 5, id);
		assert.ok(Number(least) >= 0 && Number(most) < 10, `${id}: from ${least} to ${most} s`);
	}
	const now = await told(env);
	for (const id of Object.values(ids)) assert.ok(Math.abs(Date.parse(now.get(id).last_heartbeat) - Date.now()) < 60000, id);
});

test('an API whose clock is an hour off: freeze windows and sessions go by the clock of the database', { timeout: 60000 }, async (t) => {
	if (!FAKETIME) return t.skip('libfaketime is not installed');
	const env = await environment(s.sql, 'test-clock');
	for (const shift of ['+1h', '-1h']) {
		const { url } = await api(t, s, { before: ['env', ...Object.entries(clock(shift)).map((pair) => pair.join('='))] });
		const write = () => request(url, 'POST', `/api/config/${env}`, {
			headers: { ...answerOf(s, 'editor'), 'If-Match': '*' }, body: { changes: { [NAME]: `0.${100000 + ++values}1` }, reason: 'clock' } });
		const login = await request(url, 'POST', '/api/session', { body: { login: 'editor', password: s.credentials.editor.password } });
		assert.equal(login.status, 200);
		assert.ok(Date.parse(login.body.expires_at) > Date.now() && Date.parse(login.body.expires_at) < Date.now() + 366 * 86400e3);
		const cookie = { Cookie: login.headers['set-cookie'][0].split(';')[0] };
		assert.equal((await request(url, 'GET', '/api/me', { headers: cookie })).status, 200);
		assert.equal((await write()).status, 200, `${shift}: before the freeze`);
		const at = (ms) => new Date(Date.now() + ms).toISOString();
		const made = await s.call('admin', 'POST', '/api/freeze-windows', { body: { environment: env, starts_at: at(-60000), ends_at: at(600000), reason: 'clock' } });
		assert.equal(made.status, 201, JSON.stringify(made.body));
		try {
			assert.equal((await write()).status, 409, `${shift}: within the freeze`);
		} finally {
			assert.equal((await s.call('admin', 'DELETE', `/api/freeze-windows/${made.body.id}`)).status, 204);
		}
		assert.equal((await write()).status, 200, `${shift}: after the freeze`);
	}
});

// -- a bad moment --

test('a worker that dies between apply and report: nobody says that it applied, until it says so itself', { timeout: 60000 }, async (t) => {
	const env = await environment(s.sql, 'test-crash');
	const id = `test-crash-${process.pid}`;
	const first = trader(t, s, { id, environment: env });
	await applied(env, 0, [id]);
	const [holder, observer] = [await session(superuser), await session(superuser)];
	t.after(() => Promise.all([holder.end(), observer.end()]));
	// Its report waits for a row, so the moment lasts.
	await holder.run(`begin; select from workers where worker_id = '${id}' for update`);
	const version = await save(env);
	await comes(() => first.lines.some((line) => line.event === 'config_change_applied' && Number(line.config_version) === version), 5000, 'the apply');
	await blocked(observer, holder.pid, 1, 'worker_report');
	first.kill('SIGKILL');
	await first.ended;
	await s.sql(`select pg_terminate_backend(pid) from pg_stat_activity where ${holder.pid} = any (pg_blocking_pids(pid))`, superuser);
	await holder.run('rollback');
	const before = (await told(env)).get(id);
	assert.ok(before.applied_version < version, 'it has not said so');
	const second = trader(t, s, { id, environment: env });
	await applied(env, version, [id]);
	await comes(() => second.has('started'), 5000, 'its first line');
	assert.equal(Number(second.lines.find((line) => line.event === 'started').config_version), version);
	const reports = (await s.sql(`select version from worker_reports where worker_id = '${id}' order by id`)).map((row) => Number(row.version));
	assert.deepEqual(reports, [...reports].sort((a, b) => a - b));
	assert.equal(reports.at(-1), version);
});

// -- a line that goes silent --

// A network of its own with one way out, which can be taken down so that neither end is told: { words, host, down, up }, or null.
async function silentNetwork(t) {
	const name = `cvn-${process.pid}`;
	const [here, there] = [`cv${process.pid}a`, `cv${process.pid}b`];
	const ip = (...words) => run('ip', words);
	try {
		await ip('netns', 'add', name);
	} catch {
		return null;
	}
	t.after(() => ip('netns', 'del', name));
	try {
		await ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name);
	} catch {
		return null;
	}
	await ip('address', 'add', '169.254.77.1/30', 'dev', here);
	await ip('link', 'set', here, 'up');
	await ip('-n', name, 'address', 'add', '169.254.77.2/30', 'dev', there);
	await ip('-n', name, 'link', 'set', there, 'up');
	await ip('-n', name, 'link', 'set', 'lo', 'up');
	// The cut is on our side: their interface stays up, so nothing there is told.
	const drop = (what) => run('tc', ['qdisc', what, 'dev', here, 'root', 'tbf', 'rate', '8bit', 'burst', '1', 'limit', '1']);
	return { words: ['ip', 'netns', 'exec', name], host: '169.254.77.1', down: () => drop('add'), up: () => drop('del') };
}

// PostgreSQL's Unix socket on an address.
async function tcp(t, host) {
	const server = net.createServer((near) => {
		const far = net.connect(join(socketDirectory(s), '.s.PGSQL.5432'));
		for (const one of [near, far]) one.on('error', () => {}).on('close', () => [near, far].forEach((end) => end.destroy()));
		near.pipe(far).pipe(near);
	}).listen(0, host);
	await new Promise((resolve) => server.on('listening', resolve));
	t.after(() => server.close());
	return server.address().port;
}

test('a line that goes silent is noticed within twelve seconds, and fifteen after it is back the newest version is there', { timeout: 120000 }, async (t) => {
	const network = await silentNetwork(t);
	if (!network) return t.skip('this machine does not let us make a network namespace');
	const env = await environment(s.sql, 'test-silent');
	const id = `test-silent-${process.pid}`;
	const port = await tcp(t, network.host);
	const database = `host=${network.host} port=${port} user=cvn_worker dbname=cvn`;
	const one = trader(t, s, { id, environment: env, database, before: network.words });
	await applied(env, await save(env), [id]);
	await network.down();
	const start = Date.now();
	const version = await save(env);
	await comes(() => one.has('link_lost'), 30000, 'the end of the line');
	const noticed = Date.now() - start;
	assert.ok(!one.lines.some((line) => Number(line.config_version) >= version), 'the line was not silent');
	await network.up();
	const back = Date.now();
	await applied(env, version, [id], 30000);
	t.diagnostic(`noticed after ${noticed} ms, up to date ${Date.now() - back} ms after it was back`);
	assert.ok(noticed < 12000);
	assert.ok(Date.now() - back < 15000);
});

// -- a herd --

const HERD = LONG ? 200 : 40;

test(`${HERD} workers that lose PostgreSQL at once are all back within thirty seconds, and do not storm it`, { timeout: 180000 }, async (t) => {
	const env = await environment(s.sql, 'test-herd');
	const ids = Array.from({ length: HERD }, (_, i) => `test-herd-${process.pid}-${i}`);
	const herd = ids.map((id) => trader(t, s, { id, environment: env, env: { CVN_CYCLE_MS: '400' } }));
	await applied(env, await save(env), ids, 60000);
	const said = () => readFileSync(join(s.state, 'log/postgresql.log'), 'utf8');
	const before = said().length;
	const { postgresql } = at.pids();
	const start = Date.now();
	process.kill(postgresql, 'SIGQUIT');
	await comes(() => at.pids().postgresql !== postgresql, 15000, 'another postmaster');
	const version = await comes(() => save(env), 15000, 'a save');
	await applied(env, version, ids, 60000);
	const ms = Date.now() - start;
	assert.ok(herd.every((one) => one.has('link_lost')));
	const refusals = said().slice(before).split('\n').filter((line) => / FATAL: /.test(line) && !/terminating connection/.test(line));
	t.diagnostic(`all back after ${ms} ms; ${refusals.length} connections were refused meanwhile`);
	assert.ok(ms < 30000);
	assert.deepEqual(refusals.filter((line) => /too many|remaining connection slots/.test(line)), []);
	assert.ok(refusals.length < HERD * 8, 'they came again without a pause');
});
