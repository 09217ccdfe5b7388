/* What a worker does with its link up, down, silent or deaf: the same by either feed. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
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

START_TEST(a_cut_connection_is_made_again_and_nothing_is_missed)
{
	struct scene s;

	scene_start(&s, _i);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	scene_everywhere(&s, relay_cut);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.93\"}");
	UNTIL(&s, s.events[CVN_EVENT_LINK_LOST] >= 1);
	UNTIL(&s, s.events[CVN_EVENT_LINK_BACK] >= 1);
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.93);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	scene_end(&s);
}
END_TEST

/* The heartbeat brings what no notification told, and who did not tell it is not listened to any more. */
START_TEST(a_lost_notification_costs_one_heartbeat_and_the_connection)
{
	struct scene s;

	scene_start(&s, _i);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	s.feed->unheard(&s);
	UNTIL(&s, s.events[CVN_EVENT_LINK_LOST] == 1);
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.94);
	ck_assert_int_eq(cvn_worker_version(s.worker), 2);
	scene_everywhere(&s, relay_go_on);
	UNTIL(&s, cvn_worker_state(s.worker) == CVN_CURRENT);
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

/* However much was missed: one read, and the newest is in force. */
START_TEST(ten_thousand_missed_changes_are_one_read)
{
	struct scene s;
	int before;
	char *version;

	scene_start(&s, _i);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	scene_everywhere(&s, relay_refuse);
	before = scene_reads(&s);
	s.feed->many(&s);
	version = scene_ask(s.db, "select version from active_config where environment = $1", 1,
		      (const char *const[]){s.environment});
	scene_everywhere(&s, relay_go_on);
	UNTIL(&s, scene_status_is(&s, "applied_version", version));
	free(version);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.95);
	ck_assert_int_eq(scene_reads(&s) - before, 1);
	ck_assert_int_eq(s.events[CVN_EVENT_RECEIVED], 1);
	scene_end(&s);
}
END_TEST

/* The server is there and does not answer: the deadline ends the connection, the last good stays. */
START_TEST(a_silent_server_is_given_up)
{
	struct scene s;

	scene_start(&s, _i);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	scene_everywhere(&s, relay_silence);
	UNTIL(&s, s.events[CVN_EVENT_LINK_LOST] == 1);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_OFFLINE);
	ck_assert_double_gt(cvn_get_decimal(s.worker, s.threshold), 0);
	scene_everywhere(&s, relay_go_on);
	UNTIL(&s, s.events[CVN_EVENT_LINK_BACK] >= 1);
	UNTIL(&s, cvn_worker_state(s.worker) == CVN_CURRENT);
	scene_end(&s);
}
END_TEST

/*
 * A loop that is kept from dispatching finds the answer there,
 * and does not take its own silence for the platform's.
 */
START_TEST(a_late_loop_keeps_its_link)
{
	struct scene s;

	scene_start(&s, _i);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	for (int late = 0; late < 2; late++) {
		usleep(2 * HEARTBEAT_MS * 1000);
		ck_assert_int_eq(cvn_worker_dispatch(s.worker, NULL), 0); /* reports */
		usleep(3500 * 1000);
	}
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.87\"}");
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.87);
	ck_assert_msg(s.events[CVN_EVENT_LINK_LOST] == 0, "%s", s.last_loss);
	scene_end(&s);
}
END_TEST

/*
 * Only reads may fail while there is no watch:
 * the news come from where the database is, and reports go on.
 */
START_TEST(without_the_watch_the_news_come_all_the_same)
{
	struct scene s;
	int lost;

	if (_i == LISTEN)
		return; /* it has no such thing */
	scene_start(&s, _i);
	relay_refuse(&s.relays[TO_NOTIFIER]);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.88\"}");
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.88);
	UNTIL(&s, scene_status_is(&s, "applied_version", "2"));
	relay_go_on(&s.relays[TO_NOTIFIER]);
	do {
		lost = s.events[CVN_EVENT_LINK_LOST];
		UNTIL(&s, cvn_worker_state(s.worker) == CVN_CURRENT);
		scene_turn_for(&s, HEARTBEAT_MS);
	} while (s.events[CVN_EVENT_LINK_LOST] != lost);
	scene_end(&s);
}
END_TEST

/* A database that was restored from a backup is older than the worker: the worker follows, and says so. */
START_TEST(a_version_that_fell_is_followed_loudly)
{
	struct scene s;

	scene_start(&s, _i);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.81\"}");
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.82\"}");
	UNTIL(&s, cvn_worker_version(s.worker) == 3);
	PQclear(PQexec(s.db, "begin")); /* what the API keeps of version 1 is of that version's row */
	scene_change_behind(&s, "0.83", -2);
	scene_rewrite_history(&s);
	UNTIL(&s, s.events[CVN_EVENT_VERSION_FELL] == 1);
	UNTIL(&s, cvn_worker_version(s.worker) == 1);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.83);
	scene_change_behind(&s, "0.82", 2);
	scene_mend_history(&s);
	scene_end(&s);
}
END_TEST

/*
 * As many versions were saved after a backup was restored:
 * the number is the same, and the head of the history is not.
 */
START_TEST(another_history_of_the_same_version_is_read_whole_and_loudly)
{
	struct scene s;

	scene_start(&s, _i);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.81\"}");
	UNTIL(&s, scene_status_is(&s, "applied_version", "2"));
	scene_turn_for(&s, 2 * HEARTBEAT_MS);
	ck_assert_int_eq(s.events[CVN_EVENT_LINK_LOST], 0);
	scene_change_behind(&s, "0.84", 0);
	scene_rewrite_history(&s);
	UNTIL(&s, s.events[CVN_EVENT_LINK_LOST] == 1);
	ck_assert_msg(strstr(s.last_loss, "another history") != NULL, "%s", s.last_loss);
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.84);
	UNTIL(&s, cvn_worker_state(s.worker) == CVN_CURRENT);
	scene_turn_for(&s, 3 * HEARTBEAT_MS);
	ck_assert_int_eq(s.events[CVN_EVENT_LINK_LOST], 1);
	scene_change_behind(&s, "0.81", 0);
	scene_mend_history(&s);
	scene_end(&s);
}
END_TEST

/* The same with a version more: what differs from the version that the worker holds is not enough. */
START_TEST(a_version_on_top_of_another_history_is_read_whole)
{
	struct scene s;

	scene_start(&s, _i);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.81\"}");
	UNTIL(&s, scene_status_is(&s, "applied_version", "2"));
	scene_turn_for(&s, 2 * HEARTBEAT_MS);
	scene_change_behind(&s, "0.84", 0);
	scene_rewrite_history(&s);
	scene_save(&s, "{\"CVN_STOP_LOSS_PCT\":\"0.75\"}");
	UNTIL(&s, cvn_get_decimal(s.worker, s.stop_loss) == 0.75);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.84);
	scene_change_behind(&s, "0.81", 0);
	scene_mend_history(&s);
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

START_TEST(a_worker_without_a_configuration_does_not_open)
{
	struct scene s;
	cvn_error e = {0};
	cvn_worker *first;

	scene_start(&s, _i);
	first = s.worker;
	ck_assert_int_eq(scene_open(&s, "nowhere", &e), CVN_E_REFUSED);
	ck_assert_ptr_null(s.worker);
	ck_assert_ptr_nonnull(strstr(e.detail, "no such environment"));
	scene_everywhere(&s, relay_refuse);
	ck_assert_int_eq(scene_open(&s, s.environment, &e), CVN_E_LINK);
	scene_everywhere(&s, relay_go_on);
	s.worker = first;
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.96\"}");
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.96);
	scene_end(&s);
}
END_TEST

/* At once and with the reason, not as a link that is lost time and again. */
START_TEST(who_may_read_and_not_report_does_not_open)
{
	struct scene s;
	cvn_options *o;
	cvn_error e = {0};

	scene_prepare(&s, _i);
	o = scene_options(&s, s.environment);
	s.feed->demote(&s, o);
	ck_assert_int_eq(scene_open_with(&s, o, &e), CVN_E_REFUSED);
	ck_assert_ptr_null(s.worker);
	ck_assert_msg(strstr(e.detail, s.feed->denial) != NULL, "%s", e.detail);
	scene_close(&s);
}
END_TEST

static int scene_open_cached(struct scene *s, const char *directory, const char *max_age_s, cvn_error *e)
{
	cvn_options *o = scene_options(s, s->environment);

	scene_set(o, "cache_dir", directory);
	scene_set(o, "cache_max_age_s", max_age_s);
	return scene_open_with(s, o, e);
}

/* Nobody answers: the last good configuration from disk, marked; and when somebody does, what he says. */
START_TEST(a_start_without_the_platform_is_from_disk)
{
	struct scene s;
	char directory[] = "/tmp/cvn-feed-XXXXXX", path[128];
	cvn_error e = {0};

	scene_prepare(&s, _i);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_msg(scene_open_cached(&s, directory, "60", &e) == 0, "%s", e.detail);
	scene_listen(&s);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.97\"}");
	UNTIL(&s, cvn_worker_version(s.worker) == 2);
	cvn_worker_close(s.worker);
	scene_everywhere(&s, relay_refuse);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.98\"}");
	ck_assert_msg(scene_open_cached(&s, directory, "60", &e) == 0, "%s", e.detail);
	scene_listen(&s);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_CACHED);
	ck_assert_int_eq(cvn_worker_version(s.worker), 2);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.97);
	UNTIL(&s, s.events[CVN_EVENT_CACHED] == 1);
	scene_turn_for(&s, 500);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_CACHED);
	scene_everywhere(&s, relay_go_on);
	UNTIL(&s, cvn_worker_state(s.worker) == CVN_CURRENT);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.98);
	ck_assert_int_eq(s.events[CVN_EVENT_CACHED], 1);
	UNTIL(&s, scene_status_is(&s, "started_from_cache", "t"));
	ck_assert_int_eq(s.events[CVN_EVENT_CACHE_FAILED], 0);
	scene_end(&s);
	snprintf(path, sizeof(path), "%s/%s.%s.cvn", directory, s.environment, s.environment);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

/* Without a usable file there is an error that says both: why not from there, and why not from here. */
START_TEST(a_start_without_platform_and_cache_fails)
{
	struct scene s;
	char directory[] = "/tmp/cvn-feed-XXXXXX";
	cvn_error e = {0};

	scene_prepare(&s, _i);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	scene_everywhere(&s, relay_refuse);
	ck_assert_int_eq(scene_open_cached(&s, directory, "60", &e), CVN_E_LINK);
	ck_assert_ptr_null(s.worker);
	ck_assert_msg(strstr(e.detail, "cache: ") != NULL &&
		      strstr(e.detail, "is not there; and ") != NULL, "%s", e.detail);
	ck_assert_int_eq(rmdir(directory), 0);
	scene_close(&s);
}
END_TEST

/* A platform that answers is obeyed, also when it says no. */
START_TEST(a_refusal_is_not_answered_from_disk)
{
	struct scene s;
	char directory[] = "/tmp/cvn-feed-XXXXXX";
	cvn_options *o;
	cvn_error e = {0};

	scene_prepare(&s, _i);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	o = scene_options(&s, "nowhere");
	scene_set(o, "cache_dir", directory);
	ck_assert_int_eq(scene_open_with(&s, o, &e), CVN_E_REFUSED);
	ck_assert_msg(strstr(e.detail, "cache") == NULL, "%s", e.detail);
	ck_assert_int_eq(rmdir(directory), 0);
	scene_close(&s);
}
END_TEST

/* What a forked child may do with its parent's worker: 0, or the line that was wrong. */
#define CHILD_NEEDS(condition)                                                                               \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			return __LINE__ % 256;                                                               \
	} while (0)

static int live_as_a_child(struct scene *s)
{
	cvn_param p;
	cvn_error e = {0};

	CHILD_NEEDS(cvn_worker_start(s->worker, &e) == CVN_E_FORKED);
	CHILD_NEEDS(cvn_worker_dispatch(s->worker, &e) == CVN_E_FORKED);
	CHILD_NEEDS(cvn_worker_param(s->worker, "CVN_COOLDOWN", CVN_DURATION, &p, &e) == CVN_E_FORKED);
	CHILD_NEEDS(cvn_worker_fd(s->worker) == -1 && cvn_worker_timeout_ms(s->worker) == -1);
	CHILD_NEEDS(cvn_worker_state(s->worker) == CVN_OFFLINE);
	cvn_cycle_begin(s->worker);
	CHILD_NEEDS(cvn_get_decimal(s->worker, s->threshold) > 0);
	cvn_cycle_end(s->worker);
	cvn_heartbeat(s->worker);
	cvn_worker_close(s->worker);
	return 0;
}

START_TEST(a_forked_child_never_touches_the_link)
{
	struct scene s;
	int status = -1;
	pid_t child;
	cvn_error e = {0};

	scene_start(&s, _i);
	ck_assert_int_eq(cvn_worker_start(s.worker, &e), 0);
	/* The thread may hold any lock when the process is forked. */
	for (int i = 0; i < 20; i++) {
		scene_save(&s, i % 2 ? "{\"CVN_ENTRY_THRESHOLD\":\"0.91\"}" :
				       "{\"CVN_ENTRY_THRESHOLD\":\"0.92\"}");
		child = fork();
		if (child == 0)
			_exit(live_as_a_child(&s));
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "line %d", WEXITSTATUS(status));
	}
	for (int64_t limit = clock_ms() + PATIENCE_MS; cvn_worker_version(s.worker) != 21;) {
		ck_assert(clock_ms() < limit);
		usleep(1000);
	}
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_CURRENT);
	ck_assert_msg(s.events[CVN_EVENT_LINK_LOST] == 0, "%s", s.last_loss);
	scene_end(&s);
}
END_TEST

/*
 * A child that only lives on has the parent's descriptors;
 * those closed since must not keep the loop awake.
 */
START_TEST(a_childs_descriptors_do_not_keep_the_loop_awake)
{
	struct scene s;
	int turns = 0;
	pid_t child;

	scene_start(&s, _i);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	scene_everywhere(&s, relay_refuse);
	UNTIL(&s, s.events[CVN_EVENT_LINK_LOST] == 1);
	scene_everywhere(&s, relay_go_on);
	UNTIL(&s, cvn_worker_state(s.worker) == CVN_CURRENT);
	for (int64_t limit = clock_ms() + 500; clock_ms() < limit; turns++)
		scene_turn(&s, 100);
	ck_assert_int_lt(turns, 100);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
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

static const TTest *const *const tests[] = {
	&a_save_is_applied_at_the_cycles_end_and_reported,
	&a_risk_limit_waits_for_the_position_and_a_heartbeat,
	&what_is_not_hot_is_named_and_not_applied,
	&the_worker_may_refuse_and_keeps_the_last_good,
	&a_cut_connection_is_made_again_and_nothing_is_missed,
	&a_lost_notification_costs_one_heartbeat_and_the_connection,
	&saves_between_heartbeats_are_no_doubt,
	&ten_thousand_missed_changes_are_one_read,
	&a_silent_server_is_given_up,
	&a_late_loop_keeps_its_link,
	&without_the_watch_the_news_come_all_the_same,
	&a_version_that_fell_is_followed_loudly,
	&another_history_of_the_same_version_is_read_whole_and_loudly,
	&a_version_on_top_of_another_history_is_read_whole,
	&forged_notifications_change_nothing,
	&a_worker_without_a_configuration_does_not_open,
	&who_may_read_and_not_report_does_not_open,
	&a_start_without_the_platform_is_from_disk,
	&a_start_without_platform_and_cache_fails,
	&a_refusal_is_not_answered_from_disk,
	&a_forked_child_never_touches_the_link,
	&a_childs_descriptors_do_not_keep_the_loop_awake,
	&the_background_thread_does_the_same,
};

Suite *feed_suite(void)
{
	return scene_suite("feed", tests, sizeof(tests) / sizeof(tests[0]));
}
