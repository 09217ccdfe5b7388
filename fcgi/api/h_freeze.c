#include <string.h>

#include "fcgi/api/body.h"
#include "fcgi/api/filter.h"
#include "fcgi/api/handlers.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/server.h"
#include "fcgi/ops/ops_freeze.h"
#include "workerlib/core/name.h"

enum code h_freeze_list(const struct server *server, struct request *request, struct reply *reply)
{
	return ops_freeze_list(server->ops, &request->who, &reply->body, &reply->error);
}

static bool is_time(const char *text)
{
	return text != NULL && filter_is_time(text, strlen(text));
}

static bool is_scope(const char *text)
{
	return strcmp(text, "*") == 0 || name_is_environment(text, strlen(text));
}

static void put_faults(struct reply *reply, struct ops_freeze_faults *faults)
{
	const struct config_result result = {.violations = faults->at, .n_violations = faults->n};
	struct canon json;

	canon_start(&json, text_put, &reply->more);
	reply_more(reply, "errors");
	reply_violations(&json, result.violations, result.n_violations);
	if (faults->n > 0)
		reply_first(reply, NULL, faults->at[0].name, &faults->at[0].error, faults->n);
}

enum code h_freeze_create(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "environment", .type = BODY_TEXT, .required = true},
		{.name = "starts_at", .type = BODY_TEXT, .nullable = true},
		{.name = "ends_at", .type = BODY_TEXT, .nullable = true},
		{.name = "weekly", .type = BODY_OBJECT, .nullable = true},
		{.name = "reason", .type = BODY_TEXT},
	};
	struct json_object *values[5];
	struct ops_freeze_faults faults;
	int64_t id;
	enum code code = body_fields(request->json, fields, 5, values, &reply->error);

	if (code != CODE_OK)
		return code;
	const struct ops_freeze wanted = {
		.environment = body_text(values[0]),
		.starts_at = body_text(values[1]),
		.ends_at = body_text(values[2]),
		.weekly = body_json(values[3]),
		.reason = body_text(values[4]),
		.starts_well = is_time(body_text(values[1])),
		.ends_well = is_time(body_text(values[2])),
	};
	if (!is_scope(wanted.environment))
		return code_error(&reply->error, CODE_NOT_FOUND, "there is no such environment", NULL);
	code = ops_freeze_create(server->ops, &wanted, &request->who, &faults, &id, &reply->body,
				 &reply->error);
	if (code == CODE_OK)
		reply_created_id(reply, "freeze-windows", id);
	else if (code == CODE_INVALID)
		put_faults(reply, &faults);
	return code;
}

enum code h_freeze_delete(const struct server *server, struct request *request, struct reply *reply)
{
	int64_t id;

	if (!filter_read_id(request->args[0], &id))
		return code_error(&reply->error, CODE_NOT_FOUND, "there is no such freeze window", NULL);
	return ops_freeze_delete(server->ops, id, &request->who, &reply->error);
}

enum code h_freeze_lock(const struct server *server, struct request *request, struct reply *reply)
{
	enum code code = body_fields(request->json, NULL, 0, NULL, &reply->error);

	if (code != CODE_OK)
		return code;
	return ops_freeze_lock(server->ops, request->args[0], &request->who, &reply->body, &reply->error);
}

enum code h_freeze_unlock(const struct server *server, struct request *request, struct reply *reply)
{
	return ops_freeze_unlock(server->ops, request->args[0], &request->who, &reply->error);
}
