#include "tests/fcgi/sent.h"

#include <check.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "fcgi/api/body.h"
#include "fcgi/api/serve.h"
#include "fcgi/api/server.h"
#include "fcgi/db/db.h"
#include "fcgi/ops/ops.h"
#include "fcgi/ops/ops_tries.h"

void sent_add(struct sent *sent, const char *name, const char *value)
{
	ck_assert_uint_lt(sent->n, SENT_PARAMS);
	snprintf(sent->texts[sent->n], SENT_PARAM, "%s=%s", name, value);
	sent->params[sent->n] = sent->texts[sent->n];
	sent->params[++sent->n] = NULL;
}

void sent_begin(struct sent *sent, const char *method, const char *target)
{
	*sent = (struct sent){.n = 0};
	sent_add(sent, "REQUEST_METHOD", method);
	sent_add(sent, "REQUEST_URI", target);
	sent_add(sent, "REMOTE_ADDR", "192.0.2.1");
	sent->transport = transport_memory(&sent->memory, sent->params);
}

struct text sent_serve(struct sent *sent)
{
	struct db *db = db_new("host=/nonexistent dbname=none", "check_api");
	struct ops_tries *tries = ops_tries_new();
	struct ops *ops = ops_new(db, tries);
	const struct log log = {.component = "check_api", .least = LOG_LEVEL_ERROR + 1, .held = sent->held};
	const struct server server = {.ops = ops, .log = &log};

	serve_request(&server, &sent->transport);
	ops_free(ops);
	ops_tries_free(tries);
	db_free(db);
	return sent->memory.reply;
}

void sent_expect_problem(const struct text *reply, unsigned status, const char *code)
{
	char line[64];
	const char *body = strstr(reply->bytes, "\r\n\r\n");
	struct json_object *json, *value;

	snprintf(line, sizeof line, "Status: %u ", status);
	ck_assert_msg(strncmp(reply->bytes, line, strlen(line)) == 0, "%s", reply->bytes);
	ck_assert_ptr_nonnull(strstr(reply->bytes, "\r\nContent-Type: application/problem+json\r\n"));
	ck_assert_ptr_nonnull(strstr(reply->bytes, "\r\nCache-Control: no-store\r\n"));
	ck_assert_ptr_nonnull(body);
	ck_assert_int_eq(body_parse(body + 4, strlen(body + 4), &json, NULL), CODE_OK);
	ck_assert(json_object_object_get_ex(json, "status", &value));
	ck_assert_int_eq(json_object_get_int(value), (int)status);
	ck_assert(json_object_object_get_ex(json, "code", &value));
	ck_assert_str_eq(json_object_get_string(value), code);
	ck_assert(json_object_object_get_ex(json, "instance", &value));
	body_free(json);
}
