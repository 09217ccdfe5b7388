#include "fcgi/db/db_list.h"

/* A row of the catalog as it travels; used by the whole list and by one. */
#define VARIABLE_JSON                                                                                                  \
	"json_build_object('name', v.name, 'type', v.type, 'allowed_values', v.allowed_values,"                       \
	" 'default_value', v.default_value, 'description', v.description, 'group_name', v.group_name,"                \
	" 'category', v.category, 'unit', nullif(v.unit, ''), 'min_value', v.min_value, 'max_value', v.max_value,"    \
	" 'required', v.required, 'deprecated', v.deprecated, 'hot_reloadable', v.hot_reloadable,"                    \
	" 'critical', v.critical, 'excluded_from_ftf', v.excluded_from_ftf, 'version', v.version)"

enum db_outcome db_list_environments(struct db *db, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "list_environments",
		.sql = "select json_build_object('environments', coalesce(json_agg(e order by e.environment), '[]'))"
		       " from environment_status e",
		.again = true,
	};

	return db_query(db, &statement, NULL, rows);
}

enum db_outcome db_list_catalog(struct db *db, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "list_catalog",
		.sql = "select json_build_object('catalog_version', (select version from catalog_state),"
		       " 'variables', coalesce(json_agg(" VARIABLE_JSON " order by v.name), '[]'))"
		       " from variable_catalog v",
		.again = true,
	};

	return db_query(db, &statement, NULL, rows);
}

enum db_outcome db_list_variable(struct db *db, const char *name, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "list_variable",
		.sql = "select v.version, " VARIABLE_JSON " from variable_catalog v where v.name = $1",
		.n_params = 1,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){name}, rows);
}

enum db_outcome db_list_rules(struct db *db, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "list_rules",
		.sql = "select json_build_object('rules', coalesce(json_agg(json_build_object('name', name,"
		       " 'expression', expression, 'message', message, 'version', version) order by name), '[]'))"
		       " from config_rules",
		.again = true,
	};

	return db_query(db, &statement, NULL, rows);
}

enum db_outcome db_list_workers(struct db *db, const char *environment, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "list_workers",
		.sql = "select json_build_object('workers', coalesce(json_agg(w order by w.environment, w.worker_id), '[]'))"
		       " from worker_status w where $1::text is null or w.environment = $1",
		.n_params = 1,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){environment}, rows);
}

enum db_outcome db_list_history(struct db *db, const struct db_list_history *filter, struct db_rows **rows)
{
	/* One row more than the page is read, to know whether there is a next one. */
	static const struct db_statement statement = {
		.name = "list_history",
		.sql = "with found as (select * from config_history h"
		       "  where ($1::text is null or h.environment = $1) and ($2::text is null or h.diff ? $2)"
		       "  and ($3::text is null or h.changed_by = $3) and ($4::text is null or h.request_id = $4)"
		       "  and ($5::timestamptz is null or h.changed_at >= $5)"
		       "  and ($6::timestamptz is null or h.changed_at < $6)"
		       "  and ($7::bigint is null or h.id < $7) order by h.id desc limit $8::int + 1),"
		       " page as (select * from found order by id desc limit $8::int)"
		       " select case when (select count(*) from found) > $8::int then (select min(id) from page) end,"
		       " coalesce(json_agg(json_build_object('id', id, 'environment', environment, 'version', version,"
		       " 'change_id', change_id, 'kind', kind, 'changed_at', changed_at, 'changed_by', changed_by,"
		       " 'approved_by', approved_by, 'reason', change_reason, 'diff',"
		       " (select coalesce(json_agg(json_build_object('name', d.key, 'old', base_env -> d.key,"
		       "   'new', d.value) order by d.key collate \"C\"), '[]') from jsonb_each(diff) d),"
		       " 'prev_hash', prev_hash, 'row_hash', row_hash) order by id desc), '[]') from page",
		.n_params = 8,
		.again = true,
	};

	return db_query(db, &statement,
			(const char *const[]){filter->environment, filter->name, filter->changed_by, filter->request_id,
					      filter->since, filter->until, filter->before, filter->limit},
			rows);
}
