// Goal: whoever may log in to the database may send notifications; ten thousand of them tell nobody anything, and cost little.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environment } from '../api/environment.mjs';
import { notifier, ready, way } from '../notifier/alone.mjs';
import { request, stack } from '../lib/stack.mjs';
import { processorMs } from './processes.mjs';
import { comes, sleep } from './proved.mjs';
import { trader } from './trader.mjs';

const s = stack();
const superuser = s.run.database.replace(/user=\S+/, 'user=postgres');
const EACH = 500;
const TIMES = 20;
const READS_A_SECOND = 5; // a worker's next read waits 200 ms when the last one brought nothing
const ROLE = 'test_stranger';

test(`${EACH * TIMES} notifications of a stranger: no value, no event, no storm of reads`, { timeout: 60000 }, async (t) => {
	const env = await environment(s.sql, 'test-strangers');
	const [workers, notifiers] = [await way(t, s), await way(t, s)];
	const own = await notifier(t, { database: `host=${notifiers.host} user=cvn_notifier dbname=cvn` });
	await ready(own);
	const id = `test-strangers-${process.pid}`;
	const one = trader(t, s, { id, environment: env, database: `host=${workers.host} user=cvn_worker dbname=cvn` });
	const seen = async () => Number((await s.sql(`select applied_version as version from workers where worker_id = '${id}'`))[0]?.version);
	const version = await s.version(env);
	await comes(async () => (await seen()) === version, 10000, 'a worker that is current');

	await s.sql(`drop role if exists ${ROLE}; create role ${ROLE} login`, superuser);
	t.after(() => s.sql(`drop role ${ROLE}`, superuser));
	const [{ may }] = await s.sql(`select count(*) as may from information_schema.role_table_grants where grantee = '${ROLE}'`, superuser);
	assert.equal(may, '0', 'a stranger has no rights');

	const reads = () => ({ worker: workers.runs('cvn_entries'), notifier: notifiers.runs('catch_up') });
	const { id: token, token: secret } = (await s.call('admin', 'POST', '/api/tokens', { body: { name: 'strangers', role: 'viewer', environment: env } })).body;
	t.after(() => s.call('admin', 'DELETE', `/api/tokens/${token}`));
	const headers = { Authorization: `Bearer ${secret}` };
	const { cursor } = (await request(own.url, 'GET', `/api/events?environment=${env}`, { headers })).body;
	const [before, spent, start] = [reads(), [processorMs(one.pid), processorMs(own.pid)], Date.now()];
	for (let i = 0; i < TIMES; i++) {
		await s.sql(`set role ${ROLE}; select count(pg_notify('config_changed', case n % 4
			when 0 then format('env=${env},key=CVN_ENTRY_THRESHOLD,version=%s', ${version} + ${i} * ${EACH} + n)
			when 1 then format('env=${env},key=*,version=9%s%s', ${i}, n)
			when 2 then format('env=nowhere-%s,key=CVN_X,version=%s', n, ${i})
			else repeat(chr(33 + n % 90), 1 + n) || ${i} end)) from generate_series(1, ${EACH}) n`, superuser);
		await sleep(100);
	}
	await sleep(1000);
	const seconds = (Date.now() - start) / 1000;
	const now = reads();
	const used = [processorMs(one.pid) - spent[0], processorMs(own.pid) - spent[1]];
	t.diagnostic(`in ${seconds} s: reads ${now.worker - before.worker} by the worker, ${now.notifier - before.notifier} by the notifier; ${used[0]} and ${used[1]} ms of a processor`);

	// 1. They were heard, and cost little.
	assert.ok(now.worker > before.worker && now.notifier > before.notifier, 'nobody heard them: the test proves nothing');
	assert.ok(now.worker - before.worker <= seconds * READS_A_SECOND + 3);
	assert.ok(now.notifier - before.notifier <= TIMES * 2 + seconds * READS_A_SECOND);
	assert.ok(used.every((ms) => ms < seconds * 500));

	// 2. They told nothing.
	assert.equal(await s.version(env), version);
	assert.equal(await seen(), version);
	assert.ok(!one.has('link_lost') && !one.has('version_fell'), JSON.stringify(one.lines.slice(-3)));
	const { events, reset } = (await request(own.url, 'GET', `/api/events?environment=${env}&after=${cursor}&wait=1`, { headers })).body;
	assert.equal(reset, false);
	assert.deepEqual(events.filter(({ type }) => type === 'config_changed'), []);

	// 3. And what is true is told as soon as ever.
	const saved = (await s.save('editor', env, { CVN_ENTRY_THRESHOLD: `0.4${process.pid}1` })).body.version;
	await comes(async () => (await seen()) === saved, 5000, 'the worker with a true version');
	const told = async () => (await request(own.url, 'GET', `/api/events?environment=${env}&after=${cursor}&wait=5`, { headers })).body.events
		.filter(({ type }) => type === 'config_changed').map((event) => event.version);
	await comes(async () => (await told()).length > 0, 5000, 'the event of a true version');
	assert.deepEqual(await told(), [saved]);
});
