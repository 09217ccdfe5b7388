/* What a worker does while its link is up: the same by either feed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/workerlib/scene.h"

START_TEST(a_save_is_applied_at_the_cycles_end_and_reported)
{
	struct scene s;
	int64_t version;
	char text[24];

	scene_start(&s, _i);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	cvn_cycle_begin(s.worker);
	version = scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.9\"}");
	UNTIL(&s, s.events[CVN_EVENT_RECEIVED] == 1);
	ck_assert_double_ne(cvn_get_decimal(s.worker, s.threshold), 0.9);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_PENDING);
	UNTIL(&s, scene_status_is(&s, "waiting_for", "cycle_end"));
	cvn_cycle_end(s.worker);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.9);
	ck_assert_int_eq(cvn_worker_version(s.worker), version);
	ck_assert_int_eq(s.applied, 1);
	ck_assert_int_eq(s.events[CVN_EVENT_APPLIED], 1);
	snprintf(text, sizeof(text), "%lld", (long long)version);
	UNTIL(&s, scene_status_is(&s, "applied_version", text));
	ck_assert(scene_status_is(&s, "config_hash", cvn_worker_config_hash(s.worker)));
	ck_assert(scene_status_is(&s, "state", "current"));
	scene_end(&s);
}
END_TEST

START_TEST(a_risk_limit_waits_for_the_position_and_a_heartbeat)
{
	struct scene s;

	scene_start(&s, _i);
	cvn_position_open(s.worker);
	scene_save(&s, "{\"CVN_STOP_LOSS_PCT\":\"0.75\"}");
	UNTIL(&s, scene_status_is(&s, "waiting_for", "position_close"));
	cvn_position_close(s.worker);
	UNTIL(&s, scene_status_is(&s, "waiting_for", "heartbeat"));
	ck_assert_double_ne(cvn_get_decimal(s.worker, s.stop_loss), 0.75);
	cvn_heartbeat(s.worker);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.stop_loss), 0.75);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	scene_end(&s);
}
END_TEST

START_TEST(what_is_not_hot_is_named_and_not_applied)
{
	struct scene s;
	cvn_param model;
	char before[64];

	scene_start(&s, _i);
	ck_assert_int_eq(cvn_worker_param(s.worker, "CVN_MODEL_TYPE", CVN_ENUM, &model, NULL), 0);
	snprintf(before, sizeof(before), "%s", cvn_get_string(s.worker, model));
	ck_assert_str_ne(before, "catboost");
	scene_save(&s, "{\"CVN_MODEL_TYPE\":\"catboost\"}");
	UNTIL(&s, scene_status_is(&s, "state", "restart_required"));
	ck_assert(scene_status_is(&s, "restart_required::text", "[\"CVN_MODEL_TYPE\"]"));
	ck_assert(scene_status_is(&s, "lag_versions", "0"));
	cvn_heartbeat(s.worker);
	ck_assert_str_eq(cvn_get_string(s.worker, model), before);
	cvn_worker_close(s.worker);
	ck_assert_int_eq(scene_open(&s, s.environment, NULL), 0);
	ck_assert_int_eq(cvn_worker_param(s.worker, "CVN_MODEL_TYPE", CVN_ENUM, &model, NULL), 0);
	ck_assert_str_eq(cvn_get_string(s.worker, model), "catboost");
	scene_end(&s);
}
END_TEST

START_TEST(the_worker_may_refuse_and_keeps_the_last_good)
{
	struct scene s;
	double before;
	int64_t version;

	scene_start(&s, _i);
	before = cvn_get_decimal(s.worker, s.threshold);
	version = cvn_worker_version(s.worker);
	s.reject = true;
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.91\"}");
	UNTIL(&s, scene_status_is(&s, "state", "rejected"));
	ck_assert_str_eq(s.last_reject, "not today");
	ck_assert(scene_status_is(&s, "rejected->>'detail'", "not today"));
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), before);
	ck_assert_int_eq(cvn_worker_version(s.worker), version);
	s.reject = false;
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.92\"}");
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.92);
	ck_assert_int_eq(cvn_worker_version(s.worker), version + 2);
	scene_end(&s);
}
END_TEST

/* A save and the report of the moment overtake each other in any order; neither is a doubt. */
START_TEST(saves_between_heartbeats_are_no_doubt)
{
	struct scene s;
	char changes[64];
	int64_t version = 0;

	scene_start(&s, _i);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	for (int i = 0; i < 60; i++) {
		snprintf(changes, sizeof(changes), "{\"CVN_ENTRY_THRESHOLD\":\"0.1%02d1\"}", i);
		version = scene_save(&s, changes);
		scene_turn_for(&s, 17);
	}
	UNTIL(&s, cvn_worker_version(s.worker) == version);
	scene_turn_for(&s, 1000);
	ck_assert_msg(s.events[CVN_EVENT_LINK_LOST] == 0, "%s", s.last_loss);
	scene_end(&s);
}
END_TEST

static void write_rule(struct scene *s, const char *expression)
{
	free(scene_ask(s->db, "select rule_write($1, $2, 'a rule of a test', $1, 'a test', null)::text", 2,
		       (const char *const[]){s->environment, expression}));
}

/* The catalog and the rules are read when they are others, and not with each save. */
START_TEST(a_save_is_read_without_the_catalog_and_another_catalog_with_all)
{
	struct scene s;
	int before;

	scene_start(&s, _i);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	scene_turn_for(&s, 100);
	before = scene_reads(&s);
	for (int i = 0; i < 3; i++) {
		char changes[48];
		int64_t version;
		snprintf(changes, sizeof(changes), "{\"CVN_ENTRY_THRESHOLD\":\"0.7%d\"}", i + 1);
		version = scene_save(&s, changes);
		UNTIL(&s, cvn_worker_version(s.worker) == version);
	}
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.73);
	ck_assert_int_eq(scene_reads(&s), before);
	write_rule(&s, "CVN_ENTRY_THRESHOLD <= 1");
	UNTIL(&s, scene_reads(&s) == before + 1);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.74\"}"); /* in force: that read is through */
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.74);
	write_rule(&s, NULL);
	UNTIL(&s, scene_reads(&s) == before + 2);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.75\"}");
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.75);
	ck_assert_int_eq(scene_reads(&s), before + 2);
	scene_end(&s);
}
END_TEST

START_TEST(another_catalog_that_was_missed_is_read_whole)
{
	struct scene s;
	int before;

	scene_start(&s, _i);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	scene_everywhere(&s, relay_refuse);
	before = scene_reads(&s);
	write_rule(&s, "CVN_ENTRY_THRESHOLD <= 1");
	scene_everywhere(&s, relay_go_on);
	UNTIL(&s, scene_reads(&s) > before && s.events[CVN_EVENT_LINK_BACK] > 0);
	write_rule(&s, NULL);
	scene_end(&s);
}
END_TEST

START_TEST(forged_notifications_change_nothing)
{
	struct scene s;
	int64_t version;
	char sql[160];

	scene_start(&s, _i);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	version = cvn_worker_version(s.worker);
	snprintf(sql, sizeof(sql), "notify config_changed, 'env=%s,key=CVN_ENTRY_THRESHOLD,version=999999'",
		 s.environment);
	PQclear(PQexec(s.db, sql));
	PQclear(PQexec(s.db, "notify config_changed, 'nonsense'"));
	scene_turn_for(&s, 600);
	ck_assert_int_eq(cvn_worker_version(s.worker), version);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_CURRENT);
	ck_assert_msg(s.events[CVN_EVENT_LINK_LOST] == 0, "%s", s.last_loss);
	scene_end(&s);
}
END_TEST

/* The same by the background thread: it listens, applies when nothing is in flight, and ends when told. */
START_TEST(the_background_thread_does_the_same)
{
	struct scene s;
	cvn_error e = {0};
	int64_t limit = clock_ms() + PATIENCE_MS;

	scene_start(&s, _i);
	ck_assert_int_eq(cvn_worker_start(s.worker, &e), 0);
	ck_assert_int_eq(cvn_worker_start(s.worker, &e), CVN_E_STATE);
	ck_assert_int_eq(cvn_worker_dispatch(s.worker, &e), CVN_E_STATE);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.95\"}");
	while (cvn_get_decimal(s.worker, s.threshold) != 0.95 && clock_ms() < limit)
		usleep(1000);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.95);
	while (!scene_status_is(&s, "state", "current") && clock_ms() < limit)
		usleep(1000);
	ck_assert(scene_status_is(&s, "state", "current"));
	ck_assert_uint_eq(cvn_worker_forbidden_applies(s.worker), 0);
	scene_end(&s);
}
END_TEST

/* From a language without enumerations any number may come. */
START_TEST(what_is_no_section_is_ignored)
{
	struct scene s;

	scene_start(&s, _i);
	cvn_section_enter(s.worker, (cvn_section)99);
	cvn_section_enter(s.worker, (cvn_section)-1);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.92\"}");
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.92);
	cvn_section_leave(s.worker, (cvn_section)99);
	scene_end(&s);
}
END_TEST

static const TTest *const *const tests[] = {
	&a_save_is_applied_at_the_cycles_end_and_reported,
	&a_risk_limit_waits_for_the_position_and_a_heartbeat,
	&what_is_not_hot_is_named_and_not_applied,
	&the_worker_may_refuse_and_keeps_the_last_good,
	&saves_between_heartbeats_are_no_doubt,
	&a_save_is_read_without_the_catalog_and_another_catalog_with_all,
	&another_catalog_that_was_missed_is_read_whole,
	&forged_notifications_change_nothing,
	&the_background_thread_does_the_same,
	&what_is_no_section_is_ignored,
};

Suite *feed_suite(void)
{
	return scene_suite("feed", tests, sizeof(tests) / sizeof(tests[0]));
}
