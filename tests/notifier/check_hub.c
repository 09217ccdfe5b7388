/* The hub: cursors, the reset rule, who is woken and who is not. */
#include "fcgi/notifier/hub.h"

#include <stdio.h>
#include <string.h>

#include "fcgi/notifier/event.h"
#include "tests/notifier/check_notifier.h"

static const struct hub_filter all = {.allowed = "*", .only = ""};

static void emit(struct hub *h, const char *environment, int64_t version)
{
	hub_emit(h, &(struct event){.type = EVENT_CONFIG_CHANGED,
				    .environment = environment,
				    .members = {{.name = "key", .text = "CVN_X"},
						{.name = "version", .number = version}}});
}

/* A waiter that counts how often it was woken, and parks again when told to. */
struct sleeper {
	struct hub_waiter waiter;
	struct hub *hub;
	int woken;
	bool again;
	enum hub_why why;
	uint64_t after;
};

static void on_wake(struct hub_waiter *w, const struct hub_news *news)
{
	struct sleeper *s = (struct sleeper *)(void *)w;
	s->woken++;
	s->why = news->why;
	s->after = news->after;
	if (s->again)
		hub_park(s->hub, w, news->filter);
}

static void park(struct sleeper *s, struct hub *h, const struct hub_filter *filter)
{
	*s = (struct sleeper){.hub = h, .waiter = {.wake = on_wake}};
	hub_park(h, &s->waiter, filter);
}

START_TEST(an_event_is_written_once_with_its_cursor)
{
	struct hub *h = hub_new(0xabc, 4);
	emit(h, "paper", 12);
	const struct hub_event *e = hub_next(h, 0, &all);
	ck_assert_ptr_nonnull(e);
	ck_assert_str_eq(e->json, "{\"cursor\":\"0000000000000abc-1\",\"type\":\"config_changed\","
				  "\"environment\":\"paper\",\"key\":\"CVN_X\",\"version\":12}");
	ck_assert_uint_eq(e->n, strlen(e->json));
	ck_assert_ptr_null(hub_next(h, 1, &all));
	hub_free(h);
}
END_TEST

START_TEST(a_cursor_resumes_where_it_stands)
{
	struct hub *h = hub_new(7, 4);
	char cursor[HUB_CURSOR];
	uint64_t after;
	emit(h, "paper", 1);
	hub_cursor(h, hub_last(h), cursor);
	emit(h, "paper", 2);
	ck_assert(hub_resume(h, cursor, &after));
	ck_assert_uint_eq(after, 1);
	ck_assert_uint_eq(hub_next(h, after, &all)->seq, 2);
	hub_free(h);
}
END_TEST

/* Epoch 7, ring of 4, events 1 to 6: 2 to 6 can be resumed from. */
static const struct {
	const char *cursor;
	bool resumes;
} cursors[] = {
	{"0000000000000007-6", true},  {"0000000000000007-2", true},   {"0000000000000007-1", false},
	{"0000000000000007-7", false}, {"0000000000000008-6", false},  {"7-6", false},
	{"0000000000000007-06", false}, {"0000000000000007-6x", false}, {"0000000000000007--6", false},
	{"0000000000000007-", false},  {"0000000000000007", false},    {"", false},
	{NULL, false},                 {"0000000000000007-99999999999999999999999", false},
};

START_TEST(only_a_cursor_of_this_epoch_within_the_ring_resumes)
{
	struct hub *h = hub_new(7, 4);
	uint64_t after = 99;
	for (int i = 1; i <= 6; i++)
		emit(h, "paper", i);
	ck_assert_int_eq(hub_resume(h, cursors[_i].cursor, &after), cursors[_i].resumes);
	if (!cursors[_i].resumes)
		ck_assert_uint_eq(after, 6);
	hub_free(h);
}
END_TEST

START_TEST(a_ring_that_came_round_holds_the_latest_in_order)
{
	struct hub *h = hub_new(7, 4);
	for (int i = 1; i <= 10; i++)
		emit(h, "paper", i);
	uint64_t at = 6;
	for (uint64_t seq = 7; seq <= 10; seq++) {
		const struct hub_event *e = hub_next(h, at, &all);
		ck_assert_uint_eq(e->seq, seq);
		at = e->seq;
	}
	hub_free(h);
}
END_TEST

static const struct {
	const char *allowed, *only, *environment;
	bool passes;
} filters[] = {
	{"*", "", "paper", true},         {"*", "paper", "paper", true},    {"*", "live", "paper", false},
	{"paper", "", "paper", true},     {"paper,live", "", "live", true}, {"paper,live", "", "dev", false},
	{"paper", "", "pape", false},     {"paper", "", "paper2", false},   {"", "", "paper", false},
	{"paper", "live", "live", false}, {"", "", "", true},               {"paper", "paper", "*", true},
	{"dev,paper", "paper", "paper", true},
};

START_TEST(a_filter_shows_what_is_allowed_and_wanted)
{
	struct hub *h = hub_new(7, 4);
	const struct hub_filter f = {.allowed = filters[_i].allowed, .only = filters[_i].only};
	emit(h, filters[_i].environment, 1);
	ck_assert_int_eq(hub_next(h, 0, &f) != NULL, filters[_i].passes);
	hub_free(h);
}
END_TEST

START_TEST(who_waits_is_woken_once_for_a_batch)
{
	struct hub *h = hub_new(7, 8);
	struct sleeper s;
	park(&s, h, &all);
	emit(h, "paper", 1);
	emit(h, "paper", 2);
	ck_assert_int_eq(s.woken, 0);
	hub_wake(h);
	ck_assert_int_eq(s.woken, 1);
	ck_assert_uint_eq(hub_waiting(h), 0);
	hub_wake(h);
	ck_assert_int_eq(s.woken, 1);
	hub_free(h);
}
END_TEST

START_TEST(who_is_not_concerned_sleeps_on_and_is_woken_later)
{
	struct hub *h = hub_new(7, 8);
	const struct hub_filter live = {.allowed = "live", .only = ""};
	struct sleeper s;
	park(&s, h, &live);
	emit(h, "paper", 1);
	hub_wake(h);
	ck_assert_int_eq(s.woken, 0);
	ck_assert_uint_eq(hub_waiting(h), 1);
	emit(h, "live", 1);
	hub_wake(h);
	ck_assert_int_eq(s.woken, 1);
	ck_assert_uint_eq(s.after, 1);
	hub_free(h);
}
END_TEST

START_TEST(who_parks_again_while_woken_is_not_woken_twice)
{
	struct hub *h = hub_new(7, 8);
	struct sleeper s[3];
	for (int i = 0; i < 3; i++) {
		park(&s[i], h, &all);
		s[i].again = true;
	}
	emit(h, "paper", 1);
	hub_wake(h);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(s[i].woken, 1);
	ck_assert_uint_eq(hub_waiting(h), 3);
	hub_free(h);
}
END_TEST

START_TEST(who_leaves_is_not_woken)
{
	struct hub *h = hub_new(7, 8);
	struct sleeper a, b;
	park(&a, h, &all);
	park(&b, h, &all);
	hub_leave(h, &a.waiter);
	hub_leave(h, &a.waiter);
	emit(h, "paper", 1);
	hub_wake(h);
	ck_assert_int_eq(a.woken, 0);
	ck_assert_int_eq(b.woken, 1);
	hub_free(h);
}
END_TEST

START_TEST(a_new_epoch_resets_all_who_wait_and_voids_cursors)
{
	struct hub *h = hub_new(7, 8);
	struct sleeper s;
	char cursor[HUB_CURSOR];
	uint64_t after;
	emit(h, "paper", 1);
	hub_cursor(h, 1, cursor);
	park(&s, h, &all);
	hub_reset(h, 8);
	ck_assert_int_eq(s.woken, 1);
	ck_assert_int_eq(s.why, HUB_RESET);
	ck_assert(!hub_resume(h, cursor, &after));
	ck_assert_uint_eq(after, 0);
	hub_free(h);
}
END_TEST

START_TEST(what_is_emitted_before_the_beginning_is_told_to_nobody)
{
	struct hub *h = hub_new(7, 8);
	struct sleeper one;
	park(&one, h, &all);
	hub_hush(h);
	emit(h, "paper", 3);
	hub_wake(h);
	ck_assert_int_eq(one.woken, 0);
	ck_assert_ptr_null(hub_next(h, 0, &all));
	hub_reset(h, 8);
	ck_assert_int_eq(one.why, HUB_RESET);
	emit(h, "paper", 4);
	ck_assert_ptr_nonnull(hub_next(h, 0, &all));
	ck_assert_uint_eq(hub_last(h), 1);
	hub_free(h);
}
END_TEST

START_TEST(who_slept_through_a_whole_ring_is_reset_not_given_a_part)
{
	struct hub *h = hub_new(7, 4);
	struct sleeper s;
	park(&s, h, &all);
	for (int i = 1; i <= 5; i++)
		emit(h, "paper", i);
	hub_wake(h);
	ck_assert_int_eq(s.woken, 1);
	ck_assert_int_eq(s.why, HUB_RESET);
	hub_free(h);
}
END_TEST

START_TEST(who_comes_later_is_not_told_what_came_before)
{
	struct hub *h = hub_new(7, 8);
	const struct hub_filter live = {.allowed = "live", .only = ""};
	struct sleeper early, late;
	park(&early, h, &live);
	emit(h, "paper", 1);
	hub_wake(h);
	park(&late, h, &live);
	emit(h, "live", 1);
	hub_wake(h);
	ck_assert_int_eq(early.woken, 1);
	ck_assert_int_eq(late.woken, 1);
	ck_assert_uint_eq(late.after, 1);
	hub_free(h);
}
END_TEST

START_TEST(a_hub_that_closes_wakes_all_and_says_so)
{
	struct hub *h = hub_new(7, 8);
	const struct hub_filter live = {.allowed = "live", .only = ""};
	struct sleeper a, b;
	park(&a, h, &live);
	park(&b, h, &all);
	ck_assert(!hub_closing(h));
	hub_close(h);
	ck_assert(hub_closing(h));
	ck_assert_int_eq(a.why, HUB_CLOSING);
	ck_assert_int_eq(b.why, HUB_CLOSING);
	ck_assert_uint_eq(hub_waiting(h), 0);
	hub_free(h);
}
END_TEST

TCase *hub_cases(void)
{
	TCase *t = tcase_create("hub");
	tcase_add_test(t, an_event_is_written_once_with_its_cursor);
	tcase_add_test(t, a_cursor_resumes_where_it_stands);
	tcase_add_loop_test(t, only_a_cursor_of_this_epoch_within_the_ring_resumes, 0,
			    sizeof(cursors) / sizeof(cursors[0]));
	tcase_add_test(t, a_ring_that_came_round_holds_the_latest_in_order);
	tcase_add_loop_test(t, a_filter_shows_what_is_allowed_and_wanted, 0,
			    sizeof(filters) / sizeof(filters[0]));
	tcase_add_test(t, who_waits_is_woken_once_for_a_batch);
	tcase_add_test(t, who_is_not_concerned_sleeps_on_and_is_woken_later);
	tcase_add_test(t, who_parks_again_while_woken_is_not_woken_twice);
	tcase_add_test(t, who_leaves_is_not_woken);
	tcase_add_test(t, a_new_epoch_resets_all_who_wait_and_voids_cursors);
	tcase_add_test(t, what_is_emitted_before_the_beginning_is_told_to_nobody);
	tcase_add_test(t, who_comes_later_is_not_told_what_came_before);
	tcase_add_test(t, a_hub_that_closes_wakes_all_and_says_so);
	tcase_add_test(t, who_slept_through_a_whole_ring_is_reset_not_given_a_part);
	return t;
}
