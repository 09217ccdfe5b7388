#include <stdlib.h>
#include <string.h>

#include "fcgi/api/body.h"
#include "fcgi/api/handlers.h"
#include "fcgi/api/outcome.h"
#include "fcgi/api/plan.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/server.h"
#include "fcgi/ops/ops_config.h"

/* A version in a query: digits, no leading zero. */
static bool read_version(const char *text, int64_t *version)
{
	size_t n = strlen(text);

	if (n == 0 || n > 18 || strspn(text, "0123456789") != n || (*text == '0' && n > 1))
		return false;
	*version = strtoll(text, NULL, 10);
	return true;
}

static enum code get_past(const struct server *server, struct request *request, const char *text,
			  struct reply *reply)
{
	int64_t version;

	if (!read_version(text, &version))
		return code_error(&reply->error, CODE_MALFORMED, "version is not a number", NULL);
	enum code code = ops_config_at(server->ops, request->args[0], version, &reply->body, &reply->error);
	if (code == CODE_OK)
		reply_version(reply, version, &request->none_match);
	return code;
}

enum code h_config_get(const struct server *server, struct request *request, struct reply *reply)
{
	const char *past = request_query(request, "version");
	static const char *const sources[] = {[SOURCE_READ] = "read", [SOURCE_KEPT] = "kept",
					      [SOURCE_KNOWN] = "known"};
	enum ops_source source;
	int64_t version;

	if (past != NULL)
		return get_past(server, request, past, reply);
	enum code code = ops_config_get(server->ops, &request->sight, &request->none_match, &version, &source,
					&reply->body, &reply->error);
	reply->source = sources[source];
	if (code == CODE_OK)
		reply_version(reply, version, &request->none_match);
	return code;
}

enum code h_config_export(const struct server *server, struct request *request, struct reply *reply)
{
	const char *past = request_query(request, "version");
	int64_t version;

	if (past != NULL && !read_version(past, &version))
		return code_error(&reply->error, CODE_MALFORMED, "version is not a number", NULL);
	enum code code = ops_config_export(server->ops, request->args[0], past, &version, &reply->body,
					   &reply->error);
	if (code == CODE_OK)
		reply_version(reply, version, &request->none_match);
	return code;
}

enum code h_config_get_one(const struct server *server, struct request *request, struct reply *reply)
{
	int64_t version;
	enum code code = ops_config_get_one(server->ops, request->args[0], request->args[1], &version,
					    &reply->body, &reply->error);

	if (code == CODE_OK)
		reply_version(reply, version, &request->none_match);
	return code;
}

enum code h_config_compare(const struct server *server, struct request *request, struct reply *reply)
{
	return ops_config_compare(server->ops, request->args[0], request->args[1], &reply->body,
				  &reply->error);
}

static void put_saved(struct reply *reply, const struct ops_saved *saved, const struct ops_proposal *proposal)
{
	struct canon json;

	reply_json(reply, &json);
	canon_object(&json);
	reply_integer(&json, "version", saved->version);
	reply_integer(&json, "change_id", saved->change_id);
	canon_key(&json, "diff");
	outcome_put_diff(&json, proposal);
	canon_end(&json, '}');
	reply_etag(reply, saved->version);
}

/* What both ways to save have in common. */
static enum code save(const struct server *server, struct request *request, struct change *changes, size_t n,
		      const char *reason, struct reply *reply)
{
	const struct ops_save wanted = {
		.environment = request->args[0],
		.changes = changes,
		.n = n,
		.reason = reason,
		.request_id = request->id,
		.who = &request->who,
		.match = request->match,
	};
	struct ops_proposal proposal = {.state = NULL};
	struct ops_saved saved;
	enum code code = ops_config_save(server->ops, &wanted, &saved, &proposal, &reply->error);

	if (code == CODE_OK) {
		put_saved(reply, &saved, &proposal);
		outcome_tell_saved(server, request, request->args[0], request->who.login, saved.version,
				   &proposal);
	} else {
		outcome_explain(reply, code, &proposal);
	}
	ops_proposal_free(&proposal);
	return code;
}

/* A missing reason is not a missing member: it is said with all that is wrong with the values. */
enum code h_config_save(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "changes", .type = BODY_OBJECT, .required = true},
		{.name = "reason", .type = BODY_TEXT},
	};
	struct json_object *values[2];
	struct change *changes = NULL;
	size_t n;
	enum code code = body_fields(request->json, fields, 2, values, &reply->error);

	if (code == CODE_OK)
		code = body_changes(values[0], &changes, &n, &reply->error);
	if (code == CODE_OK)
		code = save(server, request, changes, n, body_text(values[1]), reply);
	free(changes);
	return code;
}

enum code h_config_save_one(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "value", .type = BODY_TEXT, .required = true, .nullable = true},
		{.name = "reason", .type = BODY_TEXT},
	};
	struct json_object *values[2];
	enum code code = body_fields(request->json, fields, 2, values, &reply->error);

	if (code != CODE_OK)
		return code;
	struct change change = {request->args[1], body_text(values[0])};
	return save(server, request, &change, 1, body_text(values[1]), reply);
}

enum code h_config_plan(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "changes", .type = BODY_OBJECT, .required = true}};
	struct json_object *values[1];
	struct ops_proposal proposal = {.state = NULL};
	struct change *changes = NULL;
	size_t n;
	enum code code = body_fields(request->json, fields, 1, values, &reply->error);

	if (code == CODE_OK)
		code = body_changes(values[0], &changes, &n, &reply->error);
	if (code == CODE_OK)
		code = ops_config_plan(server->ops, &request->who, request->args[0], changes, n, &proposal,
				       &reply->error);
	if (code == CODE_OK)
		plan_put(reply, request->args[0], &proposal);
	ops_proposal_free(&proposal);
	free(changes);
	return code;
}
