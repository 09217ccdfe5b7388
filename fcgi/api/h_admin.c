#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/api/body.h"
#include "fcgi/api/handlers.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/server.h"
#include "fcgi/ops/ops_admin.h"
#include "fcgi/proc/need.h"

static void put_errors(struct reply *reply, enum code code, const struct ops_finding *items, size_t n)
{
	struct canon json;

	if (code != CODE_INVALID)
		return;
	if (n > 0)
		reply_first(reply, items[0].environment, items[0].name, &items[0].error, n);
	canon_start(&json, text_put, &reply->more);
	reply_more(reply, "errors");
	canon_array(&json);
	for (size_t i = 0; i < n; i++)
		reply_finding(&json, items[i].environment, items[i].name, &items[i].error);
	canon_end(&json, ']');
}

static void tell(const struct server *server, const struct request *request, const char *event,
		 const char *what)
{
	log_line(server->log, LOG_LEVEL_INFO, event,
		 (const struct log_member[]){
			 {.name = "request_id", .text = request->id},
			 {.name = "name", .text = what},
			 {.name = "changed_by", .text = request->who.login},
			 {.name = NULL},
		 });
}

/* [{"environment","role"}]; the caller must free() the array, its texts belong to the body. */
static enum code read_roles(struct json_object *array, struct ops_role **roles, size_t *n,
			    struct error *error)
{
	static const struct body_field fields[] = {
		{.name = "environment", .type = BODY_TEXT, .required = true},
		{.name = "role", .type = BODY_TEXT, .required = true},
	};
	struct json_object *values[2];
	enum code code = CODE_OK;

	*n = array == NULL ? 0 : json_object_array_length(array);
	*roles = need_items(*n, sizeof **roles);
	for (size_t i = 0; code == CODE_OK && i < *n; i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (!json_object_is_type(item, json_type_object))
			return code_error(error, CODE_MALFORMED,
					  "roles must be an array of {environment, role}", NULL);
		code = body_fields(item, fields, 2, values, error);
		if (code == CODE_OK)
			(*roles)[i] = (struct ops_role){body_text(values[0]), body_text(values[1])};
	}
	return code;
}

enum code h_admin_operator_create(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "login", .type = BODY_TEXT, .required = true},
		{.name = "password", .type = BODY_TEXT, .required = true},
		{.name = "roles", .type = BODY_ARRAY, .required = true},
	};
	struct json_object *values[3];
	struct ops_findings findings = {.n = 0};
	struct ops_role *roles = NULL;
	struct ops_account account = {.has_roles = true};
	enum code code = body_fields(request->json, fields, 3, values, &reply->error);

	if (code == CODE_OK)
		code = read_roles(values[2], &roles, &account.n_roles, &reply->error);
	if (code == CODE_OK) {
		account.login = body_text(values[0]);
		account.password = body_text(values[1]);
		account.roles = roles;
		code = ops_admin_operator_create(server->ops, &account, request->who.login, &findings,
						 &reply->body, &reply->error);
		put_errors(reply, code, findings.items, findings.n);
	}
	if (code == CODE_OK) {
		reply_created(reply, "operators", account.login);
		tell(server, request, "operator_created", account.login);
	}
	free(roles);
	return code;
}

enum code h_admin_operator_update(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "password", .type = BODY_TEXT},
		{.name = "roles", .type = BODY_ARRAY},
		{.name = "disabled", .type = BODY_BOOL},
	};
	struct json_object *values[3];
	struct ops_findings findings = {.n = 0};
	struct ops_role *roles = NULL;
	struct ops_account account = {.login = request->args[0]};
	enum code code = body_fields(request->json, fields, 3, values, &reply->error);

	if (code == CODE_OK)
		code = read_roles(values[1], &roles, &account.n_roles, &reply->error);
	if (code == CODE_OK) {
		bool disabled = body_bool(values[2], false);

		account.password = body_text(values[0]);
		account.roles = roles;
		account.has_roles = values[1] != NULL;
		account.disabled = values[2] == NULL ? NULL : &disabled;
		code = ops_admin_operator_update(server->ops, &account, &findings, &reply->body,
						 &reply->error);
		put_errors(reply, code, findings.items, findings.n);
	}
	if (code == CODE_OK)
		tell(server, request, "operator_changed", account.login);
	free(roles);
	return code;
}

enum code h_admin_operator_delete(const struct server *server, struct request *request, struct reply *reply)
{
	enum code code = ops_admin_operator_delete(server->ops, request->args[0], &reply->error);

	if (code == CODE_OK)
		tell(server, request, "operator_deleted", request->args[0]);
	return code;
}

enum code h_admin_tokens(const struct server *server, struct request *request, struct reply *reply)
{
	(void)request;
	return ops_admin_tokens(server->ops, &reply->body, &reply->error);
}

static void put_token(struct reply *reply, const struct ops_token *token, const struct ops_token_made *made)
{
	struct canon json;

	reply_created_id(reply, "tokens", made->id);
	reply_json(reply, &json);
	canon_object(&json);
	reply_integer(&json, "id", made->id);
	canon_member(&json, "name", token->name);
	canon_member(&json, "role", token->role);
	canon_member(&json, "environment", token->environment);
	canon_member(&json, "token", made->secret);
	canon_member(&json, "created_by", token->created_by);
	canon_member(&json, "created_at", made->created_at);
	canon_member(&json, "expires_at", made->expires_at[0] == '\0' ? NULL : made->expires_at);
	canon_end(&json, '}');
}

enum code h_admin_token_create(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "name", .type = BODY_TEXT, .required = true},
		{.name = "role", .type = BODY_TEXT, .required = true},
		{.name = "environment", .type = BODY_TEXT, .required = true},
		{.name = "expires_at", .type = BODY_TEXT, .nullable = true},
	};
	struct json_object *values[4];
	struct ops_findings findings = {.n = 0};
	struct ops_token_made made = {.id = 0};
	enum code code = body_fields(request->json, fields, 4, values, &reply->error);

	if (code != CODE_OK)
		return code;
	const struct ops_token token = {
		.name = body_text(values[0]),
		.role = body_text(values[1]),
		.environment = body_text(values[2]),
		.created_by = request->who.login,
		.expires_at = body_text(values[3]),
	};
	code = ops_admin_token_create(server->ops, &token, &made, &findings, &reply->error);
	put_errors(reply, code, findings.items, findings.n);
	if (code == CODE_OK) {
		put_token(reply, &token, &made);
		tell(server, request, "token_created", token.name);
	}
	explicit_bzero(&made, sizeof made);
	return code;
}

enum code h_admin_token_revoke(const struct server *server, struct request *request, struct reply *reply)
{
	enum code code = ops_admin_token_revoke(server->ops, request->args[0], &reply->error);

	if (code == CODE_OK)
		tell(server, request, "token_revoked", request->args[0]);
	return code;
}

enum code h_admin_environment_create(const struct server *server, struct request *request,
				     struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "environment", .type = BODY_TEXT, .required = true},
		{.name = "copy_from", .type = BODY_TEXT, .nullable = true},
		{.name = "reason", .type = BODY_TEXT},
	};
	struct json_object *values[3];
	struct ops_world world = {.lock = NULL};
	struct canon json;
	enum code code = body_fields(request->json, fields, 3, values, &reply->error);

	if (code != CODE_OK)
		return code;
	const struct ops_environment_new wanted = {
		.environment = body_text(values[0]),
		.copy_from = body_text(values[1]),
		.reason = values[2] == NULL ? "created" : body_text(values[2]),
		.by = request->who.login,
		.request_id = request->id,
	};
	code = ops_admin_environment_create(server->ops, &wanted, &world, &reply->error);
	put_errors(reply, code, world.findings, world.n_findings);
	ops_world_free(&world);
	if (code != CODE_OK)
		return code;
	tell(server, request, "environment_created", wanted.environment);
	reply_created(reply, "config", wanted.environment);
	reply_etag(reply, 1);
	reply_json(reply, &json);
	canon_object(&json);
	canon_member(&json, "environment", wanted.environment);
	reply_integer(&json, "version", 1);
	canon_end(&json, '}');
	return CODE_OK;
}
