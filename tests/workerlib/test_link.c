/*
 * What a worker does when its link is down, silent or deaf, and when what it hears is of another past:
 * nothing is missed, and nothing is believed that was not read. By either feed.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/workerlib/scene.h"

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
	ck_assert_int_eq(scene_reads(&s) - before, s.feed->whole_reads);
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

/* A worker at version 2, that it has reported; then this version is another one, of another history. */
static void change_history(struct scene *s)
{
	scene_save(s, "{\"CVN_ENTRY_THRESHOLD\":\"0.81\"}");
	UNTIL(s, scene_status_is(s, "applied_version", "2"));
	scene_turn_for(s, 2 * HEARTBEAT_MS);
	ck_assert_int_eq(s->events[CVN_EVENT_LINK_LOST], 0);
	scene_change_behind(s, "0.84", 0);
	scene_rewrite_history(s);
}

static void end_in_the_first_history(struct scene *s)
{
	scene_change_behind(s, "0.81", 0);
	scene_mend_history(s);
	scene_end(s);
}

/*
 * As many versions were saved after a backup was restored:
 * the number is the same, and the head of the history is not.
 */
START_TEST(another_history_of_the_same_version_is_read_whole_and_loudly)
{
	struct scene s;

	scene_start(&s, _i);
	change_history(&s);
	UNTIL(&s, s.events[CVN_EVENT_LINK_LOST] == 1);
	ck_assert_msg(strstr(s.last_loss, "another history") != NULL, "%s", s.last_loss);
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.84);
	UNTIL(&s, cvn_worker_state(s.worker) == CVN_CURRENT);
	scene_turn_for(&s, 3 * HEARTBEAT_MS);
	ck_assert_int_eq(s.events[CVN_EVENT_LINK_LOST], 1);
	end_in_the_first_history(&s);
}
END_TEST

/* The same with a version more: what differs from the version that the worker holds is not enough. */
START_TEST(a_version_on_top_of_another_history_is_read_whole)
{
	struct scene s;

	scene_start(&s, _i);
	change_history(&s);
	scene_save(&s, "{\"CVN_STOP_LOSS_PCT\":\"0.75\"}");
	UNTIL(&s, cvn_get_decimal(s.worker, s.stop_loss) == 0.75);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.84);
	end_in_the_first_history(&s);
}
END_TEST

/*
 * The same of the catalog: after the backup it was written as often as before, and is another one. Who is
 * connected to the database is cut off by that; who asks the API may see nothing of it.
 */
START_TEST(another_catalog_of_the_same_version_is_read_whole)
{
	struct scene s;
	char *before;

	scene_start(&s, _i);
	before = scene_ask(s.db, "select default_value from variable_catalog"
			   " where name = 'CVN_ENTRY_THRESHOLD'", 0, NULL);
	UNTIL(&s, scene_status_is(&s, "state", "current"));
	scene_rewrite_catalog(&s, "0.86");
	if (_i == LISTEN)
		relay_cut(&s.relays[TO_DATABASE]);
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.86);
	scene_rewrite_catalog(&s, before);
	free(before);
	scene_end(&s);
}
END_TEST

static const TTest *const *const tests[] = {
	&a_cut_connection_is_made_again_and_nothing_is_missed,
	&a_lost_notification_costs_one_heartbeat_and_the_connection,
	&ten_thousand_missed_changes_are_one_read,
	&a_silent_server_is_given_up,
	&a_late_loop_keeps_its_link,
	&without_the_watch_the_news_come_all_the_same,
	&a_version_that_fell_is_followed_loudly,
	&another_history_of_the_same_version_is_read_whole_and_loudly,
	&a_version_on_top_of_another_history_is_read_whole,
	&another_catalog_of_the_same_version_is_read_whole,
};

Suite *link_suite(void)
{
	return scene_suite("link", tests, sizeof(tests) / sizeof(tests[0]));
}
