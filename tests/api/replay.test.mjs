// Goal: what every file here proves after each of its tests would be found if it were broken.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { replayFaults, replaysAfterEach } from '../lib/replay.mjs';
import { stack } from '../lib/stack.mjs';
import { environment } from './environment.mjs';

const { run, save, sql } = stack();
replaysAfterEach(sql);
const env = await environment(sql, 'test-replay');
const COOLDOWN = 'CVN_COOLDOWN';
for (const value of ['41s', '42s', '43s', null, '44s']) await save('editor', env, { [COOLDOWN]: value });

// Only the superuser can, since the triggers must be off; and all of it is undone.
const broken = (statement) => sql(`begin; set local session_replication_role = replica; ${statement}; ${replayFaults}; rollback`,
	run.database.replace(/user=\S+/, 'user=postgres'));
const history = (what, which) => `update config_history set ${what} where environment = '${env}' and version = ${which}`;
const entries = (what) => `${what} where name = '${COOLDOWN}' and config_id = (select id from active_config where environment = '${env}')`;

for (const [what, statement, fault] of [
	['an entry with another value', entries(`update active_config_entries set value = '45s'`), /CVN_COOLDOWN is 44s replayed and 45s in force/],
	['an entry with the same value in other bytes', entries(`update active_config_entries set value = '44000ms'`), /44s replayed and 44000ms in force/],
	['an entry that is gone', entries('delete from active_config_entries'), /44s replayed and 1m in force/],
	['a value of the first version', history(`snapshot = snapshot || '{"CVN_SYMBOLS":"[]"}'`, 1), /CVN_SYMBOLS is \[\] replayed/],
	['a value in between', history(`diff = '{"${COOLDOWN}":"40s"}'`, 3), /version 4 says that CVN_COOLDOWN was 42s, and it was 40s/],
	['a value before', history(`base_env = '{"${COOLDOWN}":"40s"}'`, 3), /version 3 says that CVN_COOLDOWN was 40s, and it was 41s/],
	['a row that is gone', `delete from config_history where environment = '${env}' and version = 3`, /version 4 is at place 3/],
	['the last row gone', `delete from config_history where environment = '${env}' and version = (select version from active_config where environment = '${env}')`,
		/its history at \d+/],
	['another author', history(`changed_by = 'eve'`, 2), /its chain breaks at version 2/],
	['a change set that says otherwise', `update config_changes set diff = '[]' where environment = '${env}' and version = 2`, /is not what change set \d+ says/],
	['a default that changed without a version', `update variable_catalog set default_value = '61s' where name = '${COOLDOWN}'`, /1m replayed and 61s in force/],
]) {
	test(`${what} is found`, async () => {
		const found = await broken(statement);
		assert.ok(found.some((row) => fault.test(row.fault)), JSON.stringify(found));
	});
}

test('every file of tests here replays the history after each of its tests', () => {
	const files = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.test.mjs'));
	assert.ok(files.length > 10);
	for (const name of files) assert.match(readFileSync(new URL(name, import.meta.url), 'utf8'), /^replaysAfterEach\(sql\);$/m, name);
});
