#ifndef CVN_OPS_ADMIN_H
#define CVN_OPS_ADMIN_H
/*
 * Accounts, tokens and new environments. The role was checked before. What was sent and cannot be is
 * CODE_INVALID with all findings, for which the caller gives room.
 */
#include "fcgi/ops/ops.h"
#include "fcgi/ops/ops_world.h"
#include "fcgi/proc/text.h"

enum { OPS_FINDINGS = 8 };
struct ops_findings {
	struct ops_finding items[OPS_FINDINGS];
	size_t n;
};

struct ops_role {
	const char *environment; /* a name, or "*" */
	const char *role;
};

struct ops_account {
	const char *login;
	const char *password; /* NULL: stays */
	const struct ops_role *roles;
	size_t n_roles;
	bool has_roles;	      /* false: they stay */
	const bool *disabled; /* NULL: stays */
};

/* A new account; CODE_EXISTS. Answers it as GET /operators has it. */
enum code ops_admin_operator_create(struct ops *, const struct ops_account *, const char *by,
				    struct ops_findings *, struct text *json, struct error *);

/*
 * CODE_NOT_FOUND; CODE_WRONG_STATE when nobody would be left who is admin everywhere; CODE_NO_CHANGE when
 * nothing is asked for. Roles are replaced. A new password, and disabling, end the sessions.
 */
enum code ops_admin_operator_update(struct ops *, const struct ops_account *, struct ops_findings *,
				    struct text *json, struct error *);

/*
 * With sessions and tokens. A login that the history names stays, disabled and without roles, so that nobody
 * else can take it. CODE_NOT_FOUND, CODE_WRONG_STATE as above.
 */
enum code ops_admin_operator_delete(struct ops *, const char *login, struct error *);

/* {"tokens":[...]}, without secrets. */
enum code ops_admin_tokens(struct ops *, struct text *json, struct error *);

/* A new token, whose secret is shown here and is nowhere else. */
struct ops_token {
	const char *name, *role, *environment, *created_by;
	const char *expires_at; /* RFC 3339, or NULL: never */
};
struct ops_token_made {
	int64_t id;
	char secret[65];
	char created_at[40], expires_at[40]; /* expires_at empty: never */
};
enum code ops_admin_token_create(struct ops *, const struct ops_token *, struct ops_token_made *,
				 struct ops_findings *, struct error *);
enum code ops_admin_token_revoke(struct ops *, const char *id, struct error *);

/*
 * An environment at version 1, with the entries of another one or (copy_from NULL) none. CODE_EXISTS;
 * CODE_NOT_FOUND of what it copies; CODE_INVALID with the findings of the world, when the defaults alone are
 * not valid or the name or the reason is not. The caller must free the world with ops_world_free().
 */
struct ops_environment_new {
	const char *environment, *copy_from;
	const char *reason, *by, *request_id;
};
enum code ops_admin_environment_create(struct ops *, const struct ops_environment_new *, struct ops_world *,
				       struct error *);

#endif
