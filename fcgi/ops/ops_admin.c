#include "fcgi/ops/ops_admin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/db/db_admin.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_outcome.h"
#include "fcgi/ops/ops_proposal.h"
#include "fcgi/ops/ops_secrets.h"
#include "workerlib/core/canon.h"
#include "workerlib/core/name.h"
#include "workerlib/core/sha256.h"
#include "workerlib/core/utf8.h"

enum { PASSWORD_MIN = 12, PASSWORD_MAX = 512, TOKEN_NAME_MAX = 200 };

static const char operator_word[] = "operator";
static const char token_word[] = "token";

static void find(struct ops_findings *findings, const char *name, enum code code, const char *why)
{
	struct ops_finding *finding = &findings->items[findings->n];

	if (findings->n == OPS_FINDINGS)
		return;
	finding->environment = NULL;
	finding->name = name;
	code_error(&finding->error, code, why, NULL);
	findings->n++;
}

static size_t characters(const char *text)
{
	const char *end = text + strlen(text);
	uint32_t character;
	size_t n = 0;

	while (text < end && utf8_next(&text, end, &character))
		n++;
	return n;
}

static void check_password(const struct ops_account *account, struct ops_findings *findings)
{
	static const char name[] = "password";
	const char *password = account->password;

	if (password == NULL)
		return;
	if (characters(password) < PASSWORD_MIN)
		find(findings, name, CODE_BELOW_MINIMUM, "a password has at least 12 characters");
	else if (strlen(password) > PASSWORD_MAX)
		find(findings, name, CODE_TOO_LONG, "a password has at most 512 bytes");
	else if (!utf8_is_text(password, strlen(password)))
		find(findings, name, CODE_BAD_STRING, code_message(CODE_BAD_STRING));
	else if (strcmp(password, account->login) == 0)
		find(findings, name, CODE_NOT_ALLOWED, "a password is not the login");
}

static bool is_operator_role(const char *role)
{
	static const char *const roles[] = {"viewer", "editor", "approver", "admin"};

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		if (strcmp(roles[i], role) == 0)
			return true;
	}
	return false;
}

static bool is_scope(const char *environment)
{
	return strcmp(environment, "*") == 0 || name_is_environment(environment, strlen(environment));
}

static void check_role(const struct ops_role *role, bool is_token, struct ops_findings *findings)
{
	if (!is_operator_role(role->role) && !(is_token && strcmp(role->role, "worker") == 0))
		find(findings, is_token ? "role" : "roles", CODE_NOT_ALLOWED,
		     is_token ? "a role is viewer, editor, approver, admin or worker"
			      : "a role is viewer, editor, approver or admin");
	if (!is_scope(role->environment))
		find(findings, is_token ? "environment" : "roles", CODE_BAD_NAME,
		     "an environment is a name, or * for all");
}

/* [{"environment","role"}] */
static void put_roles(const struct ops_role *roles, size_t n, struct text *text)
{
	struct canon json;

	canon_start(&json, text_put, text);
	canon_array(&json);
	for (size_t i = 0; i < n; i++) {
		canon_object(&json);
		canon_member(&json, "environment", roles[i].environment);
		canon_member(&json, "role", roles[i].role);
		canon_end(&json, '}');
	}
	canon_end(&json, ']');
}

/* What only the database knows: which environments there are, and what time it is. */
static enum code check_place(struct ops *ops, const char *roles, const char *member, const char *expires_at,
			     struct ops_findings *findings, struct error *error)
{
	struct db_rows *rows = NULL;
	enum code code = ops_outcome_code(ops, db_admin_check(ops->db, roles, expires_at, &rows), "check",
					  error);

	if (code == CODE_OK && db_rows_text(rows, 0, CHECK_ENVIRONMENT) != NULL)
		find(findings, member, CODE_NOT_ALLOWED, "there is no such environment");
	if (code == CODE_OK && expires_at != NULL && db_rows_text(rows, 0, CHECK_AHEAD) == NULL)
		find(findings, "expires_at", CODE_NOT_ALLOWED, "not a time such as 2026-01-31T08:00:00Z");
	else if (code == CODE_OK && expires_at != NULL && !db_rows_bool(rows, 0, CHECK_AHEAD))
		find(findings, "expires_at", CODE_BELOW_MINIMUM, "it has expired already");
	db_rows_free(rows);
	return code;
}

/* All that is wrong with an account; roles is its roles as JSON. */
static enum code check_account(struct ops *ops, const struct ops_account *account, struct text *roles,
			       struct ops_findings *findings, struct error *error)
{
	check_password(account, findings);
	for (size_t i = 0; i < account->n_roles; i++)
		check_role(&account->roles[i], false, findings);
	if (findings->n > 0)
		return code_refuse(error, CODE_INVALID);
	put_roles(account->roles, account->n_roles, roles);
	enum code code = check_place(ops, roles->bytes, "roles", NULL, findings, error);
	if (code != CODE_OK)
		return code;
	return findings->n > 0 ? code_refuse(error, CODE_INVALID) : CODE_OK;
}

/* One statement that writes, in a transaction of its own: whether a lost COMMIT holds is looked up. */
struct write {
	void (*send)(struct db *, struct write *);
	const char *login, *hash, *roles, *disabled, *by; /* of an account */
	const struct db_admin_token *token;
	const char *id; /* of a token */
	struct db_rows *rows;
};

static void send_create(struct db *db, struct write *w)
{
	db_admin_send_operator_create(db, w->login, w->hash, w->roles, w->by, &w->rows);
}

static void send_update(struct db *db, struct write *w)
{
	db_admin_send_operator_update(db, w->login, w->hash, w->roles, w->disabled, &w->rows);
}

static void send_delete(struct db *db, struct write *w)
{
	db_admin_send_operator_delete(db, w->login, &w->rows);
}

static void send_token(struct db *db, struct write *w)
{
	db_admin_send_token(db, w->token, &w->rows);
}

static void send_revoke(struct db *db, struct write *w)
{
	db_admin_send_revoke(db, w->id, &w->rows);
}

/* Flushed before the COMMIT, so that what came back is there even when the COMMIT's own answer is not. */
static enum db_outcome write_work(struct db *db, void *arg)
{
	struct write *w = arg;

	w->send(db, w);
	return db_flush(db);
}

/* The caller must db_rows_free(w->rows). */
static enum db_outcome run(struct ops *ops, struct write *w)
{
	return db_run(ops->db, write_work, w);
}

static const char wrong_state[] = "CV409";

/* What the database refused: nobody would be admin everywhere. */
static enum code outcome_code(struct ops *ops, enum db_outcome outcome, struct error *error)
{
	if (outcome == DB_BROKEN && strcmp(db_sqlstate(ops->db), wrong_state) == 0)
		return code_error(error, CODE_WRONG_STATE, "nobody would be admin everywhere any more", NULL);
	return ops_outcome_code(ops, outcome, operator_word, error);
}

/* The operator that came back; none: `otherwise`. Frees the rows. */
static enum code take_operator(struct ops *ops, enum db_outcome outcome, struct write *w, enum code otherwise,
			       struct text *json, struct error *error)
{
	enum code code = outcome_code(ops, outcome, error);

	if (code == CODE_OK && db_rows_text(w->rows, 0, 0) == NULL)
		code = code_error(error, otherwise,
				  otherwise == CODE_EXISTS ? "this login is taken"
							   : "there is no such operator", NULL);
	if (code == CODE_OK)
		text_put(json, db_rows_text(w->rows, 0, 0), db_rows_length(w->rows, 0, 0));
	db_rows_free(w->rows);
	return code;
}

enum code ops_admin_operator_create(struct ops *ops, const struct ops_account *account, const char *by,
				    struct ops_findings *findings, struct text *json, struct error *error)
{
	struct text roles = {.bytes = NULL};
	char hash[SECRET_HASH_MAX] = "";

	if (!name_is_id(account->login, strlen(account->login)))
		find(findings, "login", CODE_BAD_NAME, "a login is of the form [A-Za-z0-9._-]{1,64}");
	enum code code = check_account(ops, account, &roles, findings, error);
	if (code == CODE_OK && !ops_secrets_hash(account->password, hash))
		code = code_refuse(error, CODE_INTERNAL);
	if (code == CODE_OK) {
		struct write w = {
			send_create, .login = account->login, .hash = hash, .roles = roles.bytes, .by = by};
		code = take_operator(ops, run(ops, &w), &w, CODE_EXISTS, json, error);
	}
	text_free(&roles);
	return code;
}

enum code ops_admin_operator_update(struct ops *ops, const struct ops_account *account,
				    struct ops_findings *findings, struct text *json, struct error *error)
{
	struct text roles = {.bytes = NULL};
	char hash[SECRET_HASH_MAX] = "";
	const char *disabled = account->disabled == NULL ? NULL : *account->disabled ? "true" : "false";

	if (account->password == NULL && !account->has_roles && disabled == NULL)
		return code_refuse(error, CODE_NO_CHANGE);
	enum code code = check_account(ops, account, &roles, findings, error);
	if (code == CODE_OK && account->password != NULL && !ops_secrets_hash(account->password, hash))
		code = code_refuse(error, CODE_INTERNAL);
	if (code == CODE_OK) {
		struct write w = {
			.send = send_update,
			.login = account->login,
			.hash = account->password == NULL ? NULL : hash,
			.roles = account->has_roles ? roles.bytes : NULL,
			.disabled = disabled,
		};
		code = take_operator(ops, run(ops, &w), &w, CODE_NOT_FOUND, json, error);
	}
	text_free(&roles);
	return code;
}

enum code ops_admin_operator_delete(struct ops *ops, const char *login, struct error *error)
{
	struct write w = {.send = send_delete, .login = login};
	enum code code = outcome_code(ops, run(ops, &w), error);

	if (code == CODE_OK && !db_rows_bool(w.rows, 0, 0))
		code = ops_outcome_code(ops, DB_NONE, operator_word, error);
	db_rows_free(w.rows);
	return code;
}

enum code ops_admin_tokens(struct ops *ops, struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_admin_tokens(ops->db, &rows);

	return ops_outcome_document(ops, outcome, "list", rows, 0, json, error);
}

static void check_token_name(const char *name, struct ops_findings *findings)
{
	if (name[0] == '\0')
		find(findings, "name", CODE_REQUIRED, "say what the token is for");
	else if (strlen(name) > TOKEN_NAME_MAX)
		find(findings, "name", CODE_TOO_LONG, "a name has at most 200 bytes");
	else if (!utf8_is_text(name, strlen(name)))
		find(findings, "name", CODE_BAD_STRING, code_message(CODE_BAD_STRING));
}

static enum code check_token(struct ops *ops, const struct ops_token *token, struct ops_findings *findings,
			     struct error *error)
{
	const struct ops_role role = {token->environment, token->role};
	struct text roles = {.bytes = NULL};

	check_token_name(token->name, findings);
	check_role(&role, true, findings);
	put_roles(&role, 1, &roles);
	enum code code = check_place(ops, roles.bytes, "environment", token->expires_at, findings, error);
	text_free(&roles);
	if (code != CODE_OK)
		return code;
	return findings->n > 0 ? code_refuse(error, CODE_INVALID) : CODE_OK;
}

enum { MADE_ID, MADE_CREATED_AT, MADE_EXPIRES_AT };

enum code ops_admin_token_create(struct ops *ops, const struct ops_token *token, struct ops_token_made *made,
				 struct ops_findings *findings, struct error *error)
{
	char sha256[65];
	enum code code = check_token(ops, token, findings, error);

	if (code == CODE_OK && !ops_secrets_random(made->secret))
		code = code_refuse(error, CODE_INTERNAL);
	if (code != CODE_OK)
		return code;
	sha256_text(made->secret, strlen(made->secret), sha256);
	const struct db_admin_token row = {token->name,	       sha256,		  token->role,
					   token->environment, token->created_by, token->expires_at};
	struct write w = {.send = send_token, .token = &row};
	code = ops_outcome_code(ops, run(ops, &w), token_word, error);
	if (code == CODE_OK) {
		const char *expires_at = db_rows_text(w.rows, 0, MADE_EXPIRES_AT);

		made->id = db_rows_integer(w.rows, 0, MADE_ID);
		snprintf(made->created_at, sizeof made->created_at, "%s",
			 db_rows_text(w.rows, 0, MADE_CREATED_AT));
		snprintf(made->expires_at, sizeof made->expires_at, "%s",
			 expires_at == NULL ? "" : expires_at);
	}
	db_rows_free(w.rows);
	return code;
}

enum code ops_admin_token_revoke(struct ops *ops, const char *id, struct error *error)
{
	struct write w = {.send = send_revoke, .id = id};
	size_t n = strlen(id);

	/* What is no number is no token. */
	enum db_outcome outcome = n <= 18 && strspn(id, "0123456789") == n ? run(ops, &w) : DB_NONE;
	if (outcome == DB_ROW && db_rows_count(w.rows) == 0)
		outcome = DB_NONE;
	db_rows_free(w.rows);
	return ops_outcome_code(ops, outcome, token_word, error);
}

/* A new environment on its way through the transaction. */
struct making {
	struct ops *ops;
	const struct ops_environment_new *wanted;
	struct ops_world *world;
	struct error *error;
	enum code code;
};

static bool has_environment(const struct ops_world *world, const char *name)
{
	for (size_t i = 0; i < ops_world_count(world); i++) {
		if (strcmp(ops_world_environment(world, i).name, name) == 0)
			return true;
	}
	return false;
}

/* A copy of what is valid is valid; defaults alone need not be. */
static enum code judge(struct making *making)
{
	const struct ops_environment_new *wanted = making->wanted;

	if (has_environment(making->world, wanted->environment))
		return code_error(making->error, CODE_EXISTS, wanted->environment, " exists already", NULL);
	if (wanted->copy_from != NULL && !has_environment(making->world, wanted->copy_from))
		return code_error(making->error, CODE_NOT_FOUND, "there is no environment ",
				  wanted->copy_from, NULL);
	if (wanted->copy_from == NULL)
		ops_world_check_defaults(making->world, wanted->environment);
	return making->world->n_findings > 0 ? code_refuse(making->error, CODE_INVALID) : CODE_OK;
}

static enum db_outcome make_work(struct db *db, void *arg)
{
	struct making *making = arg;
	const struct ops_environment_new *wanted = making->wanted;

	ops_world_send(db, making->world);
	enum db_outcome outcome = db_flush(db);
	if (outcome != DB_ROW)
		return outcome;
	making->code = ops_world_read(making->world, making->error);
	if (making->code == CODE_OK)
		making->code = judge(making);
	if (making->code != CODE_OK)
		return DB_NONE;
	db_admin_send_environment(db, wanted->environment, wanted->copy_from, wanted->by, wanted->reason,
				  wanted->request_id, NULL);
	return DB_ROW;
}

enum code ops_admin_environment_create(struct ops *ops, const struct ops_environment_new *wanted,
				       struct ops_world *world, struct error *error)
{
	struct making making = {.ops = ops, .wanted = wanted, .world = world, .error = error};
	struct error wrong;

	if (ops_proposal_check_reason(wanted->reason, &wrong) != CODE_OK)
		ops_world_find(world, NULL, "reason", &wrong);
	if (!name_is_environment(wanted->environment, strlen(wanted->environment))) {
		code_error(&wrong, CODE_BAD_NAME, "an environment is of the form [a-z][a-z0-9-]{0,30}", NULL);
		ops_world_find(world, NULL, "environment", &wrong);
	}
	if (world->n_findings > 0)
		return code_refuse(error, CODE_INVALID);
	enum db_outcome outcome = db_run(ops->db, make_work, &making);
	return outcome == DB_NONE ? making.code : ops_outcome_code(ops, outcome, "environment", error);
}
