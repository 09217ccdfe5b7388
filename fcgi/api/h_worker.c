#include <json-c/json.h>
#include <string.h>

#include "fcgi/api/body.h"
#include "fcgi/api/filter.h"
#include "fcgi/api/handlers.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/server.h"
#include "fcgi/ops/ops_worker.h"
#include "workerlib/core/name.h"
#include "workerlib/core/worker_report.h"

enum field {
	ENVIRONMENT,
	BUILD,
	STATE,
	APPLIED_VERSION,
	CONFIG_HASH,
	WAITING_FOR,
	WAITING_MS,
	PENDING,
	RESTART_REQUIRED,
	REJECTED,
	APPLIED_MS,
	NOTIFIED_MS,
	FORBIDDEN_APPLIES,
	CLOSED,
	STARTED_FROM_CACHE,
	INSTANCE,
	WORKER_ID,
	WAITING_SINCE,
	APPLIED_AT,
	FIELDS
};

static const struct body_field fields[FIELDS] = {
	[ENVIRONMENT] = {WORKER_REPORT_ENVIRONMENT, BODY_TEXT, true, false},
	[BUILD] = {WORKER_REPORT_BUILD, BODY_TEXT, false, false},
	[STATE] = {WORKER_REPORT_STATE, BODY_TEXT, true, false},
	[APPLIED_VERSION] = {WORKER_REPORT_APPLIED_VERSION, BODY_INTEGER, true, false},
	[CONFIG_HASH] = {WORKER_REPORT_CONFIG_HASH, BODY_TEXT, false, true},
	[WAITING_FOR] = {WORKER_REPORT_WAITING_FOR, BODY_TEXT, false, true},
	[WAITING_MS] = {WORKER_REPORT_WAITING_MS, BODY_INTEGER, false, true},
	[PENDING] = {WORKER_REPORT_PENDING, BODY_ARRAY, false, false},
	[RESTART_REQUIRED] = {WORKER_REPORT_RESTART_REQUIRED, BODY_ARRAY, false, false},
	[REJECTED] = {WORKER_REPORT_REJECTED, BODY_OBJECT, false, true},
	[APPLIED_MS] = {WORKER_REPORT_APPLIED_MS, BODY_INTEGER, false, true},
	[NOTIFIED_MS] = {WORKER_REPORT_NOTIFIED_MS, BODY_INTEGER, false, true},
	[FORBIDDEN_APPLIES] = {WORKER_REPORT_FORBIDDEN, BODY_INTEGER, false, false},
	[CLOSED] = {WORKER_REPORT_CLOSED, BODY_BOOL, false, false},
	[STARTED_FROM_CACHE] = {WORKER_REPORT_FROM_CACHE, BODY_BOOL, false, false},
	[INSTANCE] = {WORKER_REPORT_INSTANCE, BODY_TEXT, false, false},
	[WORKER_ID] = {WORKER_REPORT_ID, BODY_TEXT, false, false},
	[WAITING_SINCE] = {WORKER_REPORT_WAITING_SINCE, BODY_TEXT, false, true},
	[APPLIED_AT] = {WORKER_REPORT_APPLIED_AT, BODY_TEXT, false, true},
};

/* What the list of workers shows besides is found by the platform: it may be sent back, and is not read. */
static const char *const found[] = {"target_version", "lag_versions", "lag_seconds",
				    "last_heartbeat", "started_at",   "duplicate"};

static void drop_found(struct json_object *json)
{
	for (size_t i = 0; i < sizeof found / sizeof *found; i++)
		json_object_object_del(json, found[i]);
}

static const char *const states[] = {"current", "pending", "restart_required", "rejected", NULL};
static const char *const boundaries[] = {"cycle_end", "position_close", "section_end", "heartbeat", "restart",
					 NULL};

/* NULL is one of them. */
static bool is_one_of(const char *const *words, const char *text)
{
	while (text != NULL && *words != NULL && strcmp(*words, text) != 0)
		words++;
	return text == NULL || *words != NULL;
}

/* 64 lower-case hex digits. */
static bool is_hash(const char *text)
{
	return text == NULL || (strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64);
}

/* What each is to be, where more is asked than its type. */
static const char *const forms[FIELDS] = {
	[ENVIRONMENT] = FILTER_ENVIRONMENT,
	[BUILD] = "at most 200 bytes",
	[STATE] = "current, pending, restart_required or rejected",
	[APPLIED_VERSION] = "a number from 0 to 10^12",
	[CONFIG_HASH] = "64 lower-case hex digits, or null",
	[WAITING_FOR] = "cycle_end, position_close, section_end, heartbeat, restart or null",
	[WAITING_MS] = "milliseconds from 0 to ten years",
	[APPLIED_MS] = "milliseconds from 0 to ten years",
	[NOTIFIED_MS] = "milliseconds from 0 to ten years",
	[FORBIDDEN_APPLIES] = "a number from 0 to 10^12",
	[INSTANCE] = FILTER_ID,
	[WORKER_ID] = "the worker's of the path",
	[WAITING_SINCE] = FILTER_TIME,
	[APPLIED_AT] = FILTER_TIME,
};

static enum code bad(struct error *error, enum field field)
{
	return code_error(error, CODE_MALFORMED, fields[field].name, " is not well-formed: it is ",
			  forms[field], NULL);
}

/*
 * What the database can hold and reckon with: ten years ago,
 * and counts that stay far from overflow when added up.
 */
static const int64_t ten_years_ms = 315576000000, many = 1000000000000;
enum { BUILD_MAX = 200 };

static bool is_time(const char *text)
{
	return text == NULL || filter_is_time(text, strlen(text));
}

static enum code check(const char *worker_id, struct json_object *const values[FIELDS], struct error *error)
{
	const struct {
		enum field field;
		int64_t most;
	} naturals[] = {
		{APPLIED_VERSION, many}, {WAITING_MS, ten_years_ms}, {APPLIED_MS, ten_years_ms},
		{NOTIFIED_MS, ten_years_ms}, {FORBIDDEN_APPLIES, many},
	};
	const char *environment = body_text(values[ENVIRONMENT]);

	if (!name_is_environment(environment, strlen(environment)))
		return bad(error, ENVIRONMENT);
	if (values[BUILD] != NULL && strlen(body_text(values[BUILD])) > BUILD_MAX)
		return bad(error, BUILD);
	if (!is_one_of(states, body_text(values[STATE])))
		return bad(error, STATE);
	if (!is_one_of(boundaries, body_text(values[WAITING_FOR])))
		return bad(error, WAITING_FOR);
	if (!is_hash(body_text(values[CONFIG_HASH])))
		return bad(error, CONFIG_HASH);
	if (values[INSTANCE] != NULL &&
	    !name_is_id(body_text(values[INSTANCE]), strlen(body_text(values[INSTANCE]))))
		return bad(error, INSTANCE);
	if (values[WORKER_ID] != NULL && strcmp(body_text(values[WORKER_ID]), worker_id) != 0)
		return bad(error, WORKER_ID);
	if (!is_time(body_text(values[WAITING_SINCE])))
		return bad(error, WAITING_SINCE);
	if (!is_time(body_text(values[APPLIED_AT])))
		return bad(error, APPLIED_AT);
	for (size_t i = 0; i < sizeof naturals / sizeof *naturals; i++) {
		int64_t number = body_integer(values[naturals[i].field]);
		if (number < 0 || number > naturals[i].most)
			return bad(error, naturals[i].field);
	}
	return body_is_worker_detail(values[PENDING], values[RESTART_REQUIRED], values[REJECTED], error);
}

enum code h_worker_report(const struct server *server, struct request *request, struct reply *reply)
{
	struct json_object *values[FIELDS];
	struct ops_worker_current current;
	struct canon json;
	enum code code;

	drop_found(request->json);
	code = body_fields(request->json, fields, FIELDS, values, &reply->error);
	if (code == CODE_OK)
		code = check(request->args[0], values, &reply->error);
	if (code != CODE_OK)
		return code;
	const struct ops_worker_report report = {
		.worker_id = request->args[0],
		.environment = body_text(values[ENVIRONMENT]),
		.build = body_text(values[BUILD]),
		.state = body_text(values[STATE]),
		.version = body_json(values[APPLIED_VERSION]),
		.config_hash = body_text(values[CONFIG_HASH]),
		.waiting_for = body_text(values[WAITING_FOR]),
		.waiting_ms = body_json(values[WAITING_MS]),
		.pending = body_json(values[PENDING]),
		.restart_required = body_json(values[RESTART_REQUIRED]),
		.rejected = body_json(values[REJECTED]),
		.applied_ms = body_json(values[APPLIED_MS]),
		.forbidden = body_json(values[FORBIDDEN_APPLIES]),
		.notified_ms = body_json(values[NOTIFIED_MS]),
		.closed = body_json(values[CLOSED]),
		.from_cache = body_json(values[STARTED_FROM_CACHE]),
		.instance = body_text(values[INSTANCE]),
		.waiting_since = body_text(values[WAITING_SINCE]),
		.applied_at = body_text(values[APPLIED_AT]),
	};
	code = ops_worker_report(server->ops, &request->who, &report, &current, &reply->error);
	if (code != CODE_OK)
		return code;
	reply_json(reply, &json);
	canon_object(&json);
	reply_integer(&json, WORKER_REPORT_VERSION, current.version);
	reply_integer(&json, WORKER_REPORT_CATALOG_VERSION, current.catalog_version);
	canon_member(&json, WORKER_REPORT_CATALOG_STAMP, current.catalog_stamp);
	canon_member(&json, WORKER_REPORT_HEAD, current.head);
	canon_end(&json, '}');
	return CODE_OK;
}
