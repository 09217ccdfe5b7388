/* What is in force: snapshots, handles, mixes of what waits and what does not, and what is told of it. */
#include "tests/workerlib/check_worker.h"

#include <stdio.h>
#include <string.h>

#include "tests/workerlib/alone.h"
#include "workerlib/describe.h"
#include "workerlib/report.h"

START_TEST(reads_every_type)
{
	struct cvn_worker *w = alone_open();

	ck_assert_int_eq(cvn_get_duration_ms(w, alone_handle(w, "CVN_COOLDOWN", CVN_DURATION)), 90000);
	ck_assert(cvn_get_bool(w, alone_handle(w, "CVN_FILTER", CVN_BOOL)));
	ck_assert_double_eq(cvn_get_decimal(w, alone_handle(w, "CVN_HIGH", CVN_DECIMAL)), 1.5);
	ck_assert_int_eq(cvn_get_int(w, alone_handle(w, "CVN_SIZE", CVN_INT)), -7);
	ck_assert_str_eq(cvn_get_string(w, alone_handle(w, "CVN_MODEL", CVN_STRING)), "one");
	ck_assert_str_eq(cvn_get_string(w, alone_handle(w, "CVN_SYMBOLS", CVN_LIST)), "[\"A\",\"B\"]");
	ck_assert_str_eq(cvn_get_string(w, alone_handle(w, "CVN_COOLDOWN", CVN_DURATION)), "90s");
	ck_assert_int_eq(cvn_worker_version(w), 1);
	ck_assert_uint_eq(strlen(cvn_worker_config_hash(w)), 64);
	alone_close(w);
}
END_TEST

START_TEST(a_handle_is_never_a_default)
{
	static const struct {
		const char *name;
		cvn_type type;
		int code;
	} cases[] = {
		{"CVN_ABSENT", CVN_INT, CVN_E_UNKNOWN}, {"CVN_NOTE", CVN_STRING, CVN_E_UNKNOWN},
		{"CVN_LOW", CVN_INT, CVN_E_TYPE},       {"CVN_MODEL", CVN_ENUM, CVN_E_TYPE},
		{"", CVN_INT, CVN_E_UNKNOWN},
	};
	struct cvn_worker *w = alone_open();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cvn_param p = {0};
		cvn_error e = {0};
		ck_assert_int_eq(cvn_worker_param(w, cases[i].name, cases[i].type, &p, &e), cases[i].code);
		ck_assert_int_eq(e.code, cases[i].code);
		ck_assert(e.detail[0] != '\0');
	}
	alone_close(w);
}
END_TEST

START_TEST(a_refused_snapshot_says_why)
{
	static const struct {
		int row;
		const char *value, *why;
	} cases[] = {
		{LOW, "1.50", "canonical"},
		{LOW, "nan", "decimal"},
		{FILTER, "yes", "true"},
		{LOW, "2", "low below high"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct alone_row rows[ROWS];
		struct snapshot *s;
		cvn_error e = {0};
		memcpy(rows, alone_rows, sizeof(rows));
		rows[cases[i].row].value = cases[i].value;
		s = alone_snapshot(rows, ROWS, 2);
		ck_assert_int_eq(snapshot_check(s, NULL, &e), CVN_E_INVALID);
		ck_assert_msg(strstr(e.detail, cases[i].why) != NULL, "%s", e.detail);
		snapshot_unref(s);
	}
}
END_TEST

/*
 * Beside one that passed only what is the same in both goes unread:
 * any other member of a row is enough to be read.
 */
START_TEST(what_differs_from_one_that_passed_is_refused_all_the_same)
{
	static const struct {
		int row;
		struct alone_row is;
	} cases[] = {
		{LOW, {{.type = VALUE_DECIMAL, .hot_reloadable = true}, "1.50"}},
		{LOW, {{.type = VALUE_DECIMAL, .hot_reloadable = true}, "2"}}, /* by the rule */
		{LOW, {{.type = VALUE_INT, .hot_reloadable = true}, "0.5"}},
		{LOW, {{.type = VALUE_DECIMAL, .hot_reloadable = true, .max_value = "0.1"}, "0.5"}},
		{LOW, {{.type = VALUE_DECIMAL, .hot_reloadable = true, .min_value = "0.9"}, "0.5"}},
		{LOW, {{.type = VALUE_DECIMAL, .hot_reloadable = true, .default_value = "nan"}, "0.5"}},
		{MODEL, {{.type = VALUE_STRING, .allowed_values = "[\"two\"]"}, "one"}},
		{NOTE, {{.type = VALUE_STRING, .hot_reloadable = true, .required = true}, NULL}},
	};
	struct snapshot *passed = alone_snapshot(alone_rows, ROWS, 1);
	cvn_error e = {0};

	ck_assert_int_eq(snapshot_check(passed, NULL, &e), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct alone_row rows[ROWS];
		struct snapshot *s;
		memcpy(rows, alone_rows, sizeof(rows));
		rows[cases[i].row] = cases[i].is;
		rows[cases[i].row].param.name = alone_rows[cases[i].row].param.name;
		rows[cases[i].row].param.category = alone_rows[cases[i].row].param.category;
		s = alone_snapshot(rows, ROWS, 2);
		ck_assert_msg(snapshot_check(s, passed, &e) == CVN_E_INVALID, "case %zu", i);
		snapshot_unref(s);
		/* And one further on, where another stood before. */
		s = alone_snapshot(rows + 1, ROWS - 1, 2);
		ck_assert_msg(snapshot_check(s, passed, &e) == CVN_E_INVALID, "case %zu, moved", i);
		snapshot_unref(s);
	}
	snapshot_unref(passed);
}
END_TEST

START_TEST(a_mix_holds_what_waits_and_what_does_not)
{
	struct alone_row rows[ROWS];
	struct cvn_worker *w = alone_open();
	cvn_param low = alone_handle(w, "CVN_LOW", CVN_DECIMAL);
	cvn_param high = alone_handle(w, "CVN_HIGH", CVN_DECIMAL);
	struct report r = {0};
	char alone[65];

	memcpy(rows, alone_rows, sizeof(rows));
	rows[LOW].value = "0.75";
	alone_stage(w, rows, ROWS, 2);
	memcpy(alone, cvn_worker_config_hash(w), sizeof(alone));
	rows[LOW].value = "0.5";
	alone_stage(w, rows, ROWS, 3);
	cvn_position_open(w);
	rows[HIGH].value = "3";
	alone_stage(w, rows, ROWS, 4);
	rows[LOW].value = "0.75";
	alone_stage(w, rows, ROWS, 5);
	ck_assert_double_eq(cvn_get_decimal(w, high), 1.5);
	ck_assert_double_eq(cvn_get_decimal(w, low), 0.75);
	/* The hash is that of the values in force, whatever the way to them. */
	ck_assert_str_eq(cvn_worker_config_hash(w), alone);
	ck_assert_int_eq(cvn_worker_version(w), 3);
	ck_assert(describe_report(&w->engine, &r));
	ck_assert_str_eq(r.state, "pending");
	ck_assert_str_eq(r.waiting_for, "position_close");
	ck_assert_str_eq(r.pending.bytes, "[{\"name\":\"CVN_HIGH\",\"version\":4}]");
	ck_assert_str_eq(r.restart_required.bytes, "[]");
	ck_assert_ptr_null(r.rejected.bytes);
	report_free(&r);
	cvn_position_close(w);
	cvn_heartbeat(w);
	ck_assert_double_eq(cvn_get_decimal(w, high), 3);
	ck_assert_int_eq(cvn_worker_version(w), 5);
	alone_close(w);
}
END_TEST

START_TEST(a_mix_that_breaks_a_rule_waits)
{
	struct alone_row rows[ROWS];
	struct cvn_worker *w = alone_open();
	cvn_param low = alone_handle(w, "CVN_LOW", CVN_DECIMAL);

	memcpy(rows, alone_rows, sizeof(rows));
	cvn_position_open(w);
	rows[HIGH].value = "3";
	alone_stage(w, rows, ROWS, 2);
	rows[LOW].value = "2";
	alone_stage(w, rows, ROWS, 3);
	ck_assert_double_eq(cvn_get_decimal(w, low), 0.5);
	cvn_position_close(w);
	cvn_heartbeat(w);
	ck_assert_double_eq(cvn_get_decimal(w, low), 2);
	ck_assert_int_eq(cvn_worker_version(w), 3);
	alone_close(w);
}
END_TEST

START_TEST(what_a_handle_reads_does_not_go_away_under_it)
{
	struct alone_row rows[ROWS];
	struct cvn_worker *w = alone_open();
	cvn_param size = alone_handle(w, "CVN_SIZE", CVN_INT);
	struct report r = {0};

	memcpy(rows, alone_rows, sizeof(rows));
	rows[SIZE].param.type = VALUE_STRING;
	rows[SIZE].value = "many";
	alone_stage(w, rows, ROWS, 2);
	ck_assert_int_eq(cvn_get_int(w, size), -7);
	ck_assert(describe_report(&w->engine, &r));
	ck_assert_str_eq(r.restart_required.bytes, "[\"CVN_SIZE\"]");
	report_free(&r);
	/* The parameter is gone altogether: still read, still said. */
	memcpy(rows, alone_rows, sizeof(rows));
	memmove(&rows[SIZE], &rows[SIZE + 1], (ROWS - SIZE - 1) * sizeof(rows[0]));
	alone_stage(w, rows, ROWS - 1, 3);
	ck_assert_int_eq(cvn_get_int(w, size), -7);
	ck_assert_int_eq(engine_state(&w->engine), CVN_RESTART_REQUIRED);
	alone_close(w);
}
END_TEST

START_TEST(a_handle_is_not_given_to_what_is_about_to_go)
{
	struct alone_row rows[ROWS];
	struct cvn_worker *w = alone_open();
	cvn_param p;

	memcpy(rows, alone_rows, sizeof(rows));
	rows[SIZE].param.type = VALUE_STRING;
	rows[SIZE].value = "many";
	cvn_cycle_begin(w);
	alone_stage(w, rows, ROWS, 2);
	ck_assert_int_eq(cvn_worker_param(w, "CVN_SIZE", CVN_INT, &p, NULL), CVN_E_UNKNOWN);
	cvn_cycle_end(w);
	ck_assert_str_eq(cvn_get_string(w, alone_handle(w, "CVN_SIZE", CVN_STRING)), "many");
	/* What goes with the restart is there until then. */
	memcpy(rows, alone_rows, sizeof(rows));
	rows[MODEL].value = "two";
	alone_stage(w, rows, ROWS, 3);
	ck_assert_str_eq(cvn_get_string(w, alone_handle(w, "CVN_SIZE", CVN_STRING)), "many");
	alone_close(w);
}
END_TEST

START_TEST(parameters_come_and_go)
{
	static const struct alone_row added =
		ALONE_PARAM("CVN_ADDED", VALUE_INT, CATEGORY_THRESHOLD, true, "1");
	struct alone_row rows[ROWS + 1];
	struct cvn_worker *w = alone_open();
	cvn_param high = alone_handle(w, "CVN_HIGH", CVN_DECIMAL);

	rows[0] = added;
	memcpy(rows + 1, alone_rows, sizeof(alone_rows));
	alone_stage(w, rows, ROWS + 1, 2);
	ck_assert_int_eq(cvn_get_int(w, alone_handle(w, "CVN_ADDED", CVN_INT)), 1);
	ck_assert_double_eq(cvn_get_decimal(w, high), 1.5);
	/* Nobody reads this one. */
	memmove(&rows[1 + COOLDOWN], &rows[2 + COOLDOWN], (ROWS - 1) * sizeof(rows[0]));
	alone_stage(w, rows, ROWS, 3);
	ck_assert_int_eq(cvn_worker_version(w), 3);
	ck_assert_int_eq(cvn_worker_param(w, "CVN_COOLDOWN", CVN_DURATION, &high, NULL), CVN_E_UNKNOWN);
	alone_close(w);
}
END_TEST

START_TEST(a_rejection_stays_until_something_passes)
{
	struct cvn_worker *w = alone_open();
	struct engine_outcome outcome;
	struct report r = {0};
	struct alone_row rows[ROWS];

	engine_reject(&w->engine, 2, "not like \"this\"", &outcome);
	ck_assert(outcome.news);
	ck_assert_int_eq(engine_state(&w->engine), CVN_REJECTED);
	ck_assert(describe_report(&w->engine, &r));
	ck_assert_str_eq(r.rejected.bytes, "{\"detail\":\"not like \\\"this\\\"\",\"version\":2}");
	report_free(&r);
	ck_assert_int_eq(cvn_worker_version(w), 1);
	memcpy(rows, alone_rows, sizeof(rows));
	rows[LOW].value = "0.6";
	alone_stage(w, rows, ROWS, 3);
	ck_assert_int_eq(engine_state(&w->engine), CVN_CURRENT);
	ck_assert_int_eq(cvn_worker_version(w), 3);
	alone_close(w);
}
END_TEST

/* What comes to wait beside something that waits already is told at once, though neither has moved. */
START_TEST(every_change_of_state_is_news)
{
	struct alone_row rows[ROWS];
	struct cvn_worker *w = alone_open();
	struct engine_outcome outcome;

	cvn_position_open(w);
	memcpy(rows, alone_rows, sizeof(rows));
	rows[HIGH].value = "3";
	alone_stage(w, rows, ROWS, 2);
	ck_assert_int_eq(engine_state(&w->engine), CVN_PENDING);
	rows[MODEL].value = "two";
	ck_assert_int_eq(engine_stage(&w->engine, alone_snapshot(rows, ROWS, 3), &outcome), 0);
	ck_assert(outcome.news);
	ck_assert_int_eq(engine_state(&w->engine), CVN_RESTART_REQUIRED);
	ck_assert_int_eq(cvn_worker_version(w), 1);
	/* The same again is none. */
	ck_assert_int_eq(engine_stage(&w->engine, alone_snapshot(rows, ROWS, 3), &outcome), 0);
	ck_assert(!outcome.news);
	alone_close(w);
}
END_TEST

START_TEST(applied_time_is_told_until_it_has_arrived)
{
	struct alone_row rows[ROWS];
	struct cvn_worker *w = alone_open();
	struct report r = {0};

	memcpy(rows, alone_rows, sizeof(rows));
	ck_assert(describe_report(&w->engine, &r));
	ck_assert_int_eq(r.applied_ms, -1);
	report_free(&r);
	rows[LOW].value = "0.6";
	alone_stage(w, rows, ROWS, 2);
	ck_assert(describe_report(&w->engine, &r));
	ck_assert_int_ge(r.applied_ms, 0);
	report_free(&r);
	rows[LOW].value = "0.7";
	alone_stage(w, rows, ROWS, 3);
	/* The first report arrives late: the second apply is still to be told. */
	engine_reported(&w->engine, r.number);
	ck_assert(describe_report(&w->engine, &r));
	ck_assert_int_ge(r.applied_ms, 0);
	engine_reported(&w->engine, r.number);
	report_free(&r);
	ck_assert(describe_report(&w->engine, &r));
	ck_assert_int_eq(r.applied_ms, -1);
	report_free(&r);
	alone_close(w);
}
END_TEST

START_TEST(a_tag_is_of_one_moment)
{
	struct cvn_worker *w = alone_open();
	char labels[160], expected[160];
	cvn_tag tag;

	cvn_worker_tag(w, &tag);
	ck_assert_int_eq(tag.config_version_id, cvn_worker_version(w));
	ck_assert_str_eq(tag.config_hash, cvn_worker_config_hash(w));
	snprintf(expected, sizeof(expected), "config_version_id=\"1\",config_hash=\"%s\"", tag.config_hash);
	ck_assert_int_eq(cvn_tag_labels(&tag, labels, sizeof(labels)), (int)strlen(expected));
	ck_assert_str_eq(labels, expected);
	ck_assert_int_eq(cvn_tag_labels(&tag, labels, 5), (int)strlen(expected));
	ck_assert_str_eq(labels, "conf");
	alone_close(w);
}
END_TEST

static TCase *engine_cases(void)
{
	TCase *tcase = tcase_create("engine");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, reads_every_type);
	tcase_add_test(tcase, a_handle_is_never_a_default);
	tcase_add_test(tcase, a_refused_snapshot_says_why);
	tcase_add_test(tcase, what_differs_from_one_that_passed_is_refused_all_the_same);
	tcase_add_test(tcase, a_mix_holds_what_waits_and_what_does_not);
	tcase_add_test(tcase, a_mix_that_breaks_a_rule_waits);
	tcase_add_test(tcase, what_a_handle_reads_does_not_go_away_under_it);
	tcase_add_test(tcase, a_handle_is_not_given_to_what_is_about_to_go);
	tcase_add_test(tcase, parameters_come_and_go);
	tcase_add_test(tcase, a_rejection_stays_until_something_passes);
	tcase_add_test(tcase, every_change_of_state_is_news);
	tcase_add_test(tcase, applied_time_is_told_until_it_has_arrived);
	tcase_add_test(tcase, a_tag_is_of_one_moment);
	return tcase;
}

Suite *engine_suite(void)
{
	Suite *suite = suite_create("engine");

	suite_add_tcase(suite, engine_cases());
	suite_add_tcase(suite, readers_cases());
	suite_add_tcase(suite, registry_cases());
	suite_add_tcase(suite, around_cases());
	suite_add_tcase(suite, options_cases());
	return suite;
}
