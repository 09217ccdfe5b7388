// Goal: programs of one release on the schema of another work, or refuse and say so; they never take one thing for another. A database
// of the test's own is what a later release may make of it, or an earlier one had, under a worker and an API that run meanwhile.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { psql, stack } from '../lib/stack.mjs';
import { answerOf, api, socketDirectory } from './api.mjs';
import { comes, sleep } from './proved.mjs';
import { trader } from './trader.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const s = stack();
const run = promisify(execFile);
const NAME = 'CVN_ENTRY_THRESHOLD';
const ID = `test-schema-${process.pid}`;

// A database with the schema and the demo, a worker in paper and an API on it: { sql, one, save(), get(), told() }.
async function release(t, name) {
	const superuser = (database) => `host=${socketDirectory(s)} user=postgres dbname=${database}`;
	await psql(superuser('postgres'), `drop database if exists ${name} with (force)`);
	await psql(superuser('postgres'), `create database ${name}`);
	await run(join(ROOT, 'sql/apply'), [superuser(name), '--demo']);
	const sql = (text) => psql(superuser(name), text);
	const [{ hash }] = await s.sql(`select password_hash as hash from operators where login = 'editor'`);
	await sql(`insert into operators (login, password_hash, created_by) values ('editor', '${hash}', 'test');
		insert into operator_roles (login, environment, role) values ('editor', '*', 'editor')`);
	const { url } = await api(t, s, { database: name });
	const one = trader(t, { ...s, sql }, { id: ID, environment: 'paper', database: `host=${socketDirectory(s)} user=cvn_worker dbname=${name}` });
	t.after(() => psql(superuser('postgres'), `drop database ${name} with (force)`));
	let n = 0;
	// Not by request(): what the API says of a schema that is none of its own is in no contract.
	const ask = async (method, headers, body) => {
		const reply = await fetch(`${url}/api/config/paper`, { method, headers: { ...answerOf(s, 'editor'), ...headers }, body });
		return { status: reply.status, body: await reply.json() };
	};
	const save = () => ask('POST', { 'If-Match': '*', 'Content-Type': 'application/json' }, JSON.stringify({ changes: { [NAME]: `0.${1000 + ++n}1` }, reason: 'schema' }));
	const get = () => ask('GET', {});
	const told = async () => (await sql(`select state, applied_version::int as version, rejected::text as rejected from workers where worker_id = '${ID}'`))[0];
	const applies = (version) => comes(async () => Number((await told())?.version) === version, 15000, `version ${version} at the worker`);
	const first = await save();
	assert.equal(first.status, 200, JSON.stringify(first.body));
	await applies(first.body.version);
	return { sql, one, save, get, told, applies };
}

test('a later release adds columns, rows and functions: worker and API go on', { timeout: 120000 }, async (t) => {
	const { sql, one, save, get, applies } = await release(t, 'cvn_test_later');
	await sql(`alter table variable_catalog add column colour text not null default 'red';
		alter table config_history add column mood text; alter table workers add column mood text not null default 'calm';
		alter table active_config add column mood text; alter table sessions add column mood text;
		create function config_write(text, text, boolean) returns text language sql as 'select $1';
		insert into schema_patch (name) values ('9999-later')`);
	for (let i = 0; i < 3; i++) {
		const { status, body } = await save();
		assert.equal(status, 200, JSON.stringify(body));
		await applies(body.version);
		assert.equal((await get()).body.values[NAME], body.diff[0].new);
	}
	assert.ok(!one.has('link_lost'));
});

test('a later release knows a type that this one does not: the worker keeps what it has and says why, until it is gone', { timeout: 120000 }, async (t) => {
	const { sql, save, get, told, applies } = await release(t, 'cvn_test_type');
	const { version, values } = (await get()).body;
	await sql(`alter table variable_catalog drop constraint variable_catalog_type_known;
		update catalog_state set version = version + 1;
		insert into variable_catalog (name, type, default_value, description, group_name, category, version, updated_by)
			select 'CVN_COLOUR', 'colour', 'red', 'of a later release', 'test', 'threshold', version, 'test' from catalog_state;
		notify config_changed, 'env=paper,key=*,version=${version}'`);
	const refused = await comes(async () => {
		const now = await told();
		return now.state === 'rejected' && now;
	}, 15000, 'a worker that says so');
	assert.match(refused.rejected, /CVN_COLOUR.*unknown type/);
	assert.equal(Number(refused.version), version);
	// The API says what is stored, or that it cannot; it writes nothing that it could not judge.
	const read = await get();
	assert.ok(read.status >= 500 || read.body.values[NAME] === values[NAME], JSON.stringify(read.body));
	const written = await save();
	t.diagnostic(`GET ${read.status}, POST ${written.status} ${JSON.stringify(written.body.detail ?? '')}`);
	assert.notEqual(written.status, 200, JSON.stringify(written.body));
	assert.equal(Number((await told()).version), version);
	await sql(`set session_replication_role = replica; delete from variable_catalog where name = 'CVN_COLOUR';
		update catalog_state set version = version + 1`);
	const again = await comes(async () => {
		const reply = await save();
		return reply.status === 200 && reply.body.version;
	}, 10000, 'a save');
	await applies(again);
	assert.equal((await told()).state, 'current');
});

test('an earlier release lacks what the programs ask for: they say that they cannot, and nothing else happens', { timeout: 120000 }, async (t) => {
	const { sql, one, save, get, told, applies } = await release(t, 'cvn_test_earlier');
	const { version } = (await get()).body;
	await sql(`alter function worker_report rename to worker_report_of_another_release;
		alter table catalog_state rename column stamp to mark`);
	await comes(() => one.has('link_lost'), 15000, 'a worker that says so');
	const written = await save();
	assert.ok(written.status >= 500, JSON.stringify(written.body));
	await sleep(1000);
	assert.deepEqual(await sql(`select version::int as version from active_config where environment = 'paper'`), [{ version: String(version) }]);
	assert.equal(Number((await told()).version), version);
	await sql(`alter function worker_report_of_another_release rename to worker_report; alter table catalog_state rename column mark to stamp`);
	const again = await comes(async () => {
		const reply = await save();
		return reply.status === 200 && reply.body.version;
	}, 10000, 'a save');
	await applies(again);
});
