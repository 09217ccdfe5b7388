// The whole database in a text: a line a table, with the number of its rows and a digest of them. Sessions are left out,
// and what workers report, but for the environments that are named.
export async function digest(database, ...environments) {
	const list = environments.map((environment) => `'${environment}'`).join();
	const tables = await database.run(`select string_agg(format('select %L, count(*), sum(hashtextextended(t::text, 0)::numeric) from %I t%s',
			c.relname, c.relname, case when c.relname in ('workers', 'worker_reports') then ' where t.environment in (${list.replaceAll("'", "''")})' else '' end), ' union all ')
		from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'sessions'`);
	return (await database.run(`${tables.join('\n')} order by 1`)).join('\n');
}
