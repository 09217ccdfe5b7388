#ifndef CVN_DB_WHO_H
#define CVN_DB_WHO_H
/*
 * The statements of operators, sessions and tokens. One row a role, in no order; the role is null for who
 * has none. What identifies the configuration of an environment (NULL: of none) is asked along, as of
 * db_config_document(); in every row the same.
 */
#include "fcgi/db/db.h"

enum { WHO_LOGIN, WHO_ENVIRONMENT, WHO_ROLE, WHO_SIGHT };
enum { PASSWORD_HASH = WHO_SIGHT + 1, PASSWORD_DUE };
enum { SESSION_EXPIRES };

/* An operator who is not disabled, with the crypt(3) text of the password. */
enum db_outcome db_who_operator(struct db *, const char *login, const char *environment, struct db_rows **);

/* Whose session or token that holds has this SHA-256. */
enum db_outcome db_who_by_session(struct db *, const char *sha256, const char *environment,
				  struct db_rows **);
enum db_outcome db_who_by_token(struct db *, const char *sha256, const char *environment, struct db_rows **);

/*
 * Sessions are kept by the SHA-256 of their secret;
 * both return when it ends (RFC 3339). Old ones go on the way.
 */
enum db_outcome db_who_session_add(struct db *, const char *sha256, const char *login, struct db_rows **);
enum db_outcome db_who_session(struct db *, const char *sha256, struct db_rows **);
enum db_outcome db_who_session_end(struct db *, const char *sha256);

/* {"operators":[...]} */
enum db_outcome db_who_operators(struct db *, struct db_rows **);

#endif
