#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "fcgi/api/body.h"
#include "fcgi/api/handlers.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/server.h"
#include "fcgi/ops/ops_catalog.h"

/* What a refusal says beyond its code. */
static void explain(struct reply *reply, enum code code, const struct ops_world *world)
{
	struct canon json;
	char number[24];

	canon_start(&json, text_put, &reply->more);
	if (code == CODE_FROZEN) {
		snprintf(number, sizeof number, "%" PRId64, world->frozen_seconds);
		reply_header(reply, "Retry-After", number);
	} else if (code == CODE_STALE) {
		reply_more(reply, "current_version");
		canon_integer(&json, world->version);
	} else if (code == CODE_INVALID || code == CODE_CRITICAL_REQUIRES_APPROVAL) {
		reply_more(reply, "errors");
		canon_array(&json);
		for (size_t i = 0; i < world->n_findings; i++)
			reply_finding(&json, world->findings[i].environment, world->findings[i].name,
				      &world->findings[i].error);
		canon_end(&json, ']');
	}
	if (code == CODE_INVALID && world->n_findings > 0)
		reply_first(reply, world->findings[0].environment, world->findings[0].name,
			    &world->findings[0].error, world->n_findings);
}

/* CODE_MALFORMED: both preconditions, or an If-None-Match that is not *. */
static enum code read_change(struct request *request, const char *reason, struct ops_catalog_change *change,
			     struct error *error)
{
	*change = (struct ops_catalog_change){
		.name = request->args[0],
		.create = request->none_match.given,
		.match = request->match,
		.reason = reason,
		.request_id = request->id,
		.who = &request->who,
	};
	if (!change->create)
		return CODE_OK;
	if (!request->none_match.any)
		return code_error(error, CODE_MALFORMED, "If-None-Match can only be *", NULL);
	if (change->match.given)
		return code_error(error, CODE_MALFORMED, "If-Match and If-None-Match exclude each other",
				  NULL);
	return CODE_OK;
}

static void tell(const struct server *server, const struct request *request, const char *event,
		 const int64_t *version)
{
	log_line(server->log, LOG_LEVEL_INFO, event,
		 (const struct log_member[]){
			 {.name = "request_id", .text = request->id},
			 {.name = "name", .text = request->args[0]},
			 {.name = "catalog_version", .number = version},
			 {.name = "changed_by", .text = request->who.login},
			 {.name = NULL},
		 });
}

/* The end of all four. */
static enum code finish(const struct server *server, const struct request *request, struct reply *reply,
			enum code code, const struct ops_catalog_change *change, struct ops_world *world,
			const int64_t *version)
{
	if (code != CODE_OK)
		explain(reply, code, world);
	else
		tell(server, request, version == NULL ? "catalog_deleted" : "catalog_written", version);
	if (code == CODE_OK && version != NULL) {
		reply_etag(reply, *version);
		reply->status = change->create ? 201 : 200;
	}
	ops_world_free(world);
	return code;
}

enum {
	TYPE, CATEGORY, ALLOWED, DEFAULT, MIN, MAX, DESCRIPTION, GROUP,
	UNIT, REQUIRED, DEPRECATED, HOT, CRITICAL, EXCLUDED, REASON
};

static const struct body_field variable_fields[] = {
	[TYPE] = {.name = "type", .type = BODY_TEXT, .required = true},
	[CATEGORY] = {.name = "category", .type = BODY_TEXT, .required = true},
	[ALLOWED] = {.name = "allowed_values", .type = BODY_ARRAY, .nullable = true},
	[DEFAULT] = {.name = "default_value", .type = BODY_TEXT, .nullable = true},
	[MIN] = {.name = "min_value", .type = BODY_TEXT, .nullable = true},
	[MAX] = {.name = "max_value", .type = BODY_TEXT, .nullable = true},
	[DESCRIPTION] = {.name = "description", .type = BODY_TEXT},
	[GROUP] = {.name = "group_name", .type = BODY_TEXT},
	[UNIT] = {.name = "unit", .type = BODY_TEXT, .nullable = true},
	[REQUIRED] = {.name = "required", .type = BODY_BOOL},
	[DEPRECATED] = {.name = "deprecated", .type = BODY_BOOL},
	[HOT] = {.name = "hot_reloadable", .type = BODY_BOOL},
	[CRITICAL] = {.name = "critical", .type = BODY_BOOL},
	[EXCLUDED] = {.name = "excluded_from_ftf", .type = BODY_BOOL},
	[REASON] = {.name = "reason", .type = BODY_TEXT},
};
enum { VARIABLE_FIELDS = sizeof variable_fields / sizeof *variable_fields };

static struct ops_variable variable_of(struct json_object *const values[])
{
	return (struct ops_variable){
		.type = body_text(values[TYPE]),
		.category = body_text(values[CATEGORY]),
		.allowed_values = body_json(values[ALLOWED]),
		.default_value = body_text(values[DEFAULT]),
		.min_value = body_text(values[MIN]),
		.max_value = body_text(values[MAX]),
		.description = body_text(values[DESCRIPTION]),
		.group_name = body_text(values[GROUP]),
		.unit = body_text(values[UNIT]),
		.required = body_bool(values[REQUIRED], false),
		.deprecated = body_bool(values[DEPRECATED], false),
		.hot_reloadable = body_bool(values[HOT], true),
		.critical = body_bool(values[CRITICAL], false),
		.excluded_from_ftf = body_bool(values[EXCLUDED], false),
	};
}

enum code h_catalog_put(const struct server *server, struct request *request, struct reply *reply)
{
	struct json_object *values[VARIABLE_FIELDS];
	struct ops_catalog_change change;
	struct ops_world world = {.lock = NULL};
	int64_t version;
	enum code code = body_fields(request->json, variable_fields, VARIABLE_FIELDS, values, &reply->error);

	if (code == CODE_OK)
		code = read_change(request, body_text(values[REASON]), &change, &reply->error);
	if (code != CODE_OK)
		return code;
	const struct ops_variable variable = variable_of(values);
	code = ops_catalog_put(server->ops, &change, &variable, &world, &version, &reply->body,
			       &reply->error);
	return finish(server, request, reply, code, &change, &world, &version);
}

enum code h_catalog_put_rule(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "expression", .type = BODY_TEXT, .required = true},
		{.name = "message", .type = BODY_TEXT, .required = true},
		{.name = "reason", .type = BODY_TEXT},
	};
	struct json_object *values[3];
	struct ops_catalog_change change;
	struct ops_world world = {.lock = NULL};
	int64_t version;
	enum code code = body_fields(request->json, fields, 3, values, &reply->error);

	if (code == CODE_OK)
		code = read_change(request, body_text(values[2]), &change, &reply->error);
	if (code != CODE_OK)
		return code;
	code = ops_catalog_put_rule(server->ops, &change, body_text(values[0]), body_text(values[1]), &world,
				    &version, &reply->body, &reply->error);
	return finish(server, request, reply, code, &change, &world, &version);
}

/* A DELETE has no body, so the reason is in the query. */
static enum code delete(const struct server *server, struct request *request, struct reply *reply,
			const char *reason,
			enum code (*verb)(struct ops *, const struct ops_catalog_change *, struct ops_world *,
					  struct error *))
{
	struct ops_catalog_change change;
	struct ops_world world = {.lock = NULL};
	enum code code;

	if (request->none_match.given)
		return code_error(&reply->error, CODE_MALFORMED, "If-None-Match has no meaning here", NULL);
	code = read_change(request, reason, &change, &reply->error);
	if (code == CODE_OK)
		code = verb(server->ops, &change, &world, &reply->error);
	return finish(server, request, reply, code, &change, &world, NULL);
}

enum code h_catalog_delete(const struct server *server, struct request *request, struct reply *reply)
{
	const char *reason = request_query(request, "reason");

	return delete(server, request, reply, reason == NULL ? "deleted" : reason, ops_catalog_delete);
}

enum code h_catalog_delete_rule(const struct server *server, struct request *request, struct reply *reply)
{
	return delete(server, request, reply, request_query(request, "reason"), ops_catalog_delete_rule);
}

enum code h_catalog_history(const struct server *server, struct request *request, struct reply *reply)
{
	return ops_catalog_history(server->ops, request->args[0], &reply->body, &reply->error);
}
