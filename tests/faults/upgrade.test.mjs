// Goal: sql/apply on a running system is noticed by nobody: no request fails, no worker loses its link, whatever it replaces and
// whoever reads meanwhile.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stack } from '../lib/stack.mjs';
import { folder } from '../notifier/alone.mjs';
import { socketDirectory } from './api.mjs';
import { client } from './client.mjs';
import { comes, sleep } from './proved.mjs';
import { trader } from './trader.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const s = stack();
const superuser = `host=${socketDirectory(s)} user=postgres dbname=cvn`;
const run = promisify(execFile);
const apply = (root) => run(join(root, 'sql/apply'), [superuser]);
const ID = `test-upgrade-${process.pid}`;

// What is asked all the time, by whom.
const ASKED = [
	['viewer', 'GET', '/api/config/paper'], ['viewer', 'GET', '/api/config/paper/CVN_ENTRY_THRESHOLD'], ['viewer', 'GET', '/api/environments'],
	['viewer', 'GET', '/api/workers?environment=paper'], ['viewer', 'GET', '/api/history?environment=paper&limit=5'], ['viewer', 'GET', '/api/changes?limit=5'],
	['viewer', 'GET', '/api/catalog'], ['viewer', 'GET', '/api/rules'], ['viewer', 'GET', '/api/runs?limit=5'], ['viewer', 'GET', '/api/freeze-windows'],
	['viewer', 'GET', '/api/watch/paper?wait=1'], ['viewer', 'GET', '/api/health'], ['admin', 'GET', '/api/operators'],
	['editor', 'POST', '/api/config/paper/plan', () => ({ body: { changes: { CVN_ENTRY_THRESHOLD: '0.71' } } })],
	...['paper', 'paper', 'dev'].map((environment, i) => ['editor', 'POST', `/api/config/${environment}`, (n) => ({
		headers: { 'If-Match': '*' }, body: { changes: { CVN_ENTRY_THRESHOLD: `0.${i + 1}${String(n).padStart(6, '0')}1` }, reason: 'upgrade' } })]),
];

// Asks until stop(), which returns { failed, counts, slowest }: what was not answered with success, how often each was, and the longest in ms.
async function asking() {
	const clients = {};
	for (const login of ['viewer', 'editor', 'admin']) clients[login] = await client(s.url, { login, password: s.credentials[login].password });
	const told = { failed: [], counts: ASKED.map(() => 0), slowest: 0 };
	let on = true;
	const loops = ASKED.map(async ([login, method, path, options], i) => {
		while (on) {
			const began = Date.now();
			const { status, body } = await clients[login].call(method, path, options?.(told.counts[i])).catch((error) => ({ status: 0, body: error.message }));
			if (status !== 200) told.failed.push(`${method} ${path}: ${status} ${JSON.stringify(body.detail ?? body)}`);
			if (!path.includes('wait=')) told.slowest = Math.max(told.slowest, Date.now() - began);
			told.counts[i]++;
			await sleep(10);
		}
	});
	const stop = async () => {
		on = false;
		await Promise.all(loops);
		Object.values(clients).forEach((one) => one.close());
		return told;
	};
	return { told, stop };
}

// Another release beside this one: a patch that changes tables which every save and report writes, other columns and types of
// columns, other triggers.
function later(t) {
	const root = folder(t);
	const edit = (file, ...pairs) => {
		let text = readFileSync(join(root, 'sql', file), 'utf8');
		for (const [from, to] of pairs) {
			assert.ok(text.includes(from), `${file}: ${from}`);
			text = text.replace(from, to);
		}
		writeFileSync(join(root, 'sql', file), text);
	};
	cpSync(join(ROOT, 'sql'), join(root, 'sql'), { recursive: true });
	writeFileSync(join(root, 'sql/patches/9999-later.sql'), `alter table workers add column mood text not null default 'calm';
		comment on column workers.mood is 'Of a later release.';
		alter table config_history add column mood text;
		alter table config_changes add column mood text;
		insert into schema_patch (name) values ('9999-later');`);
	edit('views/20-status.sql', ['select w.worker_id,', 'select w.mood, w.worker_id,'], ['select c.environment, c.version,', 'select c.environment, c.version::numeric as version,']);
	edit('triggers.sql', ["'after insert', 'row', 'config_history_link', 'O'", "'after insert', 'row', 'config_history_link', 'A'"],
		["'before insert or delete or update', 'row', 'config_changes_guard'", "'before insert or update', 'row', 'config_changes_guard'"]);
	return root;
}

// The release of this checkout again, as if the later one had never been.
async function back() {
	await s.sql(`delete from schema_patch where name = '9999-later'`);
	await apply(ROOT);
	await s.sql('alter table workers drop column if exists mood');
	await s.sql('alter table config_history drop column if exists mood');
	await s.sql('alter table config_changes drop column if exists mood');
}

test('sql/apply of the same release, of a later one and of this one again: nobody who asks meanwhile notices', { timeout: 120000 }, async (t) => {
	const root = later(t);
	const one = trader(t, s, { id: ID, environment: 'paper' });
	await comes(async () => (await s.sql(`select 1 from workers where worker_id = '${ID}' and closed_at is null`)).length === 1, 10000, 'a worker');
	t.after(back);
	const { told, stop } = await asking();
	await comes(() => Math.min(...told.counts) > 0, 10000, 'an answer to each');
	for (const release of [ROOT, root, root]) await apply(release);
	assert.equal((await s.sql(`select mood from worker_status where worker_id = '${ID}'`))[0]?.mood, 'calm');
	const during = Math.min(...told.counts);
	await back();
	const { failed, counts, slowest } = await stop();
	t.diagnostic(`${counts.reduce((a, b) => a + b)} answers, the slowest after ${slowest} ms`);
	assert.deepEqual(failed, []);
	assert.ok(during > 1, 'each was asked while the schema was replaced');
	assert.ok(!one.has('link_lost'));
	const [{ version }] = await s.sql(`select version from active_config where environment = 'paper'`);
	await comes(async () => (await s.sql(`select applied_version as version from workers where worker_id = '${ID}'`))[0].version === version, 15000, 'the last version at the worker');
});

// Somebody who does one thing and leaves the transaction open, until end().
function holder(t, sql) {
	const child = spawn('psql', ['-X', '-q', '-d', superuser, '-c', 'begin', '-c', sql, '-f', '-'], { stdio: ['pipe', 'ignore', 'ignore'] });
	const end = () => child.stdin.end();
	t.after(end);
	return { end };
}

test('somebody reads a view for long: sql/apply waits for them, nobody waits for it, and it ends when they do', { timeout: 120000 }, async (t) => {
	const root = later(t);
	const reader = holder(t, 'select from worker_status');
	t.after(back);
	const reads = async () => (await s.sql(`select 1 from pg_locks where relation = 'worker_status'::regclass and mode = 'AccessShareLock' and granted`)).length > 0;
	await comes(reads, 5000, 'a long reader');
	const { told, stop } = await asking();
	const applied = apply(root);
	const waits = async () => (await s.sql(`select 1 from pg_locks where mode = 'AccessExclusiveLock' and not granted`)).length > 0;
	for (let met = 0; met < 2; met++) await comes(waits, 15000, 'sql/apply behind it');
	const before = told.counts.slice();
	await comes(() => told.counts.every((n, i) => n > before[i] + 2), 10000, 'answers while it waits');
	assert.deepEqual(await s.sql(`select 1 from pg_attribute where attrelid = 'worker_status'::regclass and attname = 'mood'`), []);
	reader.end();
	await applied;
	const { failed, slowest } = await stop();
	t.diagnostic(`the slowest answer after ${slowest} ms`);
	assert.deepEqual(failed, []);
});

test('a view that nobody may read for some seconds: the notifier waits with the connections that it has', { timeout: 60000 }, async (t) => {
	const connections = async () => Number((await s.sql(`select count(*) as n from pg_stat_activity where application_name like 'cvn-config-notifier%'`))[0].n);
	const before = await connections();
	const { end } = holder(t, 'lock table worker_status in access exclusive mode');
	const began = Date.now();
	let most = 0;
	await comes(async () => {
		most = Math.max(most, await connections());
		return Date.now() - began > 10000;
	}, 20000, 'ten seconds');
	end();
	assert.ok(most <= before + 1, `${most} connections, ${before} before`);
	await comes(async () => (await s.call('viewer', 'GET', '/api/health')).status === 200, 10000, 'health');
});
