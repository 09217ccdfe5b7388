#include <stdlib.h>
#include <string.h>

#include "fcgi/api/body.h"
#include "fcgi/api/filter.h"
#include "fcgi/api/handlers.h"
#include "fcgi/api/outcome.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/server.h"
#include "fcgi/ops/ops_change.h"
#include "workerlib/core/name.h"

enum { COMMENT_MAX = 4096 };

static bool is_state(const char *text, size_t n)
{
	enum lifecycle_state state;

	(void)n;
	return lifecycle_state_from_name(text, &state);
}

enum code h_change_list(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct filter filters[] = {
		{"environment", name_is_environment, FILTER_ENVIRONMENT},
		{"state", is_state,
		 "draft, pending_approval, approved, active, superseded, rejected or withdrawn"},
		{"created_by", name_is_id, FILTER_ID},
		{"request_id", name_is_id, FILTER_ID},
		{"limit", filter_is_page, FILTER_PAGE},
		{"cursor", filter_is_number, FILTER_NUMBER},
		{NULL, NULL, NULL},
	};
	int64_t next;
	enum code code = filter_check(request, filters, &reply->error);

	if (code != CODE_OK)
		return code;
	const char *limit = request_query(request, "limit");
	const struct ops_change_filter filter = {
		.environment = request_query(request, "environment"),
		.state = request_query(request, "state"),
		.created_by = request_query(request, "created_by"),
		.request_id = request_query(request, "request_id"),
		.after = request_query(request, "cursor"),
		.limit = limit == NULL ? "50" : limit,
	};
	text_add(&reply->body, "{\"changes\":");
	code = ops_change_list(server->ops, &request->who, &filter, &next, &reply->body, &reply->error);
	reply_cursor(reply, next);
	return code;
}

/* What is not the number of a change set is no change set. */
static enum code read_id(const struct request *request, int64_t *id, struct error *error)
{
	if (filter_read_id(request->args[0], id))
		return CODE_OK;
	return code_error(error, CODE_NOT_FOUND, "there is no such change set", NULL);
}

enum code h_change_get(const struct server *server, struct request *request, struct reply *reply)
{
	int64_t id;
	enum code code = read_id(request, &id, &reply->error);

	if (code != CODE_OK)
		return code;
	return ops_change_get(server->ops, &request->who, id, &reply->body, &reply->error);
}

enum code h_change_create(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "environment", .type = BODY_TEXT, .required = true},
		{.name = "changes", .type = BODY_OBJECT, .required = true},
		{.name = "reason", .type = BODY_TEXT},
		{.name = "submit", .type = BODY_BOOL},
	};
	struct json_object *values[4];
	struct ops_save save = {.request_id = request->id, .who = &request->who, .match = request->match};
	struct ops_changed changed = {.id = 0};
	struct ops_proposal proposal = {.state = NULL};
	enum code code = body_fields(request->json, fields, 4, values, &reply->error);

	if (code == CODE_OK)
		code = body_changes(values[1], &save.changes, &save.n, &reply->error);
	if (code == CODE_OK) {
		save.environment = body_text(values[0]);
		save.reason = body_text(values[2]);
		code = ops_change_create(server->ops, &save, body_bool(values[3], false), &changed, &proposal,
					 &reply->error);
		reply->status = 201;
	}
	code = outcome_change(server, request, reply, "config_change_drafted", code, &changed, &proposal);
	free(save.changes);
	return code;
}

static enum code check_comment(const char *comment, struct error *error)
{
	if (comment == NULL || (strlen(comment) <= COMMENT_MAX && ops_proposal_is_prose(comment)))
		return CODE_OK;
	return code_error(error, CODE_MALFORMED,
			  "comment is not printable text, in lines, of at most 4096 bytes", NULL);
}

/* What is common to all that is done to a change set. */
static enum code act(const struct server *server, struct request *request, struct reply *reply,
		     const char *told, struct ops_change_act *wanted)
{
	struct ops_changed changed = {.id = 0};
	struct ops_proposal proposal = {.state = NULL};
	enum code code = read_id(request, &wanted->id, &reply->error);

	wanted->who = &request->who;
	wanted->request_id = request->id;
	if (code == CODE_OK)
		code = check_comment(wanted->comment, &reply->error);
	if (code == CODE_OK)
		code = ops_change_act(server->ops, wanted, &changed, &proposal, &reply->error);
	return outcome_change(server, request, reply, told, code, &changed, &proposal);
}

enum code h_change_edit(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "changes", .type = BODY_OBJECT, .required = true},
		{.name = "reason", .type = BODY_TEXT},
	};
	struct json_object *values[2];
	struct ops_change_act wanted = {.event = LIFECYCLE_EDIT};
	enum code code = body_fields(request->json, fields, 2, values, &reply->error);

	if (code == CODE_OK)
		code = body_changes(values[0], &wanted.changes, &wanted.n, &reply->error);
	if (code == CODE_OK) {
		wanted.reason = body_text(values[1]);
		code = act(server, request, reply, "config_change_edited", &wanted);
	}
	free(wanted.changes);
	return code;
}

/* The verbs whose body says nothing, or only why. */
static enum code verb(const struct server *server, struct request *request, struct reply *reply,
		      const char *told, enum lifecycle_event event)
{
	static const struct body_field fields[] = {{.name = "comment", .type = BODY_TEXT}};
	struct json_object *values[1];
	struct ops_change_act wanted = {.event = event};
	enum code code = body_fields(request->json, fields, 1, values, &reply->error);

	if (code != CODE_OK)
		return code;
	wanted.comment = body_text(values[0]);
	return act(server, request, reply, told, &wanted);
}

enum code h_change_submit(const struct server *server, struct request *request, struct reply *reply)
{
	return verb(server, request, reply, "config_change_submitted", LIFECYCLE_SUBMIT);
}

enum code h_change_reject(const struct server *server, struct request *request, struct reply *reply)
{
	return verb(server, request, reply, "config_change_rejected", LIFECYCLE_REJECT);
}

enum code h_change_withdraw(const struct server *server, struct request *request, struct reply *reply)
{
	return verb(server, request, reply, "config_change_withdrawn", LIFECYCLE_WITHDRAW);
}

enum code h_change_rebase(const struct server *server, struct request *request, struct reply *reply)
{
	return verb(server, request, reply, "config_change_rebased", LIFECYCLE_REBASE);
}

enum code h_change_approve(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "content_hash", .type = BODY_TEXT, .required = true},
		{.name = "comment", .type = BODY_TEXT},
	};
	struct json_object *values[2];
	struct ops_change_act wanted = {.event = LIFECYCLE_APPROVE};
	enum code code = body_fields(request->json, fields, 2, values, &reply->error);

	if (code != CODE_OK)
		return code;
	wanted.content_hash = body_text(values[0]);
	wanted.comment = body_text(values[1]);
	return act(server, request, reply, "config_change_approved", &wanted);
}
