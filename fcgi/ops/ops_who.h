#ifndef CVN_OPS_WHO_H
#define CVN_OPS_WHO_H
/* Who is asking: password, session or token, and what they may do where. Roles are read every time. */
#include "fcgi/ops/ops.h"
#include "fcgi/proc/text.h"

enum role { ROLE_VIEWER = 1, ROLE_EDITOR = 2, ROLE_APPROVER = 4, ROLE_ADMIN = 8, ROLE_WORKER = 16 };
enum {
	ROLE_OPERATORS = ROLE_VIEWER | ROLE_EDITOR | ROLE_APPROVER | ROLE_ADMIN,
	ROLE_EVERYBODY = ROLE_OPERATORS | ROLE_WORKER,
};

struct who_role {
	char environment[32]; /* "*": every one */
	enum role role;
};

/* {0} is nobody. */
struct who {
	char login[65];
	char expires_at[40]; /* of the session; empty: there is none */
	bool password_due;   /* older than 90 days */
	struct who_role *roles;
	size_t n_roles;
};

void ops_who_free(struct who *); /* what it holds; leaves nobody */

const char *ops_who_role_name(enum role);

/* One of the roles (a set of bits) in the environment; environment NULL: in any. */
bool ops_who_may(const struct who *, unsigned roles, const char *environment);

/*
 * CODE_OK, or CODE_FORBIDDEN for who may not:
 * it names the roles, and the environment to who holds one there.
 */
enum code ops_who_need(const struct who *, unsigned roles, const char *environment, struct error *);

/* Roles (a set of bits) in words: "editor or admin". */
enum { ROLE_WORDS_MAX = 64 };
void ops_who_role_words(unsigned roles, char words[ROLE_WORDS_MAX]);

/* Where a role is held: names with commas, or "*"; empty for who holds none. */
void ops_who_environments(const struct who *, struct text *names);

/*
 * Who stands behind a password, a session's secret or a token. CODE_OK, CODE_UNAUTHENTICATED (one answer,
 * whatever was wrong), CODE_TOO_MANY_REQUESTS, CODE_UNAVAILABLE. now is in seconds of a clock that only
 * rises. The sight is taken along; nobody who may not is to be told of it.
 */
struct who_try {
	const char *address, *login, *password;
	uint32_t now;
};
enum code ops_who_password(struct ops *, const struct who_try *, struct ops_sight *, struct who *,
			   struct error *);
enum code ops_who_session(struct ops *, const char *secret, struct ops_sight *, struct who *, struct error *);
enum code ops_who_token(struct ops *, const char *secret, struct ops_sight *, struct who *, struct error *);

/* Fills who->expires_at of a session that was found. */
enum code ops_who_expiry(struct ops *, const char *secret, struct who *, struct error *);

/* A session for who has just proved a password; fills who->expires_at and the secret. */
enum code ops_who_login(struct ops *, struct who *, char secret[65], struct error *);
enum code ops_who_logout(struct ops *, const char *secret, struct error *);

/* {"operators":[...]} */
enum code ops_who_list(struct ops *, struct text *json, struct error *);

#endif
