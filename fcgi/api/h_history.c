#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/api/body.h"
#include "fcgi/api/filter.h"
#include "fcgi/api/handlers.h"
#include "fcgi/api/header.h"
#include "fcgi/api/outcome.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/server.h"
#include "fcgi/api/transport.h"
#include "fcgi/ops/ops_change.h"
#include "fcgi/ops/ops_list.h"
#include "fcgi/proc/need.h"
#include "workerlib/core/name.h"

static const struct filter filters[] = {
	{"environment", name_is_environment, FILTER_ENVIRONMENT},
	{"name", name_is_parameter, FILTER_PARAMETER},
	{"changed_by", name_is_id, FILTER_ID},
	{"request_id", name_is_id, FILTER_ID},
	{"change_id", filter_is_number, FILTER_NUMBER},
	{"since", filter_is_time, FILTER_TIME},
	{"until", filter_is_time, FILTER_TIME},
	{"limit", filter_is_page, FILTER_PAGE},
	{"cursor", filter_is_number, FILTER_NUMBER},
	{NULL, NULL, NULL},
};

/* What all of it is sent as, where that is wanted more than a page of JSON. */
static const struct form {
	const char *type, *name, *head;
	const char *cut; /* the last line, when it could not be sent to its end */
} forms[] = {
	{"text/csv", "csv",
	 "id,environment,version,change_id,changed_at,changed_by,approved_by,reason,name,"
	 "old,new,row_hash,kind,request_id\r\n",
	 "# incomplete: the database is away\r\n"},
	{"application/x-ndjson", "ndjson", "",
	 "{\"code\":\"unavailable\",\"detail\":\"incomplete: the database is away\"}\n"},
};

static const struct form *wanted_form(const struct request *request)
{
	const char *accept = header_get(request->transport, "HTTP_ACCEPT", NULL);
	const struct form *wanted = NULL;
	unsigned most = header_accepts(accept, "application/json");

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		unsigned much = header_accepts(accept, forms[i].type);
		if (much <= most)
			continue;
		most = much;
		wanted = &forms[i];
	}
	return wanted;
}

static struct ops_history_filter filter_of(const struct request *request)
{
	const char *limit = request_query(request, "limit");

	return (struct ops_history_filter){
		.environment = request_query(request, "environment"),
		.name = request_query(request, "name"),
		.changed_by = request_query(request, "changed_by"),
		.request_id = request_query(request, "request_id"),
		.change_id = request_query(request, "change_id"),
		.since = request_query(request, "since"),
		.until = request_query(request, "until"),
		.after = request_query(request, "cursor"),
		.limit = limit == NULL ? "50" : limit,
		.form = "json",
	};
}

/* Who, and the texts of the filter, are the request's, which outlives its reply. */
struct stream {
	struct ops *ops;
	const struct who *who;
	const struct form *form;
	struct ops_history_filter filter;
	char cursor[32];
	bool ended;
};

/* The page after the cursor, within a time limit of its own. */
static enum code read_part(struct stream *stream, struct text *part, struct error *error)
{
	int64_t next;

	ops_start(stream->ops);
	enum code code = ops_list_history(stream->ops, stream->who, &stream->filter, &next, part, error);
	snprintf(stream->cursor, sizeof stream->cursor, "%" PRId64, next);
	stream->filter.after = stream->cursor;
	stream->ended = next == 0;
	return code;
}

static bool next_part(void *arg, struct text *part)
{
	struct stream *stream = arg;

	if (!stream->ended && read_part(stream, part, NULL) != CODE_OK) {
		text_add(part, stream->form->cut);
		stream->ended = true;
	}
	return !stream->ended;
}

/* The first part is read before anything is sent, so that a refusal is still a problem. */
static enum code send_all(const struct server *server, const struct request *request, const struct form *form,
			  struct reply *reply)
{
	struct stream *stream = need_items(1, sizeof *stream);

	*stream = (struct stream){
		.ops = server->ops, .who = &request->who, .form = form, .filter = filter_of(request)};
	stream->filter.limit = "1000";
	stream->filter.form = form->name;
	reply->type = form->type;
	reply->stream = (struct reply_stream){.next = next_part, .arg = stream, .free = free};
	text_add(&reply->body, form->head);
	return read_part(stream, &reply->body, &reply->error);
}

enum code h_history_list(const struct server *server, struct request *request, struct reply *reply)
{
	const struct form *form = wanted_form(request);
	enum code code = filter_check(request, filters, &reply->error);
	int64_t next;

	if (code != CODE_OK)
		return code;
	if (form != NULL && request_query(request, "limit") != NULL)
		return code_error(&reply->error, CODE_MALFORMED, "all of it has no limit", NULL);
	if (form != NULL)
		return send_all(server, request, form, reply);
	const struct ops_history_filter filter = filter_of(request);
	text_add(&reply->body, "{\"entries\":");
	code = ops_list_history(server->ops, &request->who, &filter, &next, &reply->body, &reply->error);
	reply_cursor(reply, next);
	return code;
}

static void put_verdict(struct reply *reply, const struct ops_verdict *verdict)
{
	struct canon json;

	reply_json(reply, &json);
	canon_object(&json);
	canon_key(&json, "ok");
	canon_bool(&json, verdict->broken_at == 0);
	reply_integer(&json, "checked", verdict->checked);
	canon_key(&json, "broken_at");
	if (verdict->broken_at == 0)
		canon_null(&json);
	else
		canon_integer(&json, verdict->broken_at);
	canon_end(&json, '}');
}

enum code h_history_verify(const struct server *server, struct request *request, struct reply *reply)
{
	const char *environment = request_query(request, "environment");
	struct ops_verdict verdict = {.after = 0};
	enum code code = CODE_OK;

	if (environment == NULL || !name_is_environment(environment, strlen(environment)))
		return code_error(&reply->error, CODE_MALFORMED,
				  "environment is missing or not well-formed: it is " FILTER_ENVIRONMENT,
				  NULL);
	while (code == CODE_OK && !verdict.ended) {
		code = ops_list_verify(server->ops, &request->who, environment, &verdict, &reply->error);
		request->transport->write(request->transport->arg, "", 0);
	}
	if (code == CODE_OK)
		put_verdict(reply, &verdict);
	return code;
}

/* Restores what an entry set, or what was there before it. */
enum code h_history_restore(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "reason", .type = BODY_TEXT},
		{.name = "to", .type = BODY_TEXT},
	};
	struct ops_save save = {.request_id = request->id, .who = &request->who, .match = request->match};
	struct json_object *values[2];
	struct ops_changed changed = {.id = 0};
	struct ops_proposal proposal = {.state = NULL};
	int64_t id;
	enum code code = body_fields(request->json, fields, 2, values, &reply->error);

	if (code != CODE_OK)
		return code;
	const char *to = body_text(values[1]);
	if (to != NULL && strcmp(to, "before") != 0)
		return code_error(&reply->error, CODE_MALFORMED, "to is nothing but \"before\"", NULL);
	if (!filter_read_id(request->args[0], &id))
		return code_error(&reply->error, CODE_NOT_FOUND, "there is no such entry of the history",
				  NULL);
	save.reason = body_text(values[0]);
	code = ops_change_restore(server->ops, id, to != NULL, &save, &changed, &proposal, &reply->error);
	reply->status = 201;
	return outcome_change(server, request, reply, "config_change_restored", code, &changed, &proposal);
}
