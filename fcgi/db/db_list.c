#include "fcgi/db/db_list.h"

#include <string.h>

#include "fcgi/db/db_sql.h"

enum db_outcome db_list_environments(struct db *db, const char *readable, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "list_environments",
		.sql = "select json_build_object('environments', coalesce(json_agg(e"
		       " order by e ->> 'environment'), '[]'))"
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

enum db_outcome db_list_workers(struct db *db, const char *readable, const char *environment,
				struct db_rows **rows)
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
	static const struct db_statement statement = {
		.name = "list_history",
		.sql = "select next_id, body from history_page($1, $2, $3, $4, $5::timestamptz,"
		       " $6::timestamptz, $7::bigint, $8::int, $9, $10, $11::bigint)",
		.n_params = 11,
		.again = true,
	};

	return db_query(db, &statement,
			(const char *const[]){filter->environment, filter->name, filter->changed_by,
					      filter->request_id, filter->since, filter->until,
					      filter->before, filter->limit, filter->form, filter->readable,
					      filter->change_id},
			rows);
}

enum db_outcome db_list_verify(struct db *db, const char *environment, int64_t after, int64_t limit,
			       struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "list_verify",
		.sql = "select checked, broken_at, ended from history_verify_part($1, $2::bigint,"
		       " $3::bigint)",
		.n_params = 3,
		.again = true,
	};
	char first[SQL_INTEGER], count[SQL_INTEGER];
	const char *const params[] = {environment, sql_integer(first, after),
				      sql_integer(count, limit)};

	enum db_outcome outcome = db_query(db, &statement, params, rows);
	return strcmp(db_sqlstate(db), "CV404") == 0 ? DB_NONE : outcome;
}
