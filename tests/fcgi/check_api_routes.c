/*
 * Goal: what each row of the route table promises, it keeps: generated from the table, so that a new route is
 * tested before anyone thinks of it.
 */
#include "tests/fcgi/check_api.h"

#include <stdio.h>
#include <string.h>

#include "fcgi/api/request.h"
#include "fcgi/api/route.h"
#include "fcgi/proc/need.h"
#include "tests/fcgi/sent.h"

/* A path that fits the pattern of a route. */
static void path_of(const struct route *route, char out[SENT_PARAM])
{
	static const struct {
		const char *placeholder, *example;
	} examples[] = {
		{"{env}", "dev"},
		{"{key}", "CVN_A"},
		{"{id}", "w-1"},
		{"{hash}", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
	};
	size_t n = (size_t)snprintf(out, SENT_PARAM, "/api/");

	for (const char *at = route->pattern; *at != '\0';) {
		const char *put = NULL;
		for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
			if (strncmp(at, examples[i].placeholder, strlen(examples[i].placeholder)) == 0) {
				put = examples[i].example;
				at += strlen(examples[i].placeholder);
			}
		}
		if (put != NULL)
			n += (size_t)snprintf(out + n, SENT_PARAM - n, "%s", put);
		else
			out[n++] = *at++;
		out[n] = '\0';
	}
}

/* A request for the i-th route up to and with the router; the caller must request_free() it. */
static void routed(struct sent *sent, struct request *request, size_t i)
{
	char path[SENT_PARAM], allow[ROUTE_ALLOW_MAX];
	struct error error;

	path_of(&route_table[i], path);
	sent_begin(sent, route_method_name(route_table[i].method), path);
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
	sent_add(&sent, "CONTENT_LENGTH", length);
	sent_add(&sent, "CONTENT_TYPE", type);
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
		ck_assert_int_eq(body_code(i, "2", "Application/JSON;Charset=\"UTF-8\"", "{}"), CODE_OK);
		ck_assert_int_eq(body_code(i, "2", "application/json; charset=latin1", "{}"),
				 CODE_UNSUPPORTED_MEDIA_TYPE);
		ck_assert_int_eq(body_code(i, "3", "application/json", "{}"), CODE_MALFORMED);
		ck_assert_int_eq(body_code(i, "2", "application/json", "[]"), CODE_MALFORMED);
		ck_assert_int_eq(body_code(i, "0", "application/json", ""),
				 route->may_be_empty ? CODE_OK : CODE_MALFORMED);
	}
}
END_TEST

START_TEST(every_path_answers_405_with_allow_to_a_method_it_has_not)
{
	for (size_t i = 0; i < route_count(); i++) {
		struct sent sent;
		char path[SENT_PARAM];

		path_of(&route_table[i], path);
		sent_begin(&sent, "BREW", path);
		struct text reply = sent_serve(&sent);
		sent_expect_problem(&reply, 405, "method_not_allowed");
		const char *allow = strstr(reply.bytes, "\r\nAllow: ");
		ck_assert_ptr_nonnull(allow);
		ck_assert_ptr_nonnull(strstr(allow, route_method_name(route_table[i].method)));
		text_free(&reply);
	}
}
END_TEST

CHECK_CASE_OF(check_api_routes, "routes", every_route_is_found_by_its_own_path,
	      every_route_but_the_session_refuses_nobody_with_401_and_no_role_with_403,
	      every_route_admits_exactly_the_roles_of_its_row_in_the_environment_of_its_path,
	      what_writes_configuration_is_an_editors_and_wants_if_match,
	      every_route_refuses_a_body_above_its_limit_and_of_another_type,
	      every_path_answers_405_with_allow_to_a_method_it_has_not)
