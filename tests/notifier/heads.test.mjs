// The head of each environment's chain is told in the notifier's log, and a history that was rewritten since, or whose
// end was cut off, is found by it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { eventually, psql, stack } from '../lib/stack.mjs';

const s = stack();
const TOOL = fileURLToPath(new URL('../../deploy/audit/verify-heads', import.meta.url));
const log = [join(s.state, 'home/log'), join(s.state, 'log')].find((path) => existsSync(path));
const heads = () => readFileSync(join(log, 'cvn-config-notifier.log'), 'utf8').split('\n').filter((line) => line.includes('"event":"config_head"'));
const verify = (database, lines) => spawnSync(TOOL, [database], { input: `${lines.join('\n')}\n`, encoding: 'utf8' });

// A copy of the history as it is, to be damaged: the stack's own stays whole.
const copy = 'cvn_heads';
const server = s.run.database.replace(/user=\S+ dbname=\S+/, 'user=postgres dbname=postgres');
const damaged = server.replace('dbname=postgres', `dbname=${copy}`);
const env = 'test-heads';
let told;

before(async () => {
	await s.sql(`select environment_create('${env}', null, 'admin', 'for tests', null) where not exists (select from active_config where environment = '${env}')`);
	for (const value of ['71s', '72s', '73s']) assert.equal((await s.save('editor', env, { CVN_COOLDOWN: value })).status, 200);
	const last = await s.version(env);
	await eventually(() => heads().some((line) => line.includes(`"env":"${env}","config_version":${last},`)), 10000, 'the head in the log');
	told = heads().filter((line) => line.includes(`"env":"${env}"`));
	await psql(server, `drop database if exists ${copy}`);
	await psql(server, `create database ${copy}`);
	const dump = spawnSync('sh', ['-c', `pg_dump -d "$1" --no-comments | psql -X -q -d "$2"`, 'sh', s.run.database.replace('cvn_owner', 'postgres'), damaged], { encoding: 'utf8' });
	assert.equal(dump.status, 0, dump.stderr);
});
after(() => psql(server, `drop database if exists ${copy}`));

const superuser = (text) => psql(damaged, `set session_replication_role = replica; ${text}`);

test('every version is told, with the digest that its row has', async () => {
	const rows = await s.sql(`select version, row_hash from config_history where environment = '${env}' order by version desc limit 3`);
	for (const { version, row_hash } of rows) assert.ok(told.some((line) => line.includes(`"config_version":${version},"row_hash":"${row_hash}"`)), version);
});

test('a history that is whole holds, by the role that only reads', () => {
	const { status, stdout, stderr } = verify(s.run.database.replace('cvn_owner', 'cvn_reader'), told);
	assert.equal(status, 0, stdout + stderr);
	assert.match(stdout, /^\d+ heads hold\n$/);
});

test('a log without heads is no proof', () => {
	assert.equal(verify(s.run.database, ['{"event":"started"}']).status, 2);
});

test('a tail that was cut off with all its traces shows, though the chain itself holds', async () => {
	const [{ version }] = await psql(damaged, `select version from active_config where environment = '${env}'`);
	await superuser(`delete from config_history_names where history_id = (select id from config_history where environment = '${env}' and version = ${version});
		delete from config_history where environment = '${env}' and version = ${version}; update active_config set version = ${version - 1} where environment = '${env}'`);
	assert.deepEqual(await psql(damaged, `select ok from history_verify('${env}')`), [{ ok: 't' }]);
	const { status, stdout } = verify(damaged, told);
	assert.equal(status, 1);
	assert.match(stdout, new RegExp(`^${env} ${version}: told as [0-9a-f]{64}, and is not there$`, 'm'));
});

test('a row that was rewritten, with a chain made anew behind it, shows', async () => {
	const [{ version }] = await psql(damaged, `select version from active_config where environment = '${env}'`);
	await superuser(`update config_history set changed_by = 'nobody' where environment = '${env}' and version = ${version};
		update config_history h set row_hash = config_history_hash(h) where environment = '${env}' and version = ${version}`);
	assert.deepEqual(await psql(damaged, `select ok from history_verify('${env}')`), [{ ok: 't' }]);
	const { status, stdout } = verify(damaged, told);
	assert.equal(status, 1);
	assert.match(stdout, new RegExp(`^${env} ${version}: told as [0-9a-f]{64}, and is [0-9a-f]{64}$`, 'm'));
});
