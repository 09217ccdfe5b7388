#ifndef CVN_DB_WHO_H
#define CVN_DB_WHO_H
/* The statements of operators, sessions and tokens. One row a role; the role is null for who has none. */
#include "fcgi/db/db.h"
#include "fcgi/db/db_rows.h"

enum { WHO_LOGIN, WHO_ENVIRONMENT, WHO_ROLE };
enum { PASSWORD_HASH = WHO_ROLE + 1, PASSWORD_DUE };
enum { SESSION_EXPIRES };

/* An operator who is not disabled, with the crypt(3) text of the password. */
enum db_outcome db_who_operator(struct db *, const char *login, struct db_rows **);

/* Whose live session or token (kind) has this SHA-256. */
enum db_outcome db_who_secret(struct db *, const char *kind, const char *sha256, struct db_rows **);

/* Sessions are kept by the SHA-256 of their secret; both return when it ends (RFC 3339). Old ones go on the way. */
enum db_outcome db_who_session_add(struct db *, const char *sha256, const char *login, struct db_rows **);
enum db_outcome db_who_session(struct db *, const char *sha256, struct db_rows **);
enum db_outcome db_who_session_end(struct db *, const char *sha256);

/* {"operators":[...]} */
enum db_outcome db_who_operators(struct db *, struct db_rows **);

#endif
