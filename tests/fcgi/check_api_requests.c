/* Goal: a request is taken apart in one way, or refused with a problem: target, id, method, body. */
#include "tests/fcgi/check_api.h"

#include <stdio.h>
#include <string.h>

#include "fcgi/api/body.h"
#include "fcgi/api/target.h"
#include "tests/fcgi/sent.h"

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
		{"GET", "/api/me?=1", "X", "", 400, "malformed"},
		{"DELETE", "/api/session", "HTTP_ORIGIN", "http://evil.test", 403, "cross_site"},
		{"DELETE", "/api/session", "HTTP_SEC_FETCH_SITE", "cross-site", 403, "cross_site"},
		{"DELETE", "/api/session", "HTTP_SEC_FETCH_SITE", "same-site", 403, "cross_site"},
		{"DELETE", "/api/session", "CONTENT_LENGTH", "1", 413, "too_large"},
		{"POST", "/api/session", "CONTENT_LENGTH", "2", 415, "unsupported_media_type"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sent sent;

		sent_begin(&sent, cases[i].method, cases[i].target);
		sent_add(&sent, cases[i].header, cases[i].value);
		struct text reply = sent_serve(&sent);
		sent_expect_problem(&reply, cases[i].status, cases[i].code);
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

		sent_begin(&sent, "GET", "/api/me");
		sent_add(&sent, "HTTP_X_REQUEST_ID", cases[i].theirs);
		sent_add(&sent, "REQUEST_ID", cases[i].ours);
		struct text reply = sent_serve(&sent);
		snprintf(line, sizeof line, "\r\nX-Request-Id: %s\r\n", cases[i].used);
		ck_assert_ptr_nonnull(strstr(reply.bytes, line));
		text_free(&reply);
	}
}
END_TEST

START_TEST(head_is_get_without_a_body)
{
	struct sent sent;

	sent_begin(&sent, "HEAD", "/api/me");
	struct text reply = sent_serve(&sent);
	ck_assert_int_eq(strncmp(reply.bytes, "Status: 401 ", 12), 0);
	ck_assert_str_eq(strstr(reply.bytes, "\r\n\r\n"), "\r\n\r\n");
	text_free(&reply);
}
END_TEST

START_TEST(segments_are_split_first_and_decoded_once)
{
	struct target target;

	ck_assert_int_eq(target_read("/api/a%2Fb/%2e%2e/%2525/c?&x=1%262&&y=a+b&z&", &target, NULL), CODE_OK);
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

CHECK_CASE_OF(check_api_requests, "requests", refusals_are_problems_and_a_browser_gets_no_password_prompt,
	      a_request_keeps_the_id_of_its_caller_when_it_has_the_form_of_one, head_is_get_without_a_body,
	      segments_are_split_first_and_decoded_once, members_are_known_and_of_their_type)
