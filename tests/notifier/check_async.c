/*
 * The connection that never blocks, and every statement that goes over it,
 * against a database (CVN_TEST_DATABASE).
 */
#include "fcgi/db/async.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>

#include "fcgi/notifier/ask.h"
#include "fcgi/notifier/tick.h"
#include "fcgi/notifier/wire.h"
#include "tests/notifier/check_notifier.h"

/* What came, in the order in which it came, as one text. */
struct journal {
	char text[512];
};

static void note(struct journal *j, const char *kind, const char *what)
{
	size_t n = strlen(j->text);
	snprintf(j->text + n, sizeof(j->text) - n, "%s(%s) ", kind, what);
}

static void on_notice(void *arg, const char *channel, const char *payload)
{
	char what[128];
	snprintf(what, sizeof(what), "%s %s", channel, payload);
	note(arg, "notice", what);
}

static void on_answer(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	const char *text = rows && async_count(rows) ? async_text(rows, 0, 0) : NULL;
	note(arg, rows ? "answer" : "failure", rows ? (text ? text : "-") : sqlstate);
}

/* The database as the notifier's role sees it. */
static const char *conninfo(void)
{
	static char text[512];
	snprintf(text, sizeof(text), "%s user=cvn_notifier", getenv("CVN_TEST_DATABASE"));
	return text;
}

/* Turns until nothing is out, or it is broken, or five seconds are over. */
static void drive(struct async *a)
{
	int64_t end = tick_ms() + 5000;
	async_step(a, tick_ms(), false);
	while (async_state(a) != ASYNC_BROKEN && (async_state(a) == ASYNC_CONNECTING || async_pending(a))) {
		bool in, out;
		async_wants(a, &in, &out);
		struct pollfd p = {
			.fd = async_fd(a), .events = (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0))};
		int ready = poll(&p, 1, 20);
		async_step(a, tick_ms(), ready > 0);
		ck_assert_msg(tick_ms() < end, "nothing came within five seconds");
	}
}

static struct async *connect_to(const char *to, struct journal *j)
{
	struct async *a = async_open(to, "check_async", tick_ms() + 1000, on_notice, j);
	ck_assert_ptr_nonnull(a);
	drive(a);
	return a;
}

static void query(struct async *a, const char *sql, struct journal *j)
{
	const struct async_statement statement = {.sql = sql, .timeout_ms = 2000};
	ck_assert(async_query(a, &statement, NULL, on_answer, j));
}

START_TEST(answers_come_in_the_order_asked_with_parameters_copied)
{
	struct journal j = {0};
	struct async *a = connect_to(conninfo(), &j);
	char text[] = "a'b";
	const char *params[] = {text, NULL};
	ck_assert_msg(async_state(a) == ASYNC_READY, "%s", async_reason(a));
	const struct async_statement statement = {
		.sql = "select $1::text || coalesce($2::text, '!')", .n_params = 2, .timeout_ms = 2000};
	ck_assert(async_query(a, &statement, params, on_answer, &j));
	text[0] = 'x';
	query(a, "select null", &j);
	query(a, "select 42", &j);
	drive(a);
	ck_assert_str_eq(j.text, "answer(a'b!) answer(-) answer(42) ");
	async_close(a);
}
END_TEST

START_TEST(a_statement_that_is_refused_leaves_the_connection_usable)
{
	struct journal j = {0};
	struct async *a = connect_to(conninfo(), &j);
	query(a, "select nonsense", &j);
	query(a, "delete from config_history", &j);
	query(a, "select 1", &j);
	drive(a);
	ck_assert_str_eq(j.text, "failure(42703) failure(42501) answer(1) ");
	ck_assert_int_eq(async_state(a), ASYNC_READY);
	async_close(a);
}
END_TEST

START_TEST(a_statement_that_comes_again_is_prepared_already)
{
	static const char sql[] = "select count(*) from pg_prepared_statements"
				  " where statement = 'select $1::int'";
	struct journal j = {0};
	struct async *a = connect_to(conninfo(), &j);
	const struct async_statement same = {
		.name = "same", .sql = "select $1::int", .n_params = 1, .timeout_ms = 2000};
	for (int i = 0; i < 3; i++)
		ck_assert(async_query(a, &same, (const char *[]){"7"}, on_answer, &j));
	query(a, sql, &j);
	drive(a);
	ck_assert_str_eq(j.text, "answer(7) answer(7) answer(7) answer(1) ");
	async_close(a);
}
END_TEST

START_TEST(a_prepared_statement_that_is_gone_ends_the_connection)
{
	struct journal j = {0};
	struct async *a = connect_to(conninfo(), &j);
	const struct async_statement same = {.name = "same", .sql = "select 7", .timeout_ms = 2000};
	ck_assert(async_query(a, &same, NULL, on_answer, &j));
	query(a, "deallocate all", &j);
	ck_assert(async_query(a, &same, NULL, on_answer, &j));
	drive(a);
	ck_assert_str_eq(j.text, "answer(7) answer(-) failure(26000) ");
	ck_assert_int_eq(async_state(a), ASYNC_BROKEN);
	async_close(a);
}
END_TEST

START_TEST(notifications_come_before_the_answers_that_came_with_them)
{
	struct journal j = {0};
	struct async *a = connect_to(conninfo(), &j);
	query(a, "listen check_async", &j);
	query(a, "select pg_notify('check_async', 'one'), pg_notify('check_async', 'two')", &j);
	query(a, "select 2", &j);
	drive(a);
	ck_assert_str_eq(j.text,
			 "answer(-) notice(check_async one) notice(check_async two) answer() answer(2) ");
	async_close(a);
}
END_TEST

START_TEST(a_missed_deadline_breaks_the_connection_and_fails_all_that_is_out)
{
	struct journal j = {0};
	struct async *a = connect_to(conninfo(), &j);
	int64_t start = tick_ms();
	const struct async_statement slow = {.sql = "select pg_sleep(4)", .timeout_ms = 200};
	ck_assert(async_query(a, &slow, NULL, on_answer, &j));
	query(a, "select 1", &j);
	drive(a);
	ck_assert_int_eq(async_state(a), ASYNC_BROKEN);
	ck_assert_int_lt(tick_ms() - start, 2000);
	ck_assert_str_eq(async_reason(a), "no answer within the deadline");
	ck_assert_int_eq(async_fd(a), -1);
	ck_assert(!async_query(a, &slow, NULL, on_answer, &j));
	ck_assert_str_eq(j.text, "");
	async_close(a);
	ck_assert_str_eq(j.text, "failure() failure() ");
}
END_TEST

START_TEST(a_connection_that_the_server_ends_says_why)
{
	struct journal j = {0};
	struct async *a = connect_to(conninfo(), &j);
	query(a, "select pg_terminate_backend(pg_backend_pid())", &j);
	drive(a);
	ck_assert_int_eq(async_state(a), ASYNC_BROKEN);
	ck_assert_msg(strstr(async_reason(a), "administrator") != NULL, "%s", async_reason(a));
	async_close(a);
}
END_TEST

START_TEST(no_server_is_a_reason_not_a_wait)
{
	struct journal j = {0};
	struct async *a = connect_to("host=/nonexistent dbname=cvn", &j);
	ck_assert_int_eq(async_state(a), ASYNC_BROKEN);
	ck_assert_str_ne(async_reason(a), "");
	async_close(a);
}
END_TEST

START_TEST(a_server_that_says_nothing_is_given_up_at_the_deadline)
{
	struct journal j = {0};
	char folder[] = "/tmp/check_async_XXXXXX", to[128];
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.5432", folder);
	snprintf(to, sizeof(to), "host=%s port=5432 dbname=cvn", folder);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	int64_t start = tick_ms();
	struct async *a = connect_to(to, &j);
	ck_assert_int_eq(async_state(a), ASYNC_BROKEN);
	ck_assert_str_eq(async_reason(a), "no connection within the deadline");
	ck_assert_int_lt(tick_ms() - start, 3000);
	async_close(a);
	close(fd);
	unlink(address.sun_path);
	rmdir(folder);
}
END_TEST

/* -- statements -- */

struct trial {
	struct event_base *base;
	struct wire *wire;
	enum ask which;
	char outcome[32];
};

/* Parameters that fit each statement. */
static const char *const parameters[ASKS][3] = {
	[ASK_CATCH_UP] = {"{paper,nowhere}", "{1,7}"}, [ASK_NEWS] = {"{paper,nowhere}", "{1,7}"},
	[ASK_CHANGES] = {"{1,2}", "0"},
	[ASK_RUNS] = {"60", NULL},
	[ASK_AUTHENTICATE] = {"token", "0123456789012345678901234567890123456789012345678901234567890123"},
	[ASK_WATCH] = {"paper", "1"}, [ASK_APPLIED] = {"paper", "0", "9"},
};

static void on_outcome(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	struct trial *t = arg;
	snprintf(t->outcome, sizeof(t->outcome), "%s", rows ? "accepted" : sqlstate);
	event_base_loopbreak(t->base);
}

static void on_up(void *arg)
{
	struct trial *t = arg;
	ck_assert(ask(t->wire, t->which, parameters[t->which], on_outcome, t));
}

static void on_down(void *arg, const char *reason)
{
	struct trial *t = arg;
	snprintf(t->outcome, sizeof(t->outcome), "%s", reason);
	event_base_loopbreak(t->base);
}

START_TEST(the_notifier_may_ask_all_that_it_asks)
{
	struct trial t = {.base = event_base_new(), .which = (enum ask)_i};
	const struct timeval enough = {.tv_sec = 5};
	event_base_loopexit(t.base, &enough);
	t.wire = wire_new(t.base, conninfo(), "check_async",
			  &(struct wire_owner){.up = on_up, .down = on_down, .notice = on_notice, .arg = &t});
	event_base_dispatch(t.base);
	ck_assert_msg(!strcmp(t.outcome, "accepted"), "statement %d: %s", _i, t.outcome);
	wire_free(t.wire);
	event_base_free(t.base);
}
END_TEST

TCase *async_cases(void)
{
	TCase *t = tcase_create("async");
	tcase_set_timeout(t, 20);
	tcase_add_test(t, no_server_is_a_reason_not_a_wait);
	tcase_add_test(t, a_server_that_says_nothing_is_given_up_at_the_deadline);
	if (!getenv("CVN_TEST_DATABASE"))
		return t;
	tcase_add_test(t, answers_come_in_the_order_asked_with_parameters_copied);
	tcase_add_test(t, a_statement_that_is_refused_leaves_the_connection_usable);
	tcase_add_test(t, a_statement_that_comes_again_is_prepared_already);
	tcase_add_test(t, a_prepared_statement_that_is_gone_ends_the_connection);
	tcase_add_test(t, notifications_come_before_the_answers_that_came_with_them);
	tcase_add_test(t, a_missed_deadline_breaks_the_connection_and_fails_all_that_is_out);
	tcase_add_test(t, a_connection_that_the_server_ends_says_why);
	tcase_add_loop_test(t, the_notifier_may_ask_all_that_it_asks, 0, ASKS);
	return t;
}
