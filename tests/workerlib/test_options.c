/* Options: each value is checked when it is set, and all together when a worker is opened with them. */
#include "tests/workerlib/check_worker.h"

#include <string.h>

#include "workerlib/cvnworker.h"

START_TEST(options_are_checked)
{
	static const struct {
		const char *name, *value;
		int code;
	} cases[] = {
		{"database", "dbname=x", CVN_OK},          {"environment", "paper", CVN_OK},
		{"environment", "Paper", CVN_E_ARGUMENT},  {"worker_id", "w-1.a_b", CVN_OK},
		{"worker_id", "w 1", CVN_E_ARGUMENT},      {"worker_id", "", CVN_E_ARGUMENT},
		{"heartbeat_ms", "5000", CVN_OK},          {"heartbeat_ms", "99", CVN_E_ARGUMENT},
		{"heartbeat_ms", "10001", CVN_E_ARGUMENT}, {"heartbeat_ms", "5s", CVN_E_ARGUMENT},
		{"heartbeats", "1", CVN_E_ARGUMENT},       {"build", "", CVN_OK},
		{"cache_max_age_s", "-1", CVN_E_ARGUMENT}, {"build", "3.1-b\u00e9ta", CVN_OK},
		{"build", "a\nb", CVN_E_ARGUMENT},         {"build", "\xff", CVN_E_ARGUMENT},
	};
	cvn_options *o = cvn_options_new();

	ck_assert_ptr_nonnull(o);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cvn_error e = {0};
		ck_assert_msg(cvn_options_set(o, cases[i].name, cases[i].value, &e) == cases[i].code,
			      "%s=%s: %s", cases[i].name, cases[i].value, e.detail);
	}
	cvn_options_free(o);
	cvn_options_free(NULL);
}
END_TEST

/* The name is the caller's, and what is said of it is UTF-8 all the same. */
START_TEST(what_is_said_of_any_bytes_is_utf8)
{
	cvn_options *o = cvn_options_new();
	cvn_error e = {0};

	ck_assert_int_eq(cvn_options_set(o, "\xff b\xc3\xa9 \xc3", "x", &e), CVN_E_ARGUMENT);
	ck_assert_str_eq(e.detail, "? b\xc3\xa9 ?: no such option");
	cvn_options_free(o);
}
END_TEST

START_TEST(options_that_make_no_feed_are_refused)
{
	static const struct {
		const char *name, *value, *also, *value_of_also, *why;
	} cases[] = {
		{"build", "x", NULL, NULL, "database or url"},
		{"database", "dbname=x", "url", "http://x", "set one of them"},
		{"url", "http://x", NULL, NULL, "token: must be set"},
		{"database", "dbname=x", "token", "t", "token: is of use only with url"},
		{"database", "dbname=x", "watch_url", "http://x", "watch_url: is of use only with url"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cvn_options *o = cvn_options_new();
		cvn_worker *w = NULL;
		cvn_error e = {0};
		ck_assert_int_eq(cvn_options_set(o, "environment", "paper", &e), 0);
		ck_assert_int_eq(cvn_options_set(o, "worker_id", "w", &e), 0);
		ck_assert_int_eq(cvn_options_set(o, cases[i].name, cases[i].value, &e), 0);
		if (cases[i].also)
			ck_assert_int_eq(cvn_options_set(o, cases[i].also, cases[i].value_of_also, &e), 0);
		ck_assert_int_eq(cvn_worker_open(o, &w, &e), CVN_E_ARGUMENT);
		ck_assert_ptr_null(w);
		ck_assert_msg(strstr(e.detail, cases[i].why) != NULL, "%s", e.detail);
		cvn_options_free(o);
	}
}
END_TEST

START_TEST(urls_and_tokens_are_checked_when_they_are_set)
{
	static const char *const cases[][2] = {
		{"url", "ftp://x"}, {"url", "x"},        {"watch_url", "http://x y"}, {"url", "http://x?y"},
		{"token", ""},      {"token", "a\r\nb"}, {"token", "a b"},          {"url", "http://"},
		{"url", "https:///api"},
	};
	cvn_options *o = cvn_options_new();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cvn_error e = {0};
		ck_assert_int_eq(cvn_options_set(o, cases[i][0], cases[i][1], &e), CVN_E_ARGUMENT);
		ck_assert_ptr_nonnull(strstr(e.detail, cases[i][0]));
	}
	cvn_options_free(o);
}
END_TEST

TCase *options_cases(void)
{
	TCase *tcase = tcase_create("options");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, options_are_checked);
	tcase_add_test(tcase, what_is_said_of_any_bytes_is_utf8);
	tcase_add_test(tcase, options_that_make_no_feed_are_refused);
	tcase_add_test(tcase, urls_and_tokens_are_checked_when_they_are_set);
	return tcase;
}
