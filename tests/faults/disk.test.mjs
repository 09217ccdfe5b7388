// Goal: a database without room says so, loses nothing that it acknowledged, and goes on by itself when it has room again.
// A cluster of the test's own on a small tmpfs, with an API of its own before it.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { replayFaults } from '../lib/replay.mjs';
import { psql, request, stack } from '../lib/stack.mjs';
import { folder } from '../notifier/alone.mjs';
import { answerOf, api } from './api.mjs';
import { comes } from './proved.mjs';

const PG = '/usr/lib/postgresql/15/bin';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const s = stack();
const run = promisify(execFile);

// A tmpfs of so many MB, or null where we may not mount one.
async function disk(t, size) {
	const path = mkdtempSync(join(tmpdir(), 'cvn-disk-'));
	try {
		await run('mount', ['-t', 'tmpfs', '-o', `size=${size}m,mode=755`, 'cvn-test', path]);
	} catch {
		rmdirSync(path);
		return null;
	}
	t.after(async () => {
		await run('umount', ['-l', path]); // the cluster may still be on it
		rmdirSync(path);
	});
	return path;
}

// A cluster below `path`, started again when it ends, as a service manager does it: { host, stop }.
async function cluster(t, path) {
	const owner = statSync(join(s.state, 'log')).uid;
	const group = statSync(join(s.state, 'log')).gid;
	const as = [`--reuid=${owner}`, `--regid=${group}`, '--init-groups'];
	const data = join(path, 'pg');
	const host = folder(t);
	mkdirSync(data, { mode: 0o700 });
	for (const place of [data, host]) chownSync(place, owner, group);
	chmodSync(host, 0o755);
	await run('setpriv', [...as, join(PG, 'initdb'), '-D', data, '-U', 'postgres', '--auth=trust', '--locale=C.UTF-8', '--encoding=UTF8', '--no-sync']);
	const words = ['-D', data, '-c', 'listen_addresses=', '-c', `unix_socket_directories=${host}`, '-c', 'shared_buffers=16MB', '-c', 'max_wal_size=48MB'];
	let child;
	let stopping = false;
	const start = () => {
		child = spawn('setpriv', [...as, join(PG, 'postgres'), ...words], { stdio: 'ignore' });
		child.on('close', () => stopping || setTimeout(start, 200));
	};
	start();
	t.after(async () => {
		stopping = true;
		const ended = new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.on('close', resolve) : resolve()));
		child.kill('SIGQUIT');
		await ended;
	});
	const database = (name) => `host=${host} user=postgres dbname=${name}`;
	await comes(() => psql(database('postgres'), 'select'), 20000, 'a cluster of its own');
	await psql(database('postgres'), 'create database cvn');
	await run(join(ROOT, 'sql/apply'), [database('cvn'), '--demo']);
	const [{ hash }] = await s.sql(`select password_hash as hash from operators where login = 'editor'`);
	await psql(database('cvn'), `insert into operators (login, password_hash, created_by) values ('editor', '${hash}', 'test');
		insert into operator_roles (login, environment, role) values ('editor', '*', 'editor')`);
	return { host, sql: (text) => psql(database('cvn'), text) };
}

test('a disk that is full is a 503, and nothing that was acknowledged is lost', { timeout: 180000 }, async (t) => {
	const path = await disk(t, 160);
	if (!path) return t.skip('this machine does not let us mount a tmpfs');
	const { host, sql } = await cluster(t, path);
	const { url } = await api(t, s, { host });
	const done = [];
	let n = 0;
	const save = async () => {
		const id = randomUUID();
		const headers = { ...answerOf(s, 'editor'), 'If-Match': '*', 'X-Request-Id': id };
		const changes = { CVN_ENTRY_THRESHOLD: `0.${100000 + ++n}1` };
		const reason = randomBytes(500).toString('hex'); // does not pack well
		const { status, body } = await request(url, 'POST', '/api/config/paper', { headers, body: { changes, reason } });
		if (status === 200) done.push({ id, version: String(body.version) });
		return { status, body };
	};
	const filler = join(path, 'filler');
	const fill = () => {
		for (let size = 64 << 20; size >= 1024; size >>= 1)
			for (let more = true; more; ) {
				try {
					writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
				} catch (error) {
					assert.equal(error.code, 'ENOSPC');
					more = false;
				}
			}
	};
	const holds = async () => {
		const rows = await sql(`select request_id as id, version from config_history where environment = 'paper' and request_id is not null order by version`);
		const known = new Map(rows.map((row) => [row.id, row.version]));
		for (const one of done) assert.equal(known.get(one.id), one.version, 'it was acknowledged');
		assert.deepEqual(await sql(replayFaults), []);
	};
	for (let i = 0; i < 20; i++) {
		const { status, body } = await save();
		assert.equal(status, 200, JSON.stringify(body));
	}

	// 1. No room for rows: the server refuses, and goes on.
	fill();
	const refused = await comes(async () => {
		const reply = await save();
		return reply.status !== 200 && reply;
	}, 30000, 'a refusal');
	assert.equal(refused.status, 503, JSON.stringify(refused.body));
	assert.equal(refused.body.code, 'unavailable');
	assert.equal((await request(url, 'GET', '/api/config/paper', { headers: answerOf(s, 'editor') })).status, 200);
	rmSync(filler);
	await comes(async () => (await save()).status === 200, 10000, 'a save when there is room again');
	await holds();

	// 2. No room for the log of changes: the server cannot go on at all, until there is some.
	fill();
	const statuses = [];
	await comes(() => sql(`select pg_logical_emit_message(true, 'test', 'x'); select pg_switch_wal()`).then(() => false, () => true), 30000, 'the end of its log');
	await comes(async () => {
		statuses.push((await save()).status);
		return statuses.at(-1) !== 200;
	}, 30000, 'a refusal');
	assert.ok(statuses.every((status) => [200, 503].includes(status)), String(statuses));
	rmSync(filler);
	await comes(async () => (await save()).status === 200, 30000, 'a save when there is room again');
	await holds();
	t.diagnostic(`${done.length} acknowledged writes, all there`);
});
