#ifndef CVN_DB_ADMIN_H
#define CVN_DB_ADMIN_H
/*
 * The statements of administration: accounts, tokens, new environments.
 * Documents are one column, JSON text.
 */
#include "fcgi/db/db.h"

/*
 * What is wrong with places and a time: an environment that does not exist (null: all do), and
 * whether the time lies ahead (null: it is no time).
 */
enum { CHECK_ENVIRONMENT, CHECK_AHEAD };
enum db_outcome db_admin_check(struct db *, const char *roles, const char *expires_at, struct db_rows **);

/*
 * roles: [{"environment","role"}] as JSON text.
 * One row, the operator; null: the login is taken, or unknown.
 */
void db_admin_send_operator_create(struct db *, const char *login, const char *hash, const char *roles,
				   const char *by, struct db_rows **);
/* What is NULL stays. disabled: "true", "false" or NULL. */
void db_admin_send_operator_update(struct db *, const char *login, const char *hash, const char *roles,
				   const char *disabled, struct db_rows **);
/* One bool: whether there was one. */
void db_admin_send_operator_delete(struct db *, const char *login, struct db_rows **);

enum db_outcome db_admin_tokens(struct db *, struct db_rows **);
struct db_admin_token {
	const char *name, *sha256, *role, *environment, *created_by;
	const char *expires_at; /* NULL: never */
};
void db_admin_send_token(struct db *, const struct db_admin_token *, struct db_rows **);
/* No row: there is no such token. One that is revoked already stays so. */
void db_admin_send_revoke(struct db *, const char *id, struct db_rows **);

/* The columns of db_config_send_write()'s answer. */
void db_admin_send_environment(struct db *, const char *environment, const char *copy_from, const char *by,
			       const char *reason, const char *request_id, struct db_rows **);

#endif
