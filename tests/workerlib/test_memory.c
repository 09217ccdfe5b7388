/*
 * Every allocation of a configuration's life fails in turn: nothing crashes, nothing is in force that was not
 * before, and the next try succeeds. Leaks are the sanitizers' to find.
 */
#include "tests/workerlib/check_worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/workerlib/allocator.h"
#include "workerlib/describe.h"
#include "workerlib/options.h"
#include "workerlib/pump.h"
#include "workerlib/receive.h"
#include "workerlib/report.h"
#include "workerlib/worker.h"

/* ---- a worker without a feed ---- */

static const struct rule order = {.name = "order", .expression = "CVN_A < CVN_B", .message = "a below b"};

/* n parameters more than the two, so that the tables grow; NULL: no memory. */
static struct snapshot *configuration(int64_t version, const char *a, const char *b, int more)
{
	const struct param params[] = {
		{.name = "CVN_A",
		 .type = VALUE_DECIMAL,
		 .category = CATEGORY_THRESHOLD,
		 .hot_reloadable = true},
		{.name = "CVN_B",
		 .type = VALUE_DECIMAL,
		 .category = CATEGORY_RISK_LIMIT,
		 .hot_reloadable = true},
	};
	struct snapshot *s = snapshot_new(version, 1, 2 + (size_t)more, 1);
	bool ok = s && snapshot_add_param(s, &params[0], a) && snapshot_add_param(s, &params[1], b);

	for (int i = 0; ok && i < more; i++) {
		char name[24];
		struct param p = params[0];
		snprintf(name, sizeof(name), "CVN_C%03d", i);
		p.name = name;
		ok = snapshot_add_param(s, &p, "1");
	}
	if (ok && snapshot_add_rule(s, &order))
		return s;
	snapshot_unref(s);
	return NULL;
}

/* What the feed and the worker do with a configuration. */
static bool take_in(cvn_worker *w, int64_t version, const char *a, const char *b, int more)
{
	struct engine_outcome outcome = {0};
	struct snapshot *s = configuration(version, a, b, more);
	cvn_error e = {0};
	int code;

	if (!s)
		return false;
	code = snapshot_check(s, w->loaded ? w->engine.latest : NULL, &e);
	if (code != CVN_OK) {
		snapshot_unref(s);
		return false;
	}
	code = engine_stage(&w->engine, s, &outcome);
	receive_conclude(w, &outcome);
	return code == CVN_OK;
}

static void on_apply(void *arg, const cvn_applied *applied)
{
	*(int *)arg += strlen(applied->config_hash) == 64;
}

/* The first configuration of a worker on the stack of the test. */
static bool begin(cvn_worker *w)
{
	struct snapshot *s;
	cvn_error e = {0};

	*w = (cvn_worker){.home = {.pid = getpid()}, .epoll_fd = -1, .wake_fd = -1, .feed_epoll = -1};
	if (engine_start(&w->engine, &e) != CVN_OK || pump_open(w, &e) != CVN_OK)
		return false;
	s = configuration(1, "0.5", "1.5", 0);
	return s && engine_load(&w->engine, s, &e) == CVN_OK;
}

static void end(cvn_worker *w)
{
	engine_stop(&w->engine);
	pump_close(w);
}

/* ---- tests ---- */

START_TEST(a_first_configuration_or_none)
{
	bool failed = true;

	for (long n = 0; failed; n++) {
		cvn_worker w;
		bool begun;
		allocator_fail_from(n);
		begun = begin(&w);
		failed = allocator_relieve();
		ck_assert(begun != failed);
		end(&w);
		ck_assert_int_lt(n, 1000);
	}
}
END_TEST

START_TEST(the_last_good_stays_and_the_next_try_succeeds)
{
	bool failed = true;

	for (long n = 0; failed; n++) {
		cvn_worker w;
		cvn_param a, b;
		int applied = 0;
		bool taken;
		ck_assert(begin(&w));
		cvn_worker_on_apply(&w, on_apply, &applied);
		ck_assert_int_eq(cvn_worker_param(&w, "CVN_A", CVN_DECIMAL, &a, NULL), 0);
		ck_assert_int_eq(cvn_worker_param(&w, "CVN_B", CVN_DECIMAL, &b, NULL), 0);
		allocator_fail_from(n);
		taken = take_in(&w, 2, "0.6", "1.6", 100);
		failed = allocator_relieve();
		/* The list of what changed is a comfort: without it the apply is told all the same. */
		ck_assert_int_eq(applied, taken ? 1 : 0);
		ck_assert_double_eq(cvn_get_decimal(&w, a), taken ? 0.6 : 0.5);
		ck_assert_double_eq(cvn_get_decimal(&w, b), taken ? 1.6 : 1.5);
		ck_assert_int_eq(cvn_worker_version(&w), taken ? 2 : 1);
		ck_assert(take_in(&w, 2, "0.6", "1.6", 100));
		ck_assert_double_eq(cvn_get_decimal(&w, a), 0.6);
		ck_assert_int_eq(cvn_worker_version(&w), 2);
		end(&w);
		ck_assert_int_lt(n, 1000);
	}
}
END_TEST

/* A mix is built on the trading thread; without memory it is built at a later boundary. */
START_TEST(a_mix_waits_for_memory)
{
	bool failed = true;

	for (long n = 0; failed; n++) {
		cvn_worker w;
		cvn_param a;
		ck_assert(begin(&w));
		ck_assert_int_eq(cvn_worker_param(&w, "CVN_A", CVN_DECIMAL, &a, NULL), 0);
		cvn_position_open(&w);
		cvn_cycle_begin(&w);
		ck_assert(take_in(&w, 2, "0.5", "1.6", 0));
		ck_assert(take_in(&w, 3, "0.6", "1.6", 0));
		allocator_fail_from(n);
		cvn_cycle_end(&w);
		failed = allocator_relieve();
		ck_assert_double_eq(cvn_get_decimal(&w, a), failed ? 0.5 : 0.6);
		cvn_cycle_begin(&w);
		ck_assert_double_eq(cvn_get_decimal(&w, a), 0.6);
		cvn_cycle_end(&w);
		ck_assert_int_eq(cvn_worker_version(&w), 1);
		end(&w);
		ck_assert_int_lt(n, 1000);
	}
}
END_TEST

/* A thread that cannot be registered reads all the same, and what it may see is kept. */
START_TEST(a_thread_that_cannot_be_registered_reads)
{
	cvn_worker w;
	cvn_param a;
	const char *text;

	ck_assert(begin(&w));
	ck_assert_int_eq(cvn_worker_param(&w, "CVN_A", CVN_DECIMAL, &a, NULL), 0);
	allocator_fail_from(0);
	text = cvn_get_string(&w, a);
	ck_assert(allocator_relieve());
	ck_assert_str_eq(text, "0.5");
	ck_assert(take_in(&w, 2, "0.6", "1.6", 0));
	cvn_heartbeat(&w);
	ck_assert_str_eq(text, "0.5");
	ck_assert_str_eq(cvn_get_string(&w, a), "0.6");
	end(&w);
}
END_TEST

START_TEST(a_report_is_whole_or_not_sent)
{
	bool failed = true;

	for (long n = 0; failed; n++) {
		cvn_worker w;
		struct report r = {0};
		bool filled;
		ck_assert(begin(&w));
		cvn_position_open(&w);
		ck_assert(take_in(&w, 2, "0.6", "1.6", 100));
		allocator_fail_from(n);
		filled = describe_report(&w.engine, &r);
		failed = allocator_relieve();
		ck_assert(filled != failed);
		report_free(&r);
		end(&w);
		ck_assert_int_lt(n, 1000);
	}
}
END_TEST

START_TEST(options_keep_what_they_had)
{
	cvn_options *o;
	cvn_error e = {0};
	int code;

	allocator_fail_from(0);
	o = cvn_options_new();
	ck_assert(allocator_relieve());
	ck_assert_ptr_null(o);
	o = cvn_options_new();
	ck_assert_int_eq(cvn_options_set(o, "build", "one", &e), 0);
	allocator_fail_from(0);
	code = cvn_options_set(o, "build", "two", &e);
	ck_assert(allocator_relieve());
	ck_assert_int_eq(code, CVN_E_NO_MEMORY);
	ck_assert_str_eq(options_text(o, OPTION_BUILD), "one");
	cvn_options_free(o);
}
END_TEST

Suite *memory_suite(void)
{
	Suite *suite = suite_create("memory");
	TCase *tcase = tcase_create("memory");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_first_configuration_or_none);
	tcase_add_test(tcase, the_last_good_stays_and_the_next_try_succeeds);
	tcase_add_test(tcase, a_mix_waits_for_memory);
	tcase_add_test(tcase, a_thread_that_cannot_be_registered_reads);
	tcase_add_test(tcase, a_report_is_whole_or_not_sent);
	tcase_add_test(tcase, options_keep_what_they_had);
	suite_add_tcase(suite, tcase);
	return suite;
}
