// An environment for one file of tests, and the invariant that every one of them leaves behind.
import assert from 'node:assert/strict';

// Files run at the same time where there are cores for it, so what freezes, locks or counts has an environment of its
// own. It stays: there is a history of it.
export async function environment(sql, name) {
	await sql(`select environment_create('${name}', null, 'admin', 'for tests', null)
		where not exists (select from active_config where environment = '${name}')`);
	return name;
}

// The invariant of the history: replayed from empty it gives the configuration in force, byte for byte, and its chain holds.

export async function expectReplay(sql, environment) {
	const [at] = await sql(`begin isolation level repeatable read;
		select (select string_agg(name || '=' || value, E'\\n' order by name collate "C") from config_at(c.environment, c.version)) as replayed,
			(select string_agg(name || '=' || value, E'\\n' order by name collate "C") from resolved_config r where r.environment = c.environment and value is not null) as active,
			(select ok from history_verify(c.environment)) as ok
		from active_config c where c.environment = '${environment}'; commit`);
	assert.equal(at.ok, 't');
	assert.equal(at.replayed, at.active);

	// Without the snapshots: only the first row and every diff after it.
	const rows = await sql(`select version, coalesce(snapshot::text, '') as snapshot, diff::text as diff from config_history where environment = '${environment}' order by version`);
	const values = JSON.parse(rows[0].snapshot);
	for (const row of rows.slice(1)) Object.assign(values, JSON.parse(row.diff));
	const last = await sql(`select name, value from config_at('${environment}', ${rows.at(-1).version})`);
	assert.deepEqual(
		Object.entries(values).filter(([, value]) => value !== null).sort(([a], [b]) => (a < b ? -1 : 1)),
		last.map((row) => [row.name, row.value]),
	);
}
