#include "fcgi/db/db_runs.h"

#include "fcgi/db/db_sql.h"

/* As the enumeration RUNS_KIND... has them. */
#define RUN_COLUMNS "r.kind, r.environment, r.parameter_set_hash, r.config_version, run_json(r)"

void db_runs_send_lock(struct db *db, const char *run_id, const char *environment, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "run_lock", .sql = "select version from run_lock($1, $2)", .n_params = 2};

	db_send(db, &statement, (const char *const[]){run_id, environment}, rows);
}

void db_runs_send_find(struct db *db, const char *run_id, const char *factors, const char *code_version,
		       struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "run_find",
		.sql = "select " RUN_COLUMNS ", s.factors = $2::jsonb and s.code_version = $3::jsonb"
		       " from runs r join parameter_sets s on s.hash = r.parameter_set_hash"
		       " where r.run_id = $1",
		.n_params = 3,
		.again = true,
	};

	db_send(db, &statement, (const char *const[]){run_id, factors, code_version}, rows);
}

enum db_outcome db_runs_find(struct db *db, const char *run_id, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "run",
		.sql = "select " RUN_COLUMNS " from runs r where r.run_id = $1",
		.n_params = 1,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){run_id}, rows);
}

void db_runs_send_resolved(struct db *db, const char *environment, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "run_resolved",
		.sql = "select jsonb_strip_nulls(config_values($1)), run_catalog()",
		.n_params = 1,
	};

	db_send(db, &statement, (const char *const[]){environment}, rows);
}

void db_runs_send_bind(struct db *db, const struct db_runs_bind *bind)
{
	static const struct db_statement statement = {
		.name = "run_bind",
		.sql = "select run_bind($1, $2, $3, $4, $5, $6::bigint, $7, $8)",
		.n_params = 8,
	};
	char version[SQL_INTEGER];

	db_send(db, &statement,
		(const char *const[]){bind->run_id, bind->kind, bind->environment, bind->hash,
				      bind->canonical, sql_integer(version, bind->config_version),
				      bind->created_by, bind->request_id},
		NULL);
}

void db_runs_send_rerun(struct db *db, const char *run_id, const char *of, const char *created_by,
			const char *request_id)
{
	static const struct db_statement statement = {
		.name = "run_rerun", .sql = "select run_rerun($1, $2, $3, $4)", .n_params = 4};

	db_send(db, &statement, (const char *const[]){run_id, of, created_by, request_id}, NULL);
}

void db_runs_send_status(struct db *db, const char *run_id, const char *status)
{
	static const struct db_statement statement = {
		.name = "run_status", .sql = "select run_set_status($1, $2)", .n_params = 2};

	db_send(db, &statement, (const char *const[]){run_id, status}, NULL);
}

enum db_outcome db_runs_diff(struct db *db, const char *readable, const char *left, const char *right,
			     struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "run_diff",
		.sql = "select json_build_object('values', run_differences(l.base_env, r.base_env),"
		       " 'catalog', run_differences(l.variables_catalog, r.variables_catalog),"
		       " 'factors', run_differences(l.factors, r.factors),"
		       " 'code_version', run_differences(l.code_version, r.code_version))"
		       " from runs a join parameter_sets l on l.hash = a.parameter_set_hash,"
		       " runs b join parameter_sets r on r.hash = b.parameter_set_hash"
		       " where a.run_id = $2 and b.run_id = $3"
		       " and " READABLE("a.environment", "$1") " and " READABLE("b.environment", "$1"),
		.n_params = 3,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){readable, left, right}, rows);
}

enum db_outcome db_runs_set(struct db *db, const char *readable, const char *hash, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "run_set",
		.sql = "select parameter_set_json(s) from parameter_sets s where s.hash = $2 and exists"
		       " (select from runs r where r.parameter_set_hash = $2 and "
		       READABLE("r.environment", "$1") ")",
		.n_params = 2,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){readable, hash}, rows);
}

enum db_outcome db_runs_list(struct db *db, const struct db_runs_list *filter, struct db_rows **rows)
{
	/* One row more than the page is read, to know whether there is a next one. */
	static const struct db_statement statement = {
		.name = "run_list",
		.sql = "with found as (select r, r.created_at, r.run_id from runs r"
		       "  where ($1::text is null or r.kind = $1)"
		       "  and ($2::text is null or r.environment = $2)"
		       "  and ($3::text is null or r.parameter_set_hash = $3)"
		       "  and (r.created_at, r.run_id) < ("
		       "   coalesce('epoch'::timestamptz"
		       "    + $4::bigint * interval '1 microsecond', 'infinity'),"
		       "   coalesce($5::text, ''))"
		       "  and " READABLE("r.environment", "$7")
		       "  order by r.created_at desc, r.run_id desc limit $6::int + 1),"
		       " page as (select * from found order by created_at desc, run_id desc limit $6::int)"
		       " select case when (select count(*) from found) > $6::int then"
		       "  (select (extract(epoch from created_at) * 1000000)::bigint || '.' || run_id"
		       "   from page order by created_at, run_id limit 1) end,"
		       " (select coalesce(json_agg(run_json(r) order by created_at desc, run_id desc), '[]')"
		       "  from page)",
		.n_params = 7,
		.again = true,
	};

	return db_query(db, &statement,
			(const char *const[]){filter->kind, filter->environment, filter->hash,
					      filter->before_us, filter->before_id, filter->limit,
					      filter->readable},
			rows);
}
