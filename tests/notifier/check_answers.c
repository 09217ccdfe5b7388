/* What callers read: the long poll's answer, SSE frames, health and problems. */
#include <stdio.h>
#include <string.h>

#include "fcgi/notifier/event.h"
#include "fcgi/notifier/health.h"
#include "fcgi/notifier/hub.h"
#include "fcgi/notifier/poll.h"
#include "fcgi/notifier/problem.h"
#include "fcgi/notifier/stream.h"
#include "fcgi/notifier/text.h"
#include "tests/notifier/check_notifier.h"
#include "workerlib/core/scan.h"

static const struct hub_filter all = {.allowed = "*", .only = ""};

static struct hub *hub;
static struct text text;

static void set_up(void)
{
	hub = hub_new(5, 4096);
	text = (struct text){0};
}

static void tear_down(void)
{
	text_free(&text);
	hub_free(hub);
}

static void emit(const char *environment, int64_t version)
{
	hub_emit(hub, &(struct event){.type = EVENT_CONFIG_CHANGED,
				      .environment = environment,
				      .members = {{.name = "key", .text = "CVN_X"},
						  {.name = "version", .number = version}}});
}

static size_t count(const char *part)
{
	size_t n = 0;
	for (const char *at = text.at; (at = strstr(at, part)); at++)
		n++;
	return n;
}

START_TEST(a_reset_carries_the_current_cursor_and_no_events)
{
	emit("paper", 1);
	poll_write(&text, hub, 1, true, &all);
	ck_assert_str_eq(text.at, "{\"cursor\":\"0000000000000005-1\",\"reset\":true,\"events\":[]}\n");
}
END_TEST

START_TEST(an_answer_without_events_moves_the_cursor_past_what_did_not_pass)
{
	emit("live", 1);
	const struct hub_filter paper = {.allowed = "paper", .only = ""};
	poll_write(&text, hub, 0, false, &paper);
	ck_assert_str_eq(text.at, "{\"cursor\":\"0000000000000005-1\",\"reset\":false,\"events\":[]}\n");
}
END_TEST

START_TEST(an_answer_has_all_that_passes_in_order)
{
	emit("paper", 1);
	emit("live", 1);
	emit("paper", 2);
	const struct hub_filter paper = {.allowed = "*", .only = "paper"};
	poll_write(&text, hub, 0, false, &paper);
	ck_assert_str_eq(text.at, "{\"cursor\":\"0000000000000005-3\",\"reset\":false,\"events\":["
				  "{\"cursor\":\"0000000000000005-1\",\"type\":\"config_changed\","
				  "\"environment\":\"paper\",\"key\":\"CVN_X\",\"version\":1},"
				  "{\"cursor\":\"0000000000000005-3\",\"type\":\"config_changed\","
				  "\"environment\":\"paper\",\"key\":\"CVN_X\",\"version\":2}]}\n");
	ck_assert_int_eq(scan_json(text.at, text.n, NULL), CODE_OK);
}
END_TEST

START_TEST(an_answer_that_is_cut_goes_on_at_its_cursor)
{
	for (int i = 1; i <= POLL_EVENTS + 5; i++)
		emit("paper", i);
	poll_write(&text, hub, 0, false, &all);
	ck_assert_uint_eq(count("\"type\""), POLL_EVENTS);
	ck_assert_ptr_nonnull(strstr(text.at, "{\"cursor\":\"0000000000000005-1000\",\"reset\":false"));
	text_clear(&text);
	poll_write(&text, hub, POLL_EVENTS, false, &all);
	ck_assert_uint_eq(count("\"type\""), 5);
}
END_TEST

START_TEST(a_frame_is_an_id_and_one_line_of_data)
{
	emit("paper", 9);
	const struct hub_event *e = hub_next(hub, 0, &all);
	stream_frame(&text, hub, e);
	ck_assert_str_eq(text.at, "id: 0000000000000005-1\ndata: {\"cursor\":\"0000000000000005-1\","
				  "\"type\":\"config_changed\",\"environment\":\"paper\",\"key\":\"CVN_X\","
				  "\"version\":9}\n\n");
	text_clear(&text);
	stream_reset_frame(&text, hub);
	ck_assert_str_eq(text.at, "event: reset\nid: 0000000000000005-1\n"
				  "data: {\"cursor\":\"0000000000000005-1\",\"reset\":true}\n\n");
}
END_TEST

START_TEST(text_from_outside_cannot_break_a_frame_or_json)
{
	hub_emit(hub, &(struct event){.type = EVENT_WORKER_STATUS,
				      .environment = "paper",
				      .members = {{.name = "worker_id", .text = "a\n\n\"b\\"}}});
	const struct hub_event *e = hub_next(hub, 0, &all);
	ck_assert_int_eq(scan_json(e->json, e->n, NULL), CODE_OK);
	ck_assert_ptr_null(memchr(e->json, '\n', e->n));
}
END_TEST

static const struct {
	bool listening;
	int64_t age_ms;
	const char *schema, *body;
	bool well;
} healths[] = {
	{true, 1500, "0004-workers",
	 "{\"status\":\"ok\",\"database\":\"up\",\"schema\":\"0004-workers\",\"listener_age_seconds\":1}",
	 true},
	{false, 1500, "",
	 "{\"status\":\"unavailable\",\"database\":\"down\",\"schema\":null,\"listener_age_seconds\":1}",
	 false},
	{true, 15000, "",
	 "{\"status\":\"unavailable\",\"database\":\"down\",\"schema\":null,\"listener_age_seconds\":15}",
	 false},
	{false, -1, "",
	 "{\"status\":\"unavailable\",\"database\":\"down\",\"schema\":null,\"listener_age_seconds\":null}",
	 false},
};

START_TEST(health_is_well_only_while_events_can_be_trusted)
{
	bool well = health_write(&text, healths[_i].listening, healths[_i].age_ms, healths[_i].schema);
	ck_assert_int_eq(well, healths[_i].well);
	ck_assert_str_eq(text.at, healths[_i].body);
}
END_TEST

static const struct {
	enum code code;
	int status;
	const char *name;
} problems[] = {
	{CODE_MALFORMED, 400, "malformed"}, {CODE_UNAUTHENTICATED, 401, "unauthenticated"},
	{CODE_FORBIDDEN, 403, "forbidden"}, {CODE_NOT_FOUND, 404, "not_found"},
	{CODE_METHOD_NOT_ALLOWED, 405, "method_not_allowed"}, {CODE_UNAVAILABLE, 503, "unavailable"},
};

START_TEST(a_problem_has_all_its_members)
{
	static const char *const members[] = {"\"type\":", "\"title\":", "\"detail\":\"why\"",
					      "\"instance\":\"id-1\""};
	char code[64];
	problem_write(&text, problems[_i].code, "why", "id-1");
	ck_assert_int_eq(problem_status(problems[_i].code), problems[_i].status);
	ck_assert_int_eq(scan_json(text.at, text.n, NULL), CODE_OK);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		ck_assert_ptr_nonnull(strstr(text.at, members[i]));
	snprintf(code, sizeof(code), "\"code\":\"%s\"", problems[_i].name);
	ck_assert_ptr_nonnull(strstr(text.at, code));
}
END_TEST

TCase *answers_cases(void)
{
	TCase *t = tcase_create("answers");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_reset_carries_the_current_cursor_and_no_events);
	tcase_add_test(t, an_answer_without_events_moves_the_cursor_past_what_did_not_pass);
	tcase_add_test(t, an_answer_has_all_that_passes_in_order);
	tcase_add_test(t, an_answer_that_is_cut_goes_on_at_its_cursor);
	tcase_add_test(t, a_frame_is_an_id_and_one_line_of_data);
	tcase_add_test(t, text_from_outside_cannot_break_a_frame_or_json);
	tcase_add_loop_test(t, health_is_well_only_while_events_can_be_trusted, 0,
			    sizeof(healths) / sizeof(healths[0]));
	tcase_add_loop_test(t, a_problem_has_all_its_members, 0, sizeof(problems) / sizeof(problems[0]));
	return t;
}
