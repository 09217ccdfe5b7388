#include <stdlib.h>
#include <string.h>

#include "fcgi/api/body.h"
#include "fcgi/api/filter.h"
#include "fcgi/api/handlers.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/server.h"
#include "fcgi/ops/ops_runs.h"
#include "fcgi/proc/need.h"
#include "workerlib/core/name.h"

enum { STATUS_MAX = 32, MICROSECONDS_MAX = 18 };

#define KINDS "finetune, backtest, train, paper or live"

static bool is_kind(const char *text, size_t n)
{
	static const char *const kinds[] = {"finetune", "backtest", "train", "paper", "live"};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (strlen(kinds[i]) == n && memcmp(kinds[i], text, n) == 0)
			return true;
	}
	return false;
}

/* [a-z][a-z_]{0,31} */
static bool is_status(const char *text, size_t n)
{
	return n > 0 && n <= STATUS_MAX && *text != '_' && strspn(text, "abcdefghijklmnopqrstuvwxyz_") == n;
}

/* MICROSECONDS.ID of the last run of the page before. */
static bool is_cursor(const char *text, size_t n)
{
	size_t digits = strspn(text, "0123456789");

	return digits > 0 && digits <= MICROSECONDS_MAX && text[digits] == '.' &&
	       name_is_id(text + digits + 1, n - digits - 1);
}

static const struct filter kind_form = {"kind", is_kind, KINDS};
static const struct filter environment_form = {"environment", name_is_environment, FILTER_ENVIRONMENT};
static const struct filter run_form = {"run_id", name_is_id, FILTER_ID};
static const struct filter status_form = {"status", is_status, "[a-z][a-z_]{0,31}"};

static void tell_frozen(const struct server *server, const struct request *request, const char *run_id,
			const struct ops_run *run)
{
	log_line(server->log, LOG_LEVEL_INFO, "parameter_set_frozen",
		 (const struct log_member[]){
			 {.name = "request_id", .text = request->id},
			 {.name = "env", .text = run->environment},
			 {.name = "config_version", .number = &run->config_version},
			 {.name = "changed_by", .text = request->who.login},
			 {.name = "run_id", .text = run_id},
			 {.name = "kind", .text = run->kind},
			 {.name = "parameter_set_hash", .text = run->hash},
			 {.name = NULL},
		 });
}

/* 201 for a run that is new, 200 for one that the same request has made before. */
static void put_run(const struct server *server, const struct request *request, const char *run_id,
		    const struct ops_run *run, struct reply *reply)
{
	text_put(&reply->body, run->json.bytes, run->json.n);
	if (!run->created)
		return;
	reply_created(reply, "runs", run_id);
	tell_frozen(server, request, run_id, run);
}

static void put_refused(struct reply *reply, const struct ops_runs_refused *refused)
{
	struct canon json;

	reply_more(reply, "errors");
	canon_start(&json, text_put, &reply->more);
	reply_violations(&json, refused->violations, refused->n);
	if (refused->n > 0)
		reply_first(reply, NULL, refused->violations[0].name, &refused->violations[0].error,
			    refused->n);
}

enum put_field { KIND, ENVIRONMENT, FACTORS, CODE_VERSION, PUT_FIELDS };

static enum code read_put(struct request *request, struct ops_runs_put *put, struct error *error)
{
	static const struct body_field fields[PUT_FIELDS] = {
		[KIND] = {"kind", BODY_TEXT, true, false},
		[ENVIRONMENT] = {"environment", BODY_TEXT, true, false},
		[FACTORS] = {"factors", BODY_OBJECT, false, false},
		[CODE_VERSION] = {"code_version", BODY_OBJECT, false, false},
	};
	struct json_object *values[PUT_FIELDS];
	enum code code = body_fields(request->json, fields, PUT_FIELDS, values, error);

	if (code != CODE_OK)
		return code;
	*put = (struct ops_runs_put){
		.run_id = request->args[0],
		.kind = body_text(values[KIND]),
		.environment = body_text(values[ENVIRONMENT]),
		.request_id = request->id,
		.factors = values[FACTORS],
		.code_version = values[CODE_VERSION],
		.who = &request->who,
	};
	code = filter_check_one(&kind_form, put->kind, error);
	return code == CODE_OK ? filter_check_one(&environment_form, put->environment, error) : code;
}

enum code h_runs_put(const struct server *server, struct request *request, struct reply *reply)
{
	struct ops_runs_put put;
	struct ops_run run = {.created = false};
	struct ops_runs_refused refused = {.violations = NULL};
	enum code code = read_put(request, &put, &reply->error);

	if (code != CODE_OK)
		return code;
	code = ops_runs_put(server->ops, &put, &run, &refused, &reply->error);
	if (code == CODE_OK)
		put_run(server, request, put.run_id, &run, reply);
	else if (code == CODE_INVALID)
		put_refused(reply, &refused);
	free(refused.violations);
	ops_run_free(&run);
	return code;
}

enum code h_runs_rerun(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {{"run_id", BODY_TEXT, true, false}};
	struct json_object *values[1];
	struct ops_run run = {.created = false};
	enum code code = body_fields(request->json, fields, 1, values, &reply->error);

	if (code == CODE_OK)
		code = filter_check_one(&run_form, body_text(values[0]), &reply->error);
	if (code != CODE_OK)
		return code;
	const struct ops_runs_rerun rerun = {
		.run_id = body_text(values[0]),
		.of = request->args[0],
		.request_id = request->id,
		.who = &request->who,
	};
	code = ops_runs_rerun(server->ops, &rerun, &run, &reply->error);
	if (code == CODE_OK)
		put_run(server, request, rerun.run_id, &run, reply);
	ops_run_free(&run);
	return code;
}

enum code h_runs_status(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {{"status", BODY_TEXT, true, false}};
	struct json_object *values[1];
	struct ops_run run = {.created = false};
	enum code code = body_fields(request->json, fields, 1, values, &reply->error);

	if (code == CODE_OK)
		code = filter_check_one(&status_form, body_text(values[0]), &reply->error);
	if (code == CODE_OK)
		code = ops_runs_status(server->ops, &request->who, request->args[0],
				       body_text(values[0]), &run, &reply->error);
	if (code == CODE_OK)
		put_run(server, request, request->args[0], &run, reply);
	ops_run_free(&run);
	return code;
}

enum code h_runs_get(const struct server *server, struct request *request, struct reply *reply)
{
	return ops_runs_get(server->ops, &request->who, request->args[0], &reply->body, &reply->error);
}

enum code h_runs_diff(const struct server *server, struct request *request, struct reply *reply)
{
	return ops_runs_diff(server->ops, &request->who, request->args[0], request->args[1], &reply->body,
			     &reply->error);
}

enum code h_runs_set(const struct server *server, struct request *request, struct reply *reply)
{
	return ops_runs_set(server->ops, &request->who, request->args[0], &reply->body, &reply->error);
}

/* The two parts of a cursor; both NULL without one. The caller must free *us with free(). */
static const char *split_cursor(const char *cursor, char **us)
{
	size_t digits = cursor == NULL ? 0 : strspn(cursor, "0123456789");

	*us = cursor == NULL ? NULL : need_copy(cursor, digits);
	return cursor == NULL ? NULL : cursor + digits + 1;
}

static enum code list(const struct server *server, struct request *request, struct reply *reply)
{
	const char *limit = request_query(request, "limit");
	struct text next = {.bytes = NULL};
	char *us;
	const char *id = split_cursor(request_query(request, "cursor"), &us);
	const struct ops_runs_filter filter = {
		.kind = request_query(request, "kind"),
		.environment = request_query(request, "environment"),
		.hash = request_query(request, "hash"),
		.after_us = us,
		.after_id = id,
		.limit = limit == NULL ? "50" : limit,
	};

	text_add(&reply->body, "{\"runs\":");
	enum code code = ops_runs_list(server->ops, &request->who, &filter, &next, &reply->body,
				       &reply->error);
	text_add(&reply->body, next.n == 0 ? ",\"next_cursor\":null}" : ",\"next_cursor\":\"");
	if (next.n > 0) {
		text_put(&reply->body, next.bytes, next.n);
		text_add(&reply->body, "\"}");
	}
	text_free(&next);
	free(us);
	return code;
}

enum code h_runs_list(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct filter filters[] = {
		{"kind", is_kind, KINDS},
		{"environment", name_is_environment, FILTER_ENVIRONMENT},
		{"hash", name_is_digest, "a SHA-256: 64 lower-case hex digits"},
		{"limit", filter_is_page, FILTER_PAGE},
		{"cursor", is_cursor, "the next_cursor of the page before"},
		{NULL, NULL, NULL},
	};
	enum code code = filter_check(request, filters, &reply->error);

	return code == CODE_OK ? list(server, request, reply) : code;
}
