/* Goal: headers are read by their grammar: tags, credentials, cookies, and where a page comes from. */
#include "tests/fcgi/check_api.h"

#include <string.h>

#include "fcgi/api/header.h"
#include "fcgi/api/origin.h"
#include "fcgi/api/request.h"
#include "tests/fcgi/sent.h"

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
		{"\"12\",\"a,b\" ,", 12, false},
		{", ,\"12\"", 12, false}, {",", -1, false}, {"\"12\", *", -1, false},
		{"*, \"12\"", -1, false},
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

START_TEST(what_is_accepted_most_is_said_by_weight_and_then_by_closeness)
{
	static const struct {
		const char *accept;
		char most; /* JSON, CSV, or neither */
	} cases[] = {
		{NULL, '-'}, {"", '-'}, {"*/*", '-'}, {"text/html", '-'}, {"text/csv", 'c'},
		{"TEXT/CSV", 'c'},
		{"text/*", 'c'}, {"text/csvx", '-'}, {"application/json, text/csv", '-'},
		{"application/json;q=0.4,text/csv;q=0.5", 'c'}, {"text/csv;q=0.4, */*;q=0.5", 'j'},
		{"text/csv;q=0", '-'}, {"text/csv;q=0.000, */*", 'j'}, {"*/*, text/csv", 'c'},
		{"text/csv; charset=utf-8; q=0.1, application/json ; Q=0.2", 'j'}, {"text/csv;q=1.000", 'c'},
		{"text/csv;q=x", 'c'}, {"text/csv;q=", 'c'}, {"text/csv;", 'c'}, {";q=1,,text/csv", 'c'},
		{"application/*;q=0.3, text/*;q=0.2", 'j'}, {"text/csv;q=0.001", 'c'}, {"text/csv;q=9", 'c'},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned json = header_accepts(cases[i].accept, "application/json");
		unsigned csv = header_accepts(cases[i].accept, "text/csv");

		ck_assert_msg(cases[i].most == (json > csv ? 'j' : csv > json ? 'c' : '-'), "%s: %u, %u",
			      cases[i].accept, json, csv);
	}
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

		sent_begin(&sent, "POST", "/api/session");
		sent_add(&sent, "HTTP_HOST", "cvn.test:8080");
		sent_add(&sent, "HTTP_SEC_FETCH_SITE", cases[i].site);
		sent_add(&sent, "HTTP_ORIGIN", cases[i].origin);
		sent_add(&sent, "HTTPS", cases[i].https);
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

	sent_begin(&sent, "GET", "/api/me");
	sent_add(&sent, "HTTP_IF_MATCH", "\"1\"");
	sent_add(&sent, "HTTP_IF_MATCH", "\"2\"");
	ck_assert_ptr_null(header_get(&sent.transport, "HTTP_IF_MATCH", &twice));
	ck_assert(twice);
	ck_assert_int_eq(request_start(&request, &sent.transport, NULL), CODE_MALFORMED);
	request_free(&request);
}
END_TEST

CHECK_CASE_OF(check_api_headers, "headers", only_a_strong_tag_of_digits_is_a_version,
	      a_list_of_tags_names_each_version_and_a_reader_has_weak_ones_too,
	      what_is_accepted_most_is_said_by_weight_and_then_by_closeness,
	      basic_credentials_are_a_login_a_colon_and_the_rest, a_cookie_is_found_by_its_whole_name,
	      a_page_of_ours_may_write_and_so_may_tools, a_header_that_is_there_twice_is_not_believed)
