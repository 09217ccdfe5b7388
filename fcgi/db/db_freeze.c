#include "fcgi/db/db_freeze.h"

#include "fcgi/db/db_sql.h"

enum db_outcome db_freeze_list(struct db *db, const char *readable, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "freeze_list",
		.sql = "select json_build_object('freeze_windows', coalesce(json_agg(w order by i), '[]'))"
		       " from json_array_elements(freeze_windows_json() -> 'freeze_windows')"
		       " with ordinality as l (w, i) where $1::text = '*'"
		       " or w ->> 'environment' = any (array_append(string_to_array($1, ','), '*'))",
		.n_params = 1,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){readable}, rows);
}

enum db_outcome db_freeze_environment(struct db *db, int64_t id, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "freeze_environment",
		.sql = "select environment from freeze_windows where id = $1::bigint",
		.n_params = 1,
		.again = true,
	};
	char text[SQL_INTEGER];

	return db_query(db, &statement, (const char *const[]){sql_integer(text, id)}, rows);
}

void db_freeze_send_create(struct db *db, const struct db_freeze *f, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "freeze_create",
		.sql = "select w, w ->> 'id' from "
		       "freeze_window_create($1, $2::timestamptz, $3::timestamptz, $4::jsonb, $5, $6) as w",
		.n_params = 6,
	};

	db_send(db, &statement,
		(const char *const[]){f->environment, f->starts_at, f->ends_at, f->weekly, f->reason,
				      f->created_by}, rows);
}

void db_freeze_send_delete(struct db *db, int64_t id, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "freeze_delete", .sql = "select freeze_window_delete($1::bigint)", .n_params = 1};
	char text[SQL_INTEGER];

	db_send(db, &statement, (const char *const[]){sql_integer(text, id)}, rows);
}

void db_freeze_send_lock(struct db *db, const char *environment, const char *login)
{
	static const struct db_statement statement = {
		.name = "freeze_lock", .sql = "select environment_lock($1, $2)", .n_params = 2};

	db_send(db, &statement, (const char *const[]){environment, login}, NULL);
}

void db_freeze_send_lock_document(struct db *db, const char *environment, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "freeze_lock_document",
		.sql = "select json_build_object('environment', environment, 'locked_by', locked_by,"
		       " 'locked_at', wire_time(locked_at)) from active_config where environment = $1",
		.n_params = 1,
		.again = true,
	};

	db_send(db, &statement, (const char *const[]){environment}, rows);
}
