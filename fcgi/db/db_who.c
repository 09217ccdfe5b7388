#include "fcgi/db/db_who.h"

#include "fcgi/db/db_sql.h"

/* Without an order: to sort a role or two takes the server as long as to read them. */
enum db_outcome db_who_operator(struct db *db, const char *login, const char *environment,
				struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "who_operator",
		.sql = "select o.login, r.environment, r.role, " SIGHT("$2") ", o.password_hash,"
		       " o.password_changed_at < clock_timestamp() - interval '90 days'"
		       " from operators o left join operator_roles r on r.login = o.login"
		       " where o.login = $1 and not o.disabled",
		.n_params = 2,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){login, environment}, rows);
}

/* Of one kind each, so that the other one's tables are no part of the plan. */
#define BY_SECRET(kind)                                                         \
	"select login, environment, role, " SIGHT("$2") " from credentials"     \
	" where kind = '" kind "' and sha256 = $1::char(64)"

enum db_outcome db_who_by_session(struct db *db, const char *sha256, const char *environment,
				  struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "who_by_session", .sql = BY_SECRET("session"), .n_params = 2, .again = true};

	return db_query(db, &statement, (const char *const[]){sha256, environment}, rows);
}

enum db_outcome db_who_by_token(struct db *db, const char *sha256, const char *environment,
				struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "who_by_token", .sql = BY_SECRET("token"), .n_params = 2, .again = true};

	return db_query(db, &statement, (const char *const[]){sha256, environment}, rows);
}

enum db_outcome db_who_session_add(struct db *db, const char *sha256, const char *login,
				   struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "who_session_add",
		.sql = "with gone as (delete from sessions where expires_at < clock_timestamp())"
		       " insert into sessions (sha256, login, expires_at)"
		       " values ($1, $2, clock_timestamp() + interval '12 hours')"
		       " returning wire_time(expires_at)",
		.n_params = 2,
	};

	return db_query(db, &statement, (const char *const[]){sha256, login}, rows);
}

enum db_outcome db_who_session(struct db *db, const char *sha256, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "who_session",
		.sql = "select wire_time(expires_at) from sessions where sha256 = $1",
		.n_params = 1,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){sha256}, rows);
}

enum db_outcome db_who_session_end(struct db *db, const char *sha256)
{
	static const struct db_statement statement = {
		.name = "who_session_end",
		.sql = "delete from sessions where sha256 = $1",
		.n_params = 1,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){sha256}, NULL);
}

enum db_outcome db_who_operators(struct db *db, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "who_operators",
		.sql = "select json_build_object('operators', coalesce(json_agg(json_build_object("
		       "'login', o.login, 'disabled', o.disabled, 'created_at', wire_time(o.created_at),"
		       " 'password_changed_at', wire_time(o.password_changed_at), 'roles',"
		       " (select coalesce(json_agg("
		       "   json_build_object('environment', r.environment, 'role', r.role)"
		       "   order by r.environment, r.role), '[]')"
		       "  from operator_roles r where r.login = o.login)) order by o.login), '[]'))"
		       " from operators o",
		.again = true,
	};

	return db_query(db, &statement, NULL, rows);
}
