/*
 * What the notifier makes of the database's rows:
 * events in commit order, each version once, never a guess.
 */
#include "fcgi/notifier/sight.h"

#include <string.h>

#include "fcgi/notifier/changes.h"
#include "fcgi/notifier/hub.h"
#include "fcgi/notifier/runs.h"
#include "fcgi/notifier/states.h"
#include "fcgi/notifier/text.h"
#include "tests/notifier/check_notifier.h"

static const struct hub_filter all = {.allowed = "*", .only = ""};

static struct hub *hub;
static struct sight sight;

/* Environment paper, seen up to version 5, and a first look that found nothing new. */
static void set_up(void)
{
	hub = hub_new(1, 64);
	sight = (struct sight){0};
	sight_count(&sight, "paper", 5, "5a", 4, 1);
	sight_begin(&sight);
	ck_assert_int_eq(sight_take(&sight, hub, &(struct sight_row){"paper", 5, 3, "f", "", 0, NULL, NULL,
								     NULL, NULL, NULL}),
			 SIGHT_SAME);
	ck_assert_int_eq(sight_end(&sight), SIGHT_SAME);
}

static void tear_down(void)
{
	sight_forget(&sight);
	hub_free(hub);
}

static void expect(uint64_t seq, const char *part)
{
	const struct hub_event *e = hub_next(hub, seq - 1, &all);
	ck_assert_msg(e && strstr(e->json, part), "event %d: %s is not in %s", (int)seq, part,
		      e ? e->json : "nothing");
}

/* Takes rows as one look; the verdict of the first that is not SAME or MOVED, else that of the end. */
static enum sight_verdict look(const struct sight_row *rows, size_t n)
{
	enum sight_verdict verdict = SIGHT_SAME;
	sight_begin(&sight);
	for (size_t i = 0; i < n; i++) {
		verdict = sight_take(&sight, hub, &rows[i]);
		if (verdict > SIGHT_MOVED)
			return verdict;
	}
	enum sight_verdict end = sight_end(&sight);
	return end ? end : verdict;
}

START_TEST(each_parameter_of_each_version_is_one_event_in_order)
{
	const struct sight_row rows[] = {
		{"paper", 7, 3, "f", "", 6, "save", "CVN_A", NULL, NULL, NULL},
		{"paper", 7, 3, "f", "", 6, "save", "CVN_B", NULL, NULL, NULL},
		{"paper", 7, 3, "f", "", 7, "restore", "CVN_A", NULL, NULL, NULL},
	};
	ck_assert_int_eq(look(rows, 3), SIGHT_MOVED);
	ck_assert_uint_eq(hub_last(hub), 3);
	expect(1, "\"key\":\"CVN_A\",\"version\":6");
	expect(2, "\"key\":\"CVN_B\",\"version\":6");
	expect(3, "\"key\":\"CVN_A\",\"version\":7");
	const struct place *p = sight_place(&sight, "paper");
	ck_assert_int_eq(p->version, 7);
	ck_assert_int_eq(p->saves, 6);
	ck_assert_int_eq(p->rollbacks, 2);
}
END_TEST

START_TEST(a_look_at_the_same_emits_nothing)
{
	const struct sight_row row = {"paper", 5, 3, "f", "", 0, NULL, NULL, NULL, NULL, NULL};
	ck_assert_int_eq(look(&row, 1), SIGHT_SAME);
	ck_assert_uint_eq(hub_last(hub), 0);
}
END_TEST

START_TEST(a_new_environment_is_told_from_its_first_version)
{
	const struct sight_row rows[] = {
		{"paper", 5, 3, "f", "", 0, NULL, NULL, NULL, NULL, NULL},
		{"canary", 1, 3, "f", "", 1, "create", NULL, NULL, NULL, NULL},
	};
	ck_assert_int_eq(look(rows, 2), SIGHT_MOVED);
	expect(1, "\"environment\":\"canary\",\"key\":\"*\",\"version\":1");
	ck_assert_int_eq(sight_place(&sight, "canary")->saves, 0);
	ck_assert(!sight_unheard(&sight) && !sight_unheard(&sight));
}
END_TEST

START_TEST(the_catalog_and_freeze_windows_are_told_when_they_differ)
{
	const struct sight_row row = {"paper", 5, 4, "g", "", 0, NULL, NULL, NULL, NULL, NULL};
	ck_assert_int_eq(look(&row, 1), SIGHT_MOVED);
	expect(1, "\"type\":\"freeze_window\",\"environment\":\"paper\"");
	expect(2, "\"type\":\"catalog_changed\",\"environment\":null,\"catalog_version\":4");
}
END_TEST

START_TEST(another_catalog_of_the_same_version_is_told)
{
	const struct sight_row row = {"paper", 5, 3, "f", "", 0, NULL, NULL, NULL, NULL, "a"};
	const struct sight_row other = {"paper", 5, 3, "f", "", 0, NULL, NULL, NULL, NULL, "b"};
	look(&row, 1);
	uint64_t before = hub_last(hub);
	unsigned seen = sight.catalogs;
	ck_assert_int_eq(look(&row, 1), SIGHT_SAME);
	ck_assert_int_eq(look(&other, 1), SIGHT_MOVED);
	ck_assert_uint_eq(hub_last(hub), before + 1);
	expect(before + 1, "\"type\":\"catalog_changed\",\"environment\":null,\"catalog_version\":3");
	ck_assert_uint_eq(sight.catalogs, seen + 1);
}
END_TEST

START_TEST(a_lock_is_told_when_it_has_another_holder)
{
	const struct sight_row taken = {"paper", 5, 3, "f", "ada", 0, NULL, NULL, NULL, NULL, NULL};
	const struct sight_row left = {"paper", 5, 3, "f", "", 0, NULL, NULL, NULL, NULL, NULL};
	ck_assert_int_eq(look(&taken, 1), SIGHT_MOVED);
	ck_assert_int_eq(look(&taken, 1), SIGHT_SAME);
	ck_assert_int_eq(look(&left, 1), SIGHT_MOVED);
	ck_assert_uint_eq(hub_last(hub), 2);
	expect(1, "\"type\":\"environment_lock\",\"environment\":\"paper\",\"locked_by\":\"ada\"");
	expect(2, "\"locked_by\":null");
}
END_TEST

static const struct {
	struct sight_row row;
	enum sight_verdict verdict;
} doubts[] = {
	{{"paper", 4, 3, "f", "", 0, NULL, NULL, NULL, NULL, NULL}, SIGHT_REGRESSED}, /* an older database */
	{{"paper", 5, 2, "f", "", 0, NULL, NULL, NULL, NULL, NULL}, SIGHT_REGRESSED}, /* of the catalog too */
	{{"paper", 5, 3, "f", "", 0, NULL, NULL, NULL, "5b", NULL}, SIGHT_REGRESSED}, /* of another history */
	{{"paper", 6, 3, "f", "", 6, "save", "CVN_A", "6b", "5b", NULL}, SIGHT_REGRESSED},
	{{"live", 1, 3, "f", "", 1, "create", NULL, NULL, NULL, NULL}, SIGHT_REGRESSED}, /* paper is gone */
	{{"paper", 7, 3, "f", "", 7, "save", "CVN_A", NULL, NULL, NULL}, SIGHT_GAP},     /* where is 6? */
	{{"paper", 7, 3, "f", "", 6, "save", "CVN_A", NULL, NULL, NULL}, SIGHT_GAP},     /* where is 7? */
	{{"paper", 2000, 3, "f", "", 1001, "save", "CVN_A", NULL, NULL, NULL}, SIGHT_GAP},
};

START_TEST(what_does_not_add_up_is_said)
{
	ck_assert_int_eq(look(&doubts[_i].row, 1), doubts[_i].verdict);
}
END_TEST

START_TEST(the_head_that_counts_is_that_of_the_version_seen)
{
	const struct sight_row next = {"paper", 6, 3, "f", "", 6, "save", "CVN_A", "6a", "5a", NULL};
	const struct sight_row rows[] = {{"paper", 6, 3, "f", "", 0, NULL, NULL, NULL, "6a", NULL},
					 {"paper", 6, 3, "f", "", 0, NULL, NULL, NULL, "5a", NULL}};

	ck_assert_int_eq(look(&next, 1), SIGHT_MOVED);
	ck_assert_int_eq(look(&rows[0], 1), SIGHT_SAME);
	ck_assert_int_eq(look(&rows[1], 1), SIGHT_REGRESSED);
}
END_TEST

START_TEST(a_notification_only_says_whether_to_look)
{
	ck_assert(!sight_hear(&sight, "paper", 5));
	ck_assert(!sight_hear(&sight, "paper", 4));
	ck_assert(sight_hear(&sight, "paper", 6));
	ck_assert(sight_hear(&sight, "nowhere", 1));
	ck_assert_uint_eq(hub_last(hub), 0);
	ck_assert_int_eq(sight_place(&sight, "paper")->version, 5);
}
END_TEST

START_TEST(a_version_that_is_never_notified_is_missed_once_at_the_second_heartbeat)
{
	const struct sight_row row = {"paper", 6, 3, "f", "", 6, "save", "CVN_A", NULL, NULL, NULL};
	look(&row, 1);
	ck_assert(!sight_unheard(&sight));
	ck_assert(sight_unheard(&sight));
	ck_assert(!sight_unheard(&sight));
}
END_TEST

START_TEST(a_version_that_is_notified_late_is_not_missed)
{
	const struct sight_row row = {"paper", 6, 3, "f", "", 6, "save", "CVN_A", NULL, NULL, NULL};
	look(&row, 1);
	ck_assert(!sight_unheard(&sight));
	sight_hear(&sight, "paper", 6);
	ck_assert(!sight_unheard(&sight));
}
END_TEST

START_TEST(what_was_saved_while_nobody_listened_is_not_missed)
{
	const struct sight_row row = {"paper", 6, 3, "f", "", 6, "save", "CVN_A", NULL, NULL, NULL};
	look(&row, 1);
	sight_settle(&sight);
	ck_assert(!sight_unheard(&sight));
	ck_assert(!sight_unheard(&sight));
}
END_TEST

static void expect_asked(const char *named, const char *environments, const char *versions)
{
	struct text names = {0}, numbers = {0};
	sight_ask(&sight, named, &names, &numbers);
	ck_assert_str_eq(names.at, environments);
	ck_assert_str_eq(numbers.at, versions);
	text_free(&names);
	text_free(&numbers);
}

START_TEST(a_forged_version_does_not_hide_that_later_ones_get_lost)
{
	const struct sight_row same = {"paper", 5, 3, "f", "", 0, NULL, NULL, NULL, NULL, NULL};
	const struct sight_row next = {"paper", 6, 3, "f", "", 6, "save", "CVN_A", NULL, NULL, NULL};
	sight_hear(&sight, "paper", INT64_MAX);
	expect_asked("*", "{paper}", "{5}");
	look(&same, 1);
	look(&next, 1);
	ck_assert(!sight_unheard(&sight));
	ck_assert(sight_unheard(&sight));
}
END_TEST

/* Its notification is read before the answer that came just before it. */
START_TEST(a_version_that_is_notified_during_a_look_is_not_missed_after_the_next)
{
	const struct sight_row first = {"paper", 6, 3, "f", "", 6, "save", "CVN_A", NULL, NULL, NULL};
	const struct sight_row second = {"paper", 7, 3, "f", "", 7, "save", "CVN_A", NULL, NULL, NULL};
	sight_hear(&sight, "paper", 6);
	expect_asked("paper", "{paper}", "{5}");
	ck_assert(sight_hear(&sight, "paper", 7));
	ck_assert_int_eq(look(&first, 1), SIGHT_MOVED);
	expect_asked("paper", "{paper}", "{6}");
	ck_assert_int_eq(look(&second, 1), SIGHT_MOVED);
	ck_assert(!sight_unheard(&sight) && !sight_unheard(&sight));
}
END_TEST

START_TEST(the_parameters_of_a_look_are_array_literals)
{
	sight_count(&sight, "live-2", 9, NULL, 0, 0);
	expect_asked("*", "{paper,live-2}", "{5,9}");
	expect_asked("live-2", "{live-2}", "{9}");
	expect_asked("live-2,paper,live", "{paper,live-2}", "{5,9}");
}
END_TEST

/* One environment's news leave the others as they are; one that was asked for and is gone does not. */
START_TEST(a_look_is_about_what_was_asked_for)
{
	static const struct sight_row news = {"paper", 6,      3,       NULL, NULL,
					      6,       "save", "CVN_A", "6a", "5a", NULL},
				      same = {"paper", 6, 3, "f", "", 0, NULL, NULL, NULL, "6a", NULL};
	sight_count(&sight, "live", 9, "9a", 0, 0);
	expect_asked("paper", "{paper}", "{5}");
	ck_assert_int_eq(look(&news, 1), SIGHT_MOVED);
	ck_assert_int_eq(sight_place(&sight, "paper")->version, 6);
	ck_assert_str_eq(sight_place(&sight, "paper")->freezes, "f");
	ck_assert_uint_eq(hub_last(hub), 1);
	expect_asked("live", "{live}", "{9}");
	ck_assert_int_eq(look(&news, 0), SIGHT_REGRESSED);
	expect_asked("*", "{paper,live}", "{6,9}");
	ck_assert_int_eq(look(&same, 1), SIGHT_REGRESSED);
}
END_TEST

START_TEST(change_sets_are_told_when_their_state_or_content_moves)
{
	struct changes c = {0};
	ck_assert(!changes_take(&c, hub, 3, "paper", "draft", "a"));
	ck_assert(!changes_take(&c, hub, 5, "paper", "active", "a"));
	changes_end(&c, 5);
	ck_assert(!changes_take(&c, hub, 3, "paper", "draft", "a"));
	ck_assert(changes_take(&c, hub, 5, "paper", "superseded", "a"));
	ck_assert(changes_take(&c, hub, 6, "live", "active", "a"));
	ck_assert(changes_take(&c, hub, 3, "paper", "draft", "b")); /* edited */
	changes_end(&c, 6);
	ck_assert_uint_eq(hub_last(hub), 3);
	expect(1, "\"type\":\"change_state\",\"environment\":\"paper\",\"change_id\":5,"
		  "\"state\":\"superseded\"");
	expect(2, "\"environment\":\"live\",\"change_id\":6,\"state\":\"active\"");
	expect(3, "\"environment\":\"paper\",\"change_id\":3,\"state\":\"draft\"");
	ck_assert(!changes_take(&c, hub, 5, "paper", "superseded", "a"));
	changes_forget(&c);
}
END_TEST

START_TEST(a_change_set_committed_after_younger_ones_is_still_told)
{
	struct changes c = {0};
	changes_end(&c, 0);
	changes_take(&c, hub, 8, "paper", "active", "a");
	changes_end(&c, 8);
	ck_assert(changes_take(&c, hub, 7, "paper", "active", "a"));
	changes_forget(&c);
}
END_TEST

START_TEST(change_sets_that_cannot_move_are_dropped_in_time)
{
	struct changes c = {0};
	changes_take(&c, hub, 1, "paper", "rejected", "a");
	changes_take(&c, hub, 2, "paper", "pending_approval", "a");
	changes_take(&c, hub, 900, "paper", "rejected", "a");
	changes_end(&c, 1000);
	ck_assert_uint_eq(c.n, 2);
	changes_forget(&c);
}
END_TEST

START_TEST(a_look_is_at_what_may_move_and_at_what_is_missing_among_the_youngest)
{
	struct changes c = {0};
	struct text ids = {0};
	changes_take(&c, hub, 1, "paper", "rejected", "a");
	changes_take(&c, hub, 2, "paper", "pending_approval", "a");
	for (int64_t id = 801; id <= 997; id++)
		changes_take(&c, hub, id, "paper", id == 900 ? "active" : "superseded", "a");
	changes_take(&c, hub, 999, "paper", "withdrawn", "a");
	changes_end(&c, 1000);
	changes_ids(&c, "*", &ids);
	ck_assert_str_eq(ids.at, "{2,900,998,1000}");
	text_clear(&ids);
	changes_ids(&c, "live", &ids); /* one that is missing may be of any */
	ck_assert_str_eq(ids.at, "{998,1000}");
	text_free(&ids);
	changes_forget(&c);

	changes_ids(&c, "*", &ids);
	ck_assert_str_eq(ids.at, "{}");
	text_free(&ids);
	changes_end(&c, 2);
	changes_ids(&c, "*", &ids);
	ck_assert_str_eq(ids.at, "{1,2}");
	text_free(&ids);
	changes_forget(&c);
}
END_TEST

START_TEST(a_run_is_told_once_though_two_looks_see_it)
{
	static struct runs r;
	const struct run old = {"r-0", "train", "paper", "aa"}, run = {"r-1", "paper", "paper", "bb"};
	r = (struct runs){0};
	ck_assert(!runs_take(&r, hub, &old));
	runs_end(&r, 1000);
	ck_assert(!runs_take(&r, hub, &old));
	ck_assert(runs_take(&r, hub, &run));
	ck_assert(!runs_take(&r, hub, &run));
	expect(1, "\"type\":\"parameter_set_frozen\",\"environment\":\"paper\",\"run_id\":\"r-1\"");
	ck_assert_int_eq(runs_seconds(&r, 4500), 4 + RUNS_SLACK_S);
}
END_TEST

START_TEST(workers_are_told_when_state_version_or_wait_differ)
{
	struct states s = {.limits = {.versions = 3, .seconds = 60}};
	struct worker w = {.id = "w1", .environment = "paper", .state = "current", .applied_version = 5,
			   .target_version = 5};
	states_begin(&s);
	states_take(&s, hub, &w);
	states_end(&s);
	ck_assert_uint_eq(hub_last(hub), 0);
	w.lag_seconds = 3;
	states_take(&s, hub, &w);
	ck_assert_uint_eq(hub_last(hub), 0);
	strcpy(w.state, "pending");
	strcpy(w.waiting_for, "cycle_end");
	struct states_moved moved = states_take(&s, hub, &w);
	ck_assert(!moved.lags && !moved.applied);
	expect(1, "\"worker_id\":\"w1\",\"state\":\"pending\",\"applied_version\":5,\"target_version\":5,"
		  "\"waiting_for\":\"cycle_end\"");
	w.applied_version = 6;
	strcpy(w.waiting_for, "");
	moved = states_take(&s, hub, &w);
	ck_assert(moved.applied);
	ck_assert_int_eq(moved.from, 5);
	expect(2, "\"applied_version\":6,\"target_version\":5,\"waiting_for\":null");
	states_forget(&s);
}
END_TEST

START_TEST(a_worker_in_another_environment_is_new_there)
{
	struct states s = {.limits = {.versions = 3, .seconds = 60}};
	struct worker w = {.id = "w1", .environment = "paper", .state = "lagging", .applied_version = 5,
			   .lag_versions = 9};
	states_take(&s, hub, &w);
	states_end(&s);
	strcpy(w.environment, "live");
	w.applied_version = 500;
	struct states_moved moved = states_take(&s, hub, &w);
	ck_assert(!moved.applied);
	ck_assert(moved.lags);
	expect(1, "\"environment\":\"live\",\"worker_id\":\"w1\",\"state\":\"lagging\","
		  "\"applied_version\":500");
	w.applied_version = 501;
	moved = states_take(&s, hub, &w);
	ck_assert(moved.applied);
	ck_assert_int_eq(moved.from, 500);
	states_forget(&s);
}
END_TEST

/* Limits of 5 versions and 20 seconds. */
static const struct {
	const char *state;
	int64_t versions;
	double seconds;
	bool lags;
} lags[] = {
	{"pending", 5, 20, false},  {"pending", 6, 0, true},    {"pending", 1, 20.5, true},
	{"rejected", 6, 90, true}, {"offline", 9, 99, false},
};

START_TEST(a_worker_that_begins_to_lag_by_more_than_a_limit_is_told_once)
{
	struct states s = {.limits = {.versions = 5, .seconds = 20}};
	struct worker w = {.id = "w1", .environment = "paper", .state = "current", .applied_version = 1};
	states_take(&s, hub, &w);
	states_end(&s);
	strcpy(w.state, lags[_i].state);
	w.lag_versions = lags[_i].versions;
	w.lag_seconds = lags[_i].seconds;
	ck_assert_int_eq(states_take(&s, hub, &w).lags, lags[_i].lags);
	ck_assert(!states_take(&s, hub, &w).lags);
	ck_assert_uint_eq(hub_last(hub), lags[_i].lags ? 2 : 1);
	if (lags[_i].lags)
		expect(2, "\"type\":\"worker_lag_behind\",\"environment\":\"paper\",\"worker_id\":\"w1\"");
	states_forget(&s);
}
END_TEST

START_TEST(only_a_worker_that_may_still_catch_up_is_propagating)
{
	struct states s = {0};
	struct worker w = {.id = "w1", .environment = "paper", .state = "lagging", .applied_version = 1};
	states_take(&s, hub, &w);
	ck_assert(states_propagating(&s, &sight));
	strcpy(s.workers[0].state, "rejected"); /* may last: nobody waits for it */
	ck_assert(!states_propagating(&s, &sight));
	strcpy(s.workers[0].state, "offline");
	ck_assert(!states_propagating(&s, &sight));
	states_forget(&s);
}
END_TEST

TCase *sight_cases(void)
{
	TCase *t = tcase_create("sight");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, each_parameter_of_each_version_is_one_event_in_order);
	tcase_add_test(t, a_look_at_the_same_emits_nothing);
	tcase_add_test(t, a_new_environment_is_told_from_its_first_version);
	tcase_add_test(t, the_catalog_and_freeze_windows_are_told_when_they_differ);
	tcase_add_test(t, another_catalog_of_the_same_version_is_told);
	tcase_add_test(t, a_lock_is_told_when_it_has_another_holder);
	tcase_add_loop_test(t, what_does_not_add_up_is_said, 0, sizeof(doubts) / sizeof(doubts[0]));
	tcase_add_test(t, the_head_that_counts_is_that_of_the_version_seen);
	tcase_add_test(t, a_notification_only_says_whether_to_look);
	tcase_add_test(t, a_version_that_is_never_notified_is_missed_once_at_the_second_heartbeat);
	tcase_add_test(t, a_version_that_is_notified_late_is_not_missed);
	tcase_add_test(t, what_was_saved_while_nobody_listened_is_not_missed);
	tcase_add_test(t, a_forged_version_does_not_hide_that_later_ones_get_lost);
	tcase_add_test(t, a_version_that_is_notified_during_a_look_is_not_missed_after_the_next);
	tcase_add_test(t, the_parameters_of_a_look_are_array_literals);
	tcase_add_test(t, a_look_is_about_what_was_asked_for);
	tcase_add_test(t, change_sets_are_told_when_their_state_or_content_moves);
	tcase_add_test(t, a_change_set_committed_after_younger_ones_is_still_told);
	tcase_add_test(t, change_sets_that_cannot_move_are_dropped_in_time);
	tcase_add_test(t, a_look_is_at_what_may_move_and_at_what_is_missing_among_the_youngest);
	tcase_add_test(t, a_run_is_told_once_though_two_looks_see_it);
	tcase_add_test(t, workers_are_told_when_state_version_or_wait_differ);
	tcase_add_test(t, a_worker_in_another_environment_is_new_there);
	tcase_add_loop_test(t, a_worker_that_begins_to_lag_by_more_than_a_limit_is_told_once, 0,
			    sizeof(lags) / sizeof(lags[0]));
	tcase_add_test(t, only_a_worker_that_may_still_catch_up_is_propagating);
	return t;
}
