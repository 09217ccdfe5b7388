/*
 * Goal: what the API decides by itself, over a transport in memory and without a database: the
 * route table and its refusals (generated from the table, so that a new route is tested before
 * anyone thinks of it), requests, replies.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "fcgi/api/body.h"
#include "fcgi/api/header.h"
#include "fcgi/api/origin.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/request.h"
#include "fcgi/api/route.h"
#include "fcgi/api/serve.h"
#include "fcgi/api/server.h"
#include "fcgi/api/status.h"
#include "fcgi/api/target.h"
#include "fcgi/db/db.h"
#include "fcgi/ops/ops.h"
#include "fcgi/ops/ops_tries.h"
#include "fcgi/proc/need.h"
#include "tests/fcgi/check_main.h"
#include "tests/fcgi/transport_memory.h"

enum { PARAMS = 12, PARAM_MAX = 256 };

/* A request as it is sent: target and method, then headers. */
struct sent {
	char texts[PARAMS][PARAM_MAX];
	const char *params[PARAMS + 1];
	size_t n;
	struct memory memory;
	struct transport transport;
};

static void add(struct sent *sent, const char *name, const char *value)
{
	ck_assert_uint_lt(sent->n, PARAMS);
	snprintf(sent->texts[sent->n], PARAM_MAX, "%s=%s", name, value);
	sent->params[sent->n] = sent->texts[sent->n];
	sent->params[++sent->n] = NULL;
}

static void send_to(struct sent *sent, const char *method, const char *target)
{
	*sent = (struct sent){.n = 0};
	add(sent, "REQUEST_METHOD", method);
	add(sent, "REQUEST_URI", target);
	add(sent, "REMOTE_ADDR", "192.0.2.1");
	sent->transport = transport_memory(&sent->memory, sent->params);
}

/* A path that fits the pattern of a route. */
static void path_of(const struct route *route, char out[PARAM_MAX])
{
	static const struct {
		const char *placeholder, *example;
	} examples[] = {
		{"{env}", "dev"},
		{"{key}", "CVN_A"},
		{"{id}", "w-1"},
		{"{hash}", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
	};
	size_t n = (size_t)snprintf(out, PARAM_MAX, "/api/");

	for (const char *at = route->pattern; *at != '\0';) {
		const char *put = NULL;
		for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
			if (strncmp(at, examples[i].placeholder, strlen(examples[i].placeholder)) == 0) {
				put = examples[i].example;
				at += strlen(examples[i].placeholder);
			}
		}
		if (put != NULL)
			n += (size_t)snprintf(out + n, PARAM_MAX - n, "%s", put);
		else
			out[n++] = *at++;
		out[n] = '\0';
	}
}

/* A request for the i-th route up to and with the router; the caller must request_free() it. */
static void routed(struct sent *sent, struct request *request, size_t i)
{
	char path[PARAM_MAX], allow[ROUTE_ALLOW_MAX];
	struct error error;

	path_of(&route_table[i], path);
	send_to(sent, route_method_name(route_table[i].method), path);
	ck_assert_int_eq(request_start(request, &sent->transport, &error), CODE_OK);
	ck_assert_msg(route_find(request, allow, &error) == CODE_OK, "%s", path);
	ck_assert_ptr_eq(request->route, &route_table[i]);
}

START_TEST(every_route_is_found_by_its_own_path)
{
	for (size_t i = 0; i < route_count(); i++) {
		struct sent sent;
		struct request request;

		routed(&sent, &request, i);
		request_free(&request);
	}
}
END_TEST

START_TEST(every_route_but_the_session_refuses_nobody_with_401_and_no_role_with_403)
{
	for (size_t i = 0; i < route_count(); i++) {
		struct sent sent;
		struct request request;
		struct error error;

		routed(&sent, &request, i);
		bool open = strcmp(route_table[i].pattern, "session") == 0;
		ck_assert_int_eq(route_admit(&request, &error), open ? CODE_OK : CODE_UNAUTHENTICATED);
		snprintf(request.who.login, sizeof request.who.login, "a");
		ck_assert_int_eq(route_admit(&request, &error), open ? CODE_OK : CODE_FORBIDDEN);
		request_free(&request);
	}
}
END_TEST

/* What the i-th route says to who holds one role, here or somewhere else. */
static enum code admitted(size_t i, enum role role, const char *environment)
{
	struct sent sent;
	struct request request;
	struct error error;

	routed(&sent, &request, i);
	snprintf(request.who.login, sizeof request.who.login, "a");
	request.who.roles = need_items(1, sizeof *request.who.roles);
	request.who.n_roles = 1;
	request.who.roles[0].role = role;
	snprintf(request.who.roles[0].environment, sizeof request.who.roles[0].environment, "%s",
		 environment);
	enum code code = route_admit(&request, &error);
	request_free(&request);
	return code;
}

START_TEST(every_route_admits_exactly_the_roles_of_its_row_in_the_environment_of_its_path)
{
	static const enum role all[] = {ROLE_VIEWER, ROLE_EDITOR, ROLE_APPROVER, ROLE_ADMIN, ROLE_WORKER};

	for (size_t i = 0; i < route_count(); i++) {
		const struct route *route = &route_table[i];
		for (size_t j = 0; j < sizeof all / sizeof *all; j++) {
			bool holds = (route->roles & (ROLE_ANYBODY | (unsigned)all[j])) != 0;
			bool here = strstr(route->pattern, "{env}") != NULL &&
				    (route->roles & ROLE_ANYBODY) == 0;

			ck_assert_int_eq(admitted(i, all[j], "*"), holds ? CODE_OK : CODE_FORBIDDEN);
			ck_assert_int_eq(admitted(i, all[j], "dev"),
					 holds && !route->everywhere ? CODE_OK : CODE_FORBIDDEN);
			ck_assert_int_eq(admitted(i, all[j], "live"),
					 holds && !here && !route->everywhere ? CODE_OK : CODE_FORBIDDEN);
		}
	}
}
END_TEST

START_TEST(what_writes_configuration_is_an_editors_and_wants_if_match)
{
	size_t writes = 0;

	for (size_t i = 0; i < route_count(); i++) {
		const struct route *route = &route_table[i];
		const char *p = route->pattern;
		bool write = route->method == METHOD_POST &&
			     ((strncmp(p, "config/", 7) == 0 && strstr(p, "/plan") == NULL) ||
			      strcmp(p, "changes") == 0 || strcmp(p, "history/{id}/restore") == 0);

		bool catalog = route->method == METHOD_PUT &&
			       (strncmp(route->pattern, "catalog/", 8) == 0 ||
				strncmp(route->pattern, "rules/", 6) == 0);

		ck_assert_int_eq(route->match, write ? MATCH_REQUIRED : catalog ? MATCH_OR_NONE : MATCH_NONE);
		if (write)
			ck_assert_uint_eq(route->roles, ROLE_EDITOR);
		writes += write;
	}
	ck_assert_uint_eq(writes, 6);
}
END_TEST

static enum code body_code(size_t i, const char *length, const char *type, const char *body)
{
	struct sent sent;
	struct request request;
	struct error error;

	routed(&sent, &request, i);
	add(&sent, "CONTENT_LENGTH", length);
	add(&sent, "CONTENT_TYPE", type);
	sent.memory.body = body;
	enum code code = request_read_body(&request, &error);
	request_free(&request);
	return code;
}

START_TEST(every_route_refuses_a_body_above_its_limit_and_of_another_type)
{
	char length[32];

	for (size_t i = 0; i < route_count(); i++) {
		const struct route *route = &route_table[i];

		snprintf(length, sizeof length, "%zu", route->body_limit + 1);
		ck_assert_int_eq(body_code(i, length, "application/json", NULL), CODE_TOO_LARGE);
		ck_assert_int_eq(body_code(i, "99999999999999999999", "application/json", NULL),
				 CODE_TOO_LARGE);
		ck_assert_int_eq(body_code(i, "-1", "application/json", NULL), CODE_MALFORMED);
		ck_assert_int_eq(route->content_type == NULL, route->body_limit == 0);
		if (route->content_type == NULL)
			continue;
		ck_assert_int_eq(body_code(i, "2", "text/plain", "{}"), CODE_UNSUPPORTED_MEDIA_TYPE);
		ck_assert_int_eq(body_code(i, "2", "application/jsonx", "{}"), CODE_UNSUPPORTED_MEDIA_TYPE);
		ck_assert_int_eq(body_code(i, "2", "application/json; charset=utf-8", "{}"), CODE_OK);
		ck_assert_int_eq(body_code(i, "3", "application/json", "{}"), CODE_MALFORMED);
		ck_assert_int_eq(body_code(i, "2", "application/json", "[]"), CODE_MALFORMED);
		ck_assert_int_eq(body_code(i, "0", "application/json", ""),
				 route->may_be_empty ? CODE_OK : CODE_MALFORMED);
	}
}
END_TEST

/*
 * One request through everything, with a database that is away.
 * Returns the reply; the caller must text_free() it.
 */
static struct text served(struct sent *sent)
{
	struct db *db = db_new("host=/nonexistent dbname=none", "check_api");
	struct ops_tries *tries = ops_tries_new();
	struct ops *ops = ops_new(db, tries);
	const struct log log = {.component = "check_api", .least = LOG_LEVEL_ERROR + 1};
	const struct server server = {.ops = ops, .log = &log};

	serve_request(&server, &sent->transport);
	ops_free(ops);
	ops_tries_free(tries);
	db_free(db);
	return sent->memory.reply;
}

static void expect_problem(const struct text *reply, unsigned status, const char *code)
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

START_TEST(every_path_answers_405_with_allow_to_a_method_it_has_not)
{
	for (size_t i = 0; i < route_count(); i++) {
		struct sent sent;
		char path[PARAM_MAX];

		path_of(&route_table[i], path);
		send_to(&sent, "BREW", path);
		struct text reply = served(&sent);
		expect_problem(&reply, 405, "method_not_allowed");
		const char *allow = strstr(reply.bytes, "\r\nAllow: ");
		ck_assert_ptr_nonnull(allow);
		ck_assert_ptr_nonnull(strstr(allow, route_method_name(route_table[i].method)));
		text_free(&reply);
	}
}
END_TEST

START_TEST(refusals_are_problems_and_a_browser_gets_no_password_prompt)
{
	static const struct {
		const char *method, *target, *header, *value;
		unsigned status;
		const char *code;
	} cases[] = {
		{"GET", "/api/me", "X", "", 401, "unauthenticated"},
		{"GET", "/api/me", "HTTP_AUTHORIZATION", "Digest x", 401, "unauthenticated"},
		{"GET", "/api/me", "HTTP_AUTHORIZATION", "Basic ???", 401, "unauthenticated"},
		{"GET", "/api/me", "HTTP_AUTHORIZATION", "Basic YTpi", 503, "unavailable"},
		{"GET", "/api/me", "HTTP_AUTHORIZATION", "Bearer abc", 503, "unavailable"},
		{"GET", "/api/me", "HTTP_COOKIE", "a=b; cvn_session=abc", 503, "unavailable"},
		{"GET", "/api/nothing", "X", "", 404, "not_found"},
		{"GET", "/api/config/Dev", "X", "", 404, "not_found"},
		{"GET", "/api//me", "X", "", 404, "not_found"},
		{"GET", "/api/me/", "X", "", 404, "not_found"},
		{"GET", "/other", "X", "", 404, "not_found"},
		{"GET", "/api/config/%0d%0a", "X", "", 400, "malformed"},
		{"GET", "/api/config/%2", "X", "", 400, "malformed"},
		{"GET", "/api/config/%ff", "X", "", 400, "malformed"},
		{"GET", "/api/me?a=1&a=2", "X", "", 400, "malformed"},
		{"DELETE", "/api/session", "HTTP_ORIGIN", "http://evil.test", 403, "cross_site"},
		{"DELETE", "/api/session", "HTTP_SEC_FETCH_SITE", "cross-site", 403, "cross_site"},
		{"DELETE", "/api/session", "HTTP_SEC_FETCH_SITE", "same-site", 403, "cross_site"},
		{"DELETE", "/api/session", "CONTENT_LENGTH", "1", 413, "too_large"},
		{"POST", "/api/session", "CONTENT_LENGTH", "2", 415, "unsupported_media_type"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sent sent;

		send_to(&sent, cases[i].method, cases[i].target);
		add(&sent, cases[i].header, cases[i].value);
		struct text reply = served(&sent);
		expect_problem(&reply, cases[i].status, cases[i].code);
		bool challenge = strstr(reply.bytes, "\r\nWWW-Authenticate: Cvn ") != NULL;
		ck_assert_int_eq(challenge, cases[i].status == 401);
		ck_assert_ptr_null(strcasestr(reply.bytes, "WWW-Authenticate: Basic"));
		text_free(&reply);
	}
}
END_TEST

START_TEST(a_request_keeps_the_id_of_its_caller_when_it_has_the_form_of_one)
{
	static const struct {
		const char *theirs, *ours, *used;
	} cases[] = {{"abc-1.2_3", "gate", "abc-1.2_3"}, {"a b", "gate", "gate"}, {"", "gate", "gate"},
		     {"\"", "", "none"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sent sent;
		char line[128];

		send_to(&sent, "GET", "/api/me");
		add(&sent, "HTTP_X_REQUEST_ID", cases[i].theirs);
		add(&sent, "REQUEST_ID", cases[i].ours);
		struct text reply = served(&sent);
		snprintf(line, sizeof line, "\r\nX-Request-Id: %s\r\n", cases[i].used);
		ck_assert_ptr_nonnull(strstr(reply.bytes, line));
		text_free(&reply);
	}
}
END_TEST

START_TEST(head_is_get_without_a_body)
{
	struct sent sent;

	send_to(&sent, "HEAD", "/api/me");
	struct text reply = served(&sent);
	ck_assert_int_eq(strncmp(reply.bytes, "Status: 401 ", 12), 0);
	ck_assert_str_eq(strstr(reply.bytes, "\r\n\r\n"), "\r\n\r\n");
	text_free(&reply);
}
END_TEST

START_TEST(segments_are_split_first_and_decoded_once)
{
	struct target target;

	ck_assert_int_eq(target_read("/api/a%2Fb/%2e%2e/%2525/c?x=1%262&y=a+b&z", &target, NULL), CODE_OK);
	ck_assert_uint_eq(target.n_segments, 4);
	ck_assert_str_eq(target.segments[0], "a/b");
	ck_assert_str_eq(target.segments[1], "..");
	ck_assert_str_eq(target.segments[2], "%25");
	ck_assert_str_eq(target_query(&target, "x"), "1&2");
	ck_assert_str_eq(target_query(&target, "y"), "a b");
	ck_assert_str_eq(target_query(&target, "z"), "");
	ck_assert_ptr_null(target_query(&target, "w"));
	target_free(&target);
}
END_TEST

START_TEST(only_a_strong_tag_of_digits_is_a_version)
{
	static const struct {
		const char *text;
		int64_t version;
		bool any;
	} cases[] = {
		{"\"12\"", 12, false}, {"\"0\"", 0, false}, {"*", -1, true}, {"W/\"12\"", -1, false},
		{"12", -1, false}, {"\"012\"", -1, false}, {"\"\"", -1, false}, {"\"1 2\"", -1, false},
		{"\"-1\"", -1, false}, {"\"9999999999999999999\"", -1, false}, {"\"12", -1, false},
		{"\"12\"3", -1, false}, {"\"12\", 3", -1, false}, {"W/\"1\", \"12\"", 12, false},
		{"\"12\",\"a,b\" ,", 12, false}, {"\"12\", *", -1, false}, {"*, \"12\"", -1, false},
	};

	ck_assert(!header_match(NULL, false).given);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ops_match match = header_match(cases[i].text, false);
		ck_assert(match.given);
		ck_assert_uint_eq(match.n, cases[i].version < 0 ? 0 : 1);
		ck_assert(cases[i].version < 0 || match.versions[0] == cases[i].version);
		ck_assert_int_eq(match.any, cases[i].any);
	}
}
END_TEST

START_TEST(a_list_of_tags_names_each_version_and_a_reader_has_weak_ones_too)
{
	struct ops_match write = header_match("\"1\", W/\"2\", \"3\"", false);
	struct ops_match read = header_match("\"1\", W/\"2\", \"3\"", true);

	ck_assert(ops_match_holds(&write, 1) && !ops_match_holds(&write, 2) && ops_match_holds(&write, 3));
	ck_assert(ops_match_holds(&read, 1) && ops_match_holds(&read, 2) && !ops_match_holds(&read, 4));
}
END_TEST

START_TEST(basic_credentials_are_a_login_a_colon_and_the_rest)
{
	static const struct {
		const char *base64, *login, *password;
	} cases[] = {
		{"YTpi", "a", "b"},   {"YTpiOmM=", "a", "b:c"}, {"Og==", "", ""},  {"YQ==", NULL, NULL},
		{"YTpi!", NULL, NULL}, {"YToAYg==", NULL, NULL}, {"", NULL, NULL},
	};
	char room[64];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *login, *password;
		bool good = header_basic(cases[i].base64, room, sizeof room, &login, &password);

		ck_assert_msg(good == (cases[i].login != NULL), "%s", cases[i].base64);
		if (good) {
			ck_assert_str_eq(login, cases[i].login);
			ck_assert_str_eq(password, cases[i].password);
		}
	}
}
END_TEST

START_TEST(a_cookie_is_found_by_its_whole_name)
{
	char out[8];

	ck_assert(header_cookie("a=1; s=xyz; b=2", "s", out, sizeof out));
	ck_assert_str_eq(out, "xyz");
	ck_assert(!header_cookie("as=1;sa=2", "s", out, sizeof out));
	ck_assert(!header_cookie("s=12345678", "s", out, sizeof out));
	ck_assert(header_cookie("s=1234567", "s", out, sizeof out));
	ck_assert(!header_cookie(NULL, "s", out, sizeof out));
}
END_TEST

START_TEST(a_page_of_ours_may_write_and_so_may_tools)
{
	static const struct {
		const char *site, *origin, *https, *origins;
		bool ours;
	} cases[] = {
		{"", "", "", NULL, true},
		{"same-origin", "http://cvn.test:8080", "", NULL, true},
		{"none", "", "", NULL, true},
		{"", "http://CVN.test:8080", "", NULL, true},
		{"", "http://cvn.test", "", NULL, false},
		{"", "https://cvn.test:8080", "", NULL, false},
		{"", "https://cvn.test:8080", "on", NULL, true},
		{"", "null", "", NULL, false},
		{"same-origin", "http://evil.test", "", NULL, false},
		{"cross-site", "http://cvn.test:8080", "", NULL, false},
		{"", "https://a.test", "", "https://a.test, https://b.test", true},
		{"", "https://b.test", "", "https://a.test, https://b.test", true},
		{"", "https://b.tes", "", "https://a.test, https://b.test", false},
		{"", "http://cvn.test:8080", "", "https://a.test", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sent sent;

		send_to(&sent, "POST", "/api/session");
		add(&sent, "HTTP_HOST", "cvn.test:8080");
		add(&sent, "HTTP_SEC_FETCH_SITE", cases[i].site);
		add(&sent, "HTTP_ORIGIN", cases[i].origin);
		add(&sent, "HTTPS", cases[i].https);
		ck_assert_msg(origin_is_ours(&sent.transport, cases[i].origins) == cases[i].ours,
			      "case %zu", i);
	}
}
END_TEST

START_TEST(a_header_that_is_there_twice_is_not_believed)
{
	struct sent sent;
	struct request request;
	bool twice = false;

	send_to(&sent, "GET", "/api/me");
	add(&sent, "HTTP_IF_MATCH", "\"1\"");
	add(&sent, "HTTP_IF_MATCH", "\"2\"");
	ck_assert_ptr_null(header_get(&sent.transport, "HTTP_IF_MATCH", &twice));
	ck_assert(twice);
	ck_assert_int_eq(request_start(&request, &sent.transport, NULL), CODE_MALFORMED);
	request_free(&request);
}
END_TEST

START_TEST(members_are_known_and_of_their_type)
{
	static const struct body_field fields[] = {
		{"text", BODY_TEXT, true, false}, {"number", BODY_INTEGER, false, true},
		{"flag", BODY_BOOL, false, false}};
	static const struct {
		const char *body;
		bool good;
	} cases[] = {
		{"{\"text\":\"a\"}", true},
		{"{\"text\":\"a\",\"number\":null,\"flag\":true}", true},
		{"{\"text\":\"a\",\"number\":9007199254740991}", true},
		{"{\"text\":\"a\",\"number\":9007199254740992}", false},
		{"{\"text\":\"a\",\"number\":99999999999999999999999}", false},
		{"{\"text\":\"a\",\"number\":1.0}", false},
		{"{\"text\":\"a\",\"number\":\"1\"}", false},
		{"{\"text\":null}", false},
		{"{\"text\":1}", false},
		{"{}", false},
		{"{\"text\":\"a\",\"flag\":null}", false},
		{"{\"text\":\"a\",\"changed_by\":\"me\"}", false},
		{"{\"text\":\"a\",\"text\":\"b\"}", false},
		{"{\"text\":NaN}", false},
		{"{'text':'a'}", false},
		{"{\"text\":\"\\u0000\"}", false},
		{"{\"text\":\"\\ud800\"}", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct json_object *json = NULL, *values[3];
		enum code code = body_parse(cases[i].body, strlen(cases[i].body), &json, NULL);

		if (code == CODE_OK)
			code = body_fields(json, fields, 3, values, NULL);
		ck_assert_msg((code == CODE_OK) == cases[i].good, "%s", cases[i].body);
		ck_assert(code == CODE_OK || code == CODE_MALFORMED);
		body_free(json);
	}
}
END_TEST

START_TEST(every_code_has_a_status_and_every_status_a_phrase)
{
	for (int code = CODE_MALFORMED; code < CODE_COUNT; code++) {
		unsigned status = status_of((enum code)code);
		ck_assert_uint_ge(status, 400);
		ck_assert(status == 500 || strcmp(status_phrase(status), status_phrase(500)) != 0);
	}
	ck_assert_uint_eq(status_of(CODE_OK), 200);
}
END_TEST

static bool next_of_three(void *arg, struct text *part)
{
	int *given = arg;

	if (*given > 0) /* an empty part is no end */
		text_add(part, "more\n");
	return ++*given < 3;
}

START_TEST(a_stream_has_its_parts_in_order_and_no_length)
{
	for (int head = 0; head <= 1; head++) {
		struct sent sent;
		int given = 0;
		struct reply reply = {.type = "text/csv", .stream = {.next = next_of_three, .arg = &given}};

		send_to(&sent, head ? "HEAD" : "GET", "/api/history");
		text_add(&reply.body, "first\n");
		ck_assert(reply_write(&reply, &sent.transport, "r1", !head));
		ck_assert_ptr_nonnull(strstr(sent.memory.reply.bytes, "\r\nContent-Type: text/csv\r\n"));
		ck_assert_ptr_null(strstr(sent.memory.reply.bytes, "Content-Length"));
		ck_assert_str_eq(strstr(sent.memory.reply.bytes, "\r\n\r\n"),
				 head ? "\r\n\r\n" : "\r\n\r\nfirst\nmore\nmore\n");
		reply_free(&reply);
		text_free(&sent.memory.reply);
	}
}
END_TEST

START_TEST(a_stream_that_is_refused_is_a_problem)
{
	struct sent sent;
	int given = 0;
	struct reply reply = {.type = "text/csv", .stream = {.next = next_of_three, .arg = &given}};

	send_to(&sent, "GET", "/api/history");
	text_add(&reply.body, "first\n");
	reply_problem(&reply, CODE_UNAVAILABLE, "r1");
	ck_assert(reply_write(&reply, &sent.transport, "r1", true));
	expect_problem(&sent.memory.reply, 503, "unavailable");
	ck_assert_int_eq(given, 0);
	reply_free(&reply);
	text_free(&sent.memory.reply);
}
END_TEST

CHECK_CASE(routes, "routes", every_route_is_found_by_its_own_path,
	   every_route_but_the_session_refuses_nobody_with_401_and_no_role_with_403,
	   every_route_admits_exactly_the_roles_of_its_row_in_the_environment_of_its_path,
	   what_writes_configuration_is_an_editors_and_wants_if_match,
	   every_route_refuses_a_body_above_its_limit_and_of_another_type,
	   every_path_answers_405_with_allow_to_a_method_it_has_not)
CHECK_CASE(requests, "requests", refusals_are_problems_and_a_browser_gets_no_password_prompt,
	   a_request_keeps_the_id_of_its_caller_when_it_has_the_form_of_one, head_is_get_without_a_body,
	   segments_are_split_first_and_decoded_once, only_a_strong_tag_of_digits_is_a_version,
	   a_list_of_tags_names_each_version_and_a_reader_has_weak_ones_too,
	   basic_credentials_are_a_login_a_colon_and_the_rest, a_cookie_is_found_by_its_whole_name,
	   a_page_of_ours_may_write_and_so_may_tools, a_header_that_is_there_twice_is_not_believed,
	   members_are_known_and_of_their_type, every_code_has_a_status_and_every_status_a_phrase,
	   a_stream_has_its_parts_in_order_and_no_length, a_stream_that_is_refused_is_a_problem)
CHECK_MAIN("api", routes, requests)
