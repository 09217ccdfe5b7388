// An environment for one file of tests.
// Files run at the same time where there are cores for it, though not in ./dev check; so what freezes, locks or counts has
// an environment of its own. It stays: there is a history of it.
export async function environment(sql, name) {
	await sql(`select environment_create('${name}', null, 'admin', 'for tests', null)
		where not exists (select from active_config where environment = '${name}')`);
	return name;
}
