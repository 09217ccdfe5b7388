#include "fcgi/ops/ops_who.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/db/db_rows.h"
#include "fcgi/db/db_who.h"
#include "fcgi/ops/ops_asked.h"
#include "fcgi/ops/ops_outcome.h"
#include "fcgi/ops/ops_secrets.h"
#include "fcgi/ops/ops_tries.h"
#include "fcgi/proc/need.h"
#include "workerlib/core/name.h"
#include "workerlib/core/sha256.h"

static const struct {
	const char *name;
	enum role role;
} roles[] = {
	{"viewer", ROLE_VIEWER}, {"editor", ROLE_EDITOR}, {"approver", ROLE_APPROVER},
	{"admin", ROLE_ADMIN},	 {"worker", ROLE_WORKER},
};
enum { ROLES = sizeof roles / sizeof *roles };

void ops_who_free(struct who *who)
{
	free(who->roles);
	*who = (struct who){.roles = NULL};
}

const char *ops_who_role_name(enum role role)
{
	size_t i = 0;

	while (i < ROLES - 1 && roles[i].role != role)
		i++;
	return roles[i].name;
}

bool ops_who_may(const struct who *who, unsigned wanted, const char *environment)
{
	for (size_t i = 0; i < who->n_roles; i++) {
		const char *where = who->roles[i].environment;

		if (((unsigned)who->roles[i].role & wanted) != 0 &&
		    (environment == NULL || strcmp(where, "*") == 0 || strcmp(where, environment) == 0))
			return true;
	}
	return false;
}

void ops_who_role_words(unsigned wanted, char words[ROLE_WORDS_MAX])
{
	words[0] = '\0';
	for (size_t i = 0; i < ROLES; i++) {
		if ((wanted & roles[i].role) == 0)
			continue;
		strncat(words, words[0] == '\0' ? "" : " or ", ROLE_WORDS_MAX - 1 - strlen(words));
		strncat(words, roles[i].name, ROLE_WORDS_MAX - 1 - strlen(words));
	}
}

enum code ops_who_need(const struct who *who, unsigned wanted, const char *environment, struct error *error)
{
	char words[ROLE_WORDS_MAX];
	bool everywhere = strcmp(environment, "*") == 0;
	bool named = !everywhere && ops_who_may(who, ROLE_EVERYBODY, environment);

	if (ops_who_may(who, wanted, environment))
		return CODE_OK;
	ops_who_role_words(wanted, words);
	return code_error(error, CODE_FORBIDDEN, "this needs the role ", words,
			  everywhere ? " everywhere" : " in ",
			  everywhere ? "" : named ? environment : "its environment", NULL);
}

void ops_who_environments(const struct who *who, struct text *names)
{
	text_free(names);
	if (ops_who_may(who, ROLE_EVERYBODY, "*")) {
		text_add(names, "*");
		return;
	}
	for (size_t i = 0; i < who->n_roles; i++) {
		if (i > 0)
			text_add(names, ",");
		text_add(names, who->roles[i].environment);
	}
}

/* A role that this program does not know gives nothing. */
static void add_role(struct who *who, const char *environment, const char *name)
{
	for (size_t i = 0; i < ROLES && environment != NULL && name != NULL; i++) {
		if (strcmp(roles[i].name, name) != 0)
			continue;
		struct who_role *role = &who->roles[who->n_roles++];
		role->role = roles[i].role;
		snprintf(role->environment, sizeof role->environment, "%s", environment);
	}
}

static int in_order(const void *a, const void *b)
{
	const struct who_role *x = a, *y = b;
	int order = strcmp(x->environment, y->environment);

	return order != 0 ? order : strcmp(ops_who_role_name(x->role), ops_who_role_name(y->role));
}

static void read_roles(struct who *who, const struct db_rows *rows)
{
	who->roles = need_items(db_rows_count(rows), sizeof *who->roles);
	snprintf(who->login, sizeof who->login, "%s", db_rows_text(rows, 0, WHO_LOGIN));
	for (size_t i = 0; i < db_rows_count(rows); i++)
		add_role(who, db_rows_text(rows, i, WHO_ENVIRONMENT), db_rows_text(rows, i, WHO_ROLE));
	qsort(who->roles, who->n_roles, sizeof *who->roles, in_order);
}

static void read_sight(struct ops_sight *sight, const struct db_rows *rows)
{
	const char *key = db_rows_text(rows, 0, WHO_SIGHT);

	snprintf(sight->key, sizeof sight->key, "%s", key == NULL ? "" : key);
}

static enum code nobody(const char *kind, struct error *error)
{
	return code_error(error, CODE_UNAUTHENTICATED, "the ", kind,
			  " is not known, has ended or was revoked", NULL);
}

/* Of what a secret stands for: where there is nothing, it is nobody's. */
static enum code outcome_of(const struct ops *ops, enum db_outcome outcome, const char *kind,
			    struct error *error)
{
	if (outcome == DB_NONE)
		return nobody(kind, error);
	return ops_outcome_code(ops, outcome, kind, error);
}

enum code ops_who_password(struct ops *ops, const struct who_try *try, struct ops_sight *sight,
			   struct who *who, struct error *error)
{
	const struct db_rows *rows = NULL;

	/* 1. An address that failed too often is not heard, right or wrong. */
	if (!ops_tries_begin(ops->tries, try->address, try->now))
		return code_error(error, CODE_TOO_MANY_REQUESTS, "too many failed attempts from ",
				  try->address, " in a row: try again in a minute", NULL);

	/* 2. Without a database nobody can tell, and it is nobody's failure. */
	enum db_outcome outcome = DB_NONE;
	if (name_is_id(try->login, strlen(try->login)))
		outcome = ops_asked(ops, db_who_operator, try->login, sight->environment, &rows);
	if (outcome != DB_ROW && outcome != DB_NONE) {
		ops_tries_unjudged(ops->tries, try->address);
		return ops_outcome_code(ops, outcome, "login", error);
	}

	/* 3. An unknown login takes as long as a wrong password. */
	if (!ops_secrets_check(ops->secrets, try->login, try->password,
			       db_rows_text(rows, 0, PASSWORD_HASH)))
		return code_error(error, CODE_UNAUTHENTICATED, "the login or the password is wrong", NULL);
	ops_tries_passed(ops->tries, try->address);
	read_roles(who, rows);
	read_sight(sight, rows);
	who->password_due = db_rows_bool(rows, 0, PASSWORD_DUE);
	return CODE_OK;
}

static enum code from_secret(struct ops *ops, const char *kind, ops_question *ask, const char *secret,
			     struct ops_sight *sight, struct who *who, struct error *error)
{
	char sha256[65];
	const struct db_rows *rows;

	sha256_text(secret, strlen(secret), sha256);
	enum db_outcome outcome = ops_asked(ops, ask, sha256, sight->environment, &rows);
	enum code code = outcome_of(ops, outcome, kind, error);
	if (code == CODE_OK) {
		read_roles(who, rows);
		read_sight(sight, rows);
	}
	return code;
}

enum code ops_who_session(struct ops *ops, const char *secret, struct ops_sight *sight, struct who *who,
			  struct error *error)
{
	return from_secret(ops, "session", db_who_by_session, secret, sight, who, error);
}

enum code ops_who_token(struct ops *ops, const char *secret, struct ops_sight *sight, struct who *who,
			struct error *error)
{
	return from_secret(ops, "token", db_who_by_token, secret, sight, who, error);
}

enum code ops_who_expiry(struct ops *ops, const char *secret, struct who *who, struct error *error)
{
	char sha256[65];
	struct db_rows *rows = NULL;

	sha256_text(secret, strlen(secret), sha256);
	enum db_outcome outcome = db_who_session(ops->db, sha256, &rows);
	enum code code = outcome_of(ops, outcome, "session", error);
	if (code == CODE_OK)
		snprintf(who->expires_at, sizeof who->expires_at, "%s",
			 db_rows_text(rows, 0, SESSION_EXPIRES));
	db_rows_free(rows);
	return code;
}

enum code ops_who_login(struct ops *ops, struct who *who, char secret[65], struct error *error)
{
	char sha256[65];
	struct db_rows *rows = NULL;

	if (!ops_secrets_random(secret))
		return code_error(error, CODE_INTERNAL, code_message(CODE_INTERNAL), NULL);
	sha256_text(secret, strlen(secret), sha256);
	enum db_outcome outcome = db_who_session_add(ops->db, sha256, who->login, &rows);
	enum code code = ops_outcome_code(ops, outcome, "login", error);
	if (code == CODE_OK)
		snprintf(who->expires_at, sizeof who->expires_at, "%s",
			 db_rows_text(rows, 0, SESSION_EXPIRES));
	db_rows_free(rows);
	return code;
}

enum code ops_who_logout(struct ops *ops, const char *secret, struct error *error)
{
	char sha256[65];

	sha256_text(secret, strlen(secret), sha256);
	return ops_outcome_code(ops, db_who_session_end(ops->db, sha256), "session", error);
}

enum code ops_who_list(struct ops *ops, struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_who_operators(ops->db, &rows);

	return ops_outcome_document(ops, outcome, "list", rows, 0, json, error);
}
