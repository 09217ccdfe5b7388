#include "fcgi/db/db_list.h"

#include "fcgi/db/db_sql.h"

enum db_outcome db_list_environments(struct db *db, const char *readable, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "list_environments",
		.sql = "select json_build_object('environments', coalesce(json_agg(e order by e ->> 'environment'), '[]'))"
		       " from json_array_elements(environments_json() -> 'environments') e"
		       " where " READABLE("e ->> 'environment'", "$1"),
		.n_params = 1,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){readable}, rows);
}

enum db_outcome db_list_catalog(struct db *db, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "list_catalog", .sql = "select body from catalog_json()", .again = true};

	return db_query(db, &statement, NULL, rows);
}

enum db_outcome db_list_variable(struct db *db, const char *name, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "list_variable",
		.sql = "select version, body from variable_json($1::text)",
		.n_params = 1,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){name}, rows);
}

enum db_outcome db_list_rules(struct db *db, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "list_rules", .sql = "select body from rules_json()", .again = true};

	return db_query(db, &statement, NULL, rows);
}

enum db_outcome db_list_workers(struct db *db, const char *readable, const char *environment, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "list_workers",
		.sql = "select json_build_object('workers', coalesce(json_agg(w order by i), '[]'))"
		       " from json_array_elements(workers_json($2) -> 'workers') with ordinality as l (w, i)"
		       " where " READABLE("w ->> 'environment'", "$1"),
		.n_params = 2,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){readable, environment}, rows);
}

enum db_outcome db_list_history(struct db *db, const struct db_list_history *filter, struct db_rows **rows)
{
	/* One row more than the page is read, to know whether there is a next one. */
	static const struct db_statement statement = {
		.name = "list_history",
		.sql = "with found as (select h.id from config_history h"
		       "  where ($1::text is null or h.environment = $1) and ($2::text is null or h.diff ? $2)"
		       "  and ($3::text is null or h.changed_by = $3) and ($4::text is null or h.request_id = $4)"
		       "  and ($5::timestamptz is null or h.changed_at >= $5)"
		       "  and ($6::timestamptz is null or h.changed_at < $6)"
		       "  and ($7::bigint is null or h.id < $7)"
		       "  and " READABLE("h.environment", "$9") " order by h.id desc limit $8::int + 1),"
		       " page as (select id from found order by id desc limit $8::int)"
		       " select case when (select count(*) from found) > $8::int then (select min(id) from page) end,"
		       " (select coalesce(json_agg(history_json(h) order by h.id desc), '[]') from config_history h"
		       "  where h.id in (select id from page))",
		.n_params = 9,
		.again = true,
	};

	return db_query(db, &statement,
			(const char *const[]){filter->environment, filter->name, filter->changed_by,
					      filter->request_id, filter->since, filter->until, filter->before,
					      filter->limit, filter->readable},
			rows);
}
