#include "fcgi/api/outcome.h"

#include <inttypes.h>
#include <stdio.h>

#include "fcgi/api/reply.h"
#include "fcgi/api/request.h"
#include "fcgi/api/server.h"
#include "fcgi/ops/ops_change.h"

void outcome_put_diff(struct canon *json, const struct ops_proposal *proposal)
{
	canon_array(json);
	for (size_t i = 0; i < proposal->result.n_diff; i++) {
		const struct diff_item *item = &proposal->result.diff[i];

		canon_object(json);
		canon_member(json, "name", item->name);
		canon_member(json, "old", item->old_value);
		canon_member(json, "new", item->new_value);
		canon_end(json, '}');
	}
	canon_end(json, ']');
}

/* Each parameter that cannot be saved, only proposed. */
static void put_critical(struct canon *json, const struct ops_proposal *proposal)
{
	struct error error;

	code_error(&error, CODE_CRITICAL_REQUIRES_APPROVAL, code_message(CODE_CRITICAL_REQUIRES_APPROVAL),
		   NULL);
	canon_array(json);
	for (size_t i = 0; i < proposal->n_changes; i++) {
		const char *name = ops_proposal_critical(proposal, i);
		if (name != NULL)
			reply_finding(json, NULL, name, &error);
	}
	canon_end(json, ']');
}

void outcome_explain(struct reply *reply, enum code code, const struct ops_proposal *proposal)
{
	struct canon json;
	char number[24];

	canon_start(&json, text_put, &reply->more);
	switch (code) {
	case CODE_FROZEN:
		snprintf(number, sizeof number, "%" PRId64, proposal->frozen_seconds);
		reply_header(reply, "Retry-After", number);
		break;
	case CODE_STALE:
	case CODE_STALE_APPROVAL:
		reply_more(reply, "current_version");
		canon_integer(&json, proposal->version);
		canon_start(&json, text_put, &reply->more);
		reply_more(reply, "diff");
		outcome_put_diff(&json, proposal);
		break;
	case CODE_CRITICAL_REQUIRES_APPROVAL:
		reply_more(reply, "errors");
		put_critical(&json, proposal);
		break;
	case CODE_INVALID:
		reply_more(reply, "errors");
		reply_violations(&json, proposal->result.violations, proposal->result.n_violations);
		break;
	default:
		break;
	}
}

void outcome_tell_saved(const struct server *server, const struct request *request, const char *environment,
			const char *author, int64_t version, const struct ops_proposal *proposal)
{
	for (size_t i = 0; i < proposal->result.n_diff; i++) {
		log_line(server->log, LOG_LEVEL_INFO, "config_change_saved",
			 (const struct log_member[]){
				 {.name = "request_id", .text = request->id},
				 {.name = "env", .text = environment},
				 {.name = "config_version", .number = &version},
				 {.name = "changed_by", .text = author},
				 {.name = "parameter_name", .text = proposal->result.diff[i].name},
				 {.name = NULL},
			 });
	}
}

static void tell_change(const struct server *server, const struct request *request, const char *event,
		 const struct ops_changed *changed, const struct ops_proposal *proposal)
{
	const int64_t *version = changed->version == 0 ? NULL : &changed->version;

	log_line(server->log, LOG_LEVEL_INFO, event,
		 (const struct log_member[]){
			 {.name = "request_id", .text = request->id},
			 {.name = "env", .text = changed->environment},
			 {.name = "change_id", .number = &changed->id},
			 {.name = "config_version", .number = version},
			 {.name = "changed_by", .text = request->who.login},
			 {.name = NULL},
		 });
	if (version != NULL)
		outcome_tell_saved(server, request, changed->environment, changed->author, *version,
				   proposal);
}

enum code outcome_change(const struct server *server, const struct request *request, struct reply *reply,
			 const char *event, enum code code, struct ops_changed *changed,
			 struct ops_proposal *proposal)
{
	if (code == CODE_OK) {
		text_put(&reply->body, changed->json.bytes, changed->json.n);
		if (changed->version != 0)
			reply_etag(reply, changed->version);
		if (reply->status == 201)
			reply_created_id(reply, "changes", changed->id);
		tell_change(server, request, event, changed, proposal);
	} else {
		outcome_explain(reply, code, proposal);
	}
	ops_proposal_free(proposal);
	ops_changed_free(changed);
	return code;
}
