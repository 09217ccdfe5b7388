#include "fcgi/db/db_admin.h"

enum db_outcome db_admin_check(struct db *db, const char *roles, const char *expires_at,
			       struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "admin_check",
		.sql = "select (select r ->> 'environment' from jsonb_array_elements($1::jsonb) r"
		       "  where r ->> 'environment' not in"
		       "   (select '*' union all select environment from active_config) limit 1),"
		       " time_given($2) > clock_timestamp()",
		.n_params = 2,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){roles, expires_at}, rows);
}

void db_admin_send_operator_create(struct db *db, const char *login, const char *hash, const char *roles,
				   const char *by, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "admin_operator_create",
		.sql = "select operator_create($1, $2, $3::jsonb, $4)",
		.n_params = 4,
	};

	db_send(db, &statement, (const char *const[]){login, hash, roles, by}, rows);
}

void db_admin_send_operator_update(struct db *db, const char *login, const char *hash, const char *roles,
				   const char *disabled, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "admin_operator_update",
		.sql = "select operator_update($1, $2, $3::jsonb, $4::boolean)",
		.n_params = 4,
	};

	db_send(db, &statement, (const char *const[]){login, hash, roles, disabled}, rows);
}

void db_admin_send_operator_delete(struct db *db, const char *login, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "admin_operator_delete", .sql = "select operator_delete($1)", .n_params = 1};

	db_send(db, &statement, (const char *const[]){login}, rows);
}

enum db_outcome db_admin_tokens(struct db *db, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "admin_tokens",
		.sql = "select json_build_object('tokens', coalesce(json_agg(token_json(t) order by t.id),"
		       " '[]')) from tokens t",
		.again = true,
	};

	return db_query(db, &statement, NULL, rows);
}

void db_admin_send_token(struct db *db, const struct db_admin_token *token, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "admin_token_create",
		.sql = "insert into tokens as t (name, sha256, role, environment, created_by, expires_at)"
		       " values ($1, $2, $3, $4, $5, time_given($6))"
		       " returning t.id, wire_time(t.created_at), wire_time(t.expires_at)",
		.n_params = 6,
	};

	db_send(db, &statement,
			(const char *const[]){token->name, token->sha256, token->role, token->environment,
					      token->created_by, token->expires_at},
			rows);
}

void db_admin_send_revoke(struct db *db, const char *id, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "admin_token_revoke",
		.sql = "update tokens set revoked_at = coalesce(revoked_at, clock_timestamp())"
		       " where id = $1::bigint returning id",
		.n_params = 1,
	};

	db_send(db, &statement, (const char *const[]){id}, rows);
}

void db_admin_send_environment(struct db *db, const char *environment, const char *copy_from, const char *by,
			       const char *reason, const char *request_id, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "admin_environment",
		.sql = "select version, change_id from environment_create($1, $2, $3, $4, $5)",
		.n_params = 5,
	};

	db_send(db, &statement, (const char *const[]){environment, copy_from, by, reason, request_id}, rows);
}
