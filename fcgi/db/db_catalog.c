#include "fcgi/db/db_catalog.h"

void db_catalog_send_lock(struct db *db, struct db_rows **rows)
{
	static const struct db_statement statement = {.name = "catalog_lock", .sql = "select catalog_lock()"};

	db_send(db, &statement, NULL, rows);
}

void db_catalog_send_environments(struct db *db, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "catalog_environments",
		.sql = "select c.environment, c.version, c.locked_by, case when f.until is not null"
		       " then greatest(1, ceil(extract(epoch from f.until - clock_timestamp())))::bigint end"
		       " from active_config c cross join lateral (select freeze_until(c.environment)"
		       " as until) f order by c.id",
		.again = true,
	};

	db_send(db, &statement, NULL, rows);
}

void db_catalog_send_params(struct db *db, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "catalog_params",
		.sql = "select name, type, allowed_values::text, default_value, min_value, max_value,"
		       " category, required, deprecated, hot_reloadable, critical, excluded_from_ftf"
		       " from variable_catalog order by name collate \"C\"",
		.again = true,
	};

	db_send(db, &statement, NULL, rows);
}

void db_catalog_send_entries(struct db *db, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "catalog_entries",
		.sql = "select c.environment, e.name, e.value from active_config c"
		       " join active_config_entries e on e.config_id = c.id order by c.id,"
		       " e.name collate \"C\"",
		.again = true,
	};

	db_send(db, &statement, NULL, rows);
}

void db_catalog_send_variable(struct db *db, const char *name, const char *definition, const char *login,
			      struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "catalog_variable",
		.sql = "select v.version, coalesce(catalog_definition(v) = $2::jsonb, false),"
		       " exists (select from variable_catalog_history h where h.name = $1"
		       " and h.action = 'delete'), catalog_guarded($1, $3), $2 is not null"
		       " and catalog_loosens(catalog_definition(v), $2::jsonb),"
		       " case when $2 is null then catalog_references($1) end"
		       " from (values (1)) one (row) left join variable_catalog v on v.name = $1",
		.n_params = 3,
		.again = true,
	};

	db_send(db, &statement, (const char *const[]){name, definition, login}, rows);
}

void db_catalog_send_rule(struct db *db, const char *name, const char *expression, const char *message,
			  struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "catalog_rule",
		.sql = "select r.version, coalesce(r.expression = $2 and r.message = $3, false)"
		       " from (values (1)) one (row) left join config_rules r on r.name = $1",
		.n_params = 3,
		.again = true,
	};

	db_send(db, &statement, (const char *const[]){name, expression, message}, rows);
}

void db_catalog_send_variable_write(struct db *db, const struct db_catalog_write *write,
				    struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "catalog_write",
		.sql = "select version, body from catalog_write($1, $2::jsonb, $3, $4, $5)",
		.n_params = 5,
	};

	db_send(db, &statement,
		(const char *const[]){write->name, write->content, write->changed_by, write->reason,
				      write->request_id},
		rows);
}

void db_catalog_send_rule_write(struct db *db, const struct db_catalog_write *write, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "rule_write",
		.sql = "select version, body from rule_write($1, $2, $3, $4, $5, $6)",
		.n_params = 6,
	};

	db_send(db, &statement,
		(const char *const[]){write->name, write->content, write->message, write->changed_by,
				      write->reason, write->request_id},
		rows);
}

void db_catalog_send_notify(struct db *db)
{
	static const struct db_statement statement = {
		.name = "catalog_notify", .sql = "select catalog_notify()"};

	db_send(db, &statement, NULL, NULL);
}

enum db_outcome db_catalog_rule(struct db *db, const char *name, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "catalog_rule_json",
		.sql = "select version, rule_json(r) from config_rules r where r.name = $1",
		.n_params = 1,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){name}, rows);
}

enum db_outcome db_catalog_history(struct db *db, const char *name, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "catalog_history",
		.sql = "select j.body from catalog_history_json($1) j (body) where j.body is not null",
		.n_params = 1,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){name}, rows);
}
