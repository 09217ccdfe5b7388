#ifndef CVN_BENCH_WORKER_READ_H
#define CVN_BENCH_WORKER_READ_H
/*
 * What a worker reads over a new connection, and what it reads when it is told of a version:
 * each in one statement, as workerlib/resolved.c does; $1: the environment.
 */
static const char read_sql[] =
	"select * from ("
	"select 0 as kind, a.version::text as name, (select s.version::text from catalog_state s),"
	" (select s.stamp::text from catalog_state s), null, null, null, null, null, null"
	" from active_config a where a.environment = $1"
	" union all "
	"select 1, r.name, r.type, r.allowed_values, r.default_value, r.min_value, r.max_value, r.category,"
	" concat(r.required::int, r.deprecated::int, r.hot_reloadable::int, r.critical::int,"
	" r.excluded_from_ftf::int), r.value from resolved_config r where r.environment = $1"
	" union all "
	"select 2, c.name, c.expression, c.message, null, null, null, null, null, null from config_rules c"
	") t order by t.kind, t.name collate \"C\"";

static const char entries_sql[] =
	"select 0, a.version, s.version, s.stamp, e.name, e.value"
	" from active_config a cross join catalog_state s"
	" left join active_config_entries e on e.config_id = a.id where a.environment = $1";

#endif
