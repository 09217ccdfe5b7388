/*
 * A worker against a real PostgreSQL: CVN_TEST_DATABASE is the connection string of the schema's owner, in a
 * database with the schema and the demo's catalog. Each test makes an environment of its own, named after its
 * process. Without the variable the tests are skipped, and say so.
 */
#include "tests/workerlib/check_worker.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workerlib/clock.h"
#include "workerlib/cvnworker.h"

enum { PATIENCE_MS = 5000, HEARTBEAT_MS = 300 };

struct scene {
	PGconn *db;
	char environment[32];
	cvn_worker *worker;
	cvn_param threshold, stop_loss;
	int events[8]; /* by kind */
	int applied, validated;
	char last_reject[256];
	bool reject;
};

static char *ask(PGconn *db, const char *sql, int n, const char *const *values)
{
	PGresult *result = PQexecParams(db, sql, n, NULL, values, NULL, NULL, 0);
	char *text;

	ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQerrorMessage(db));
	text = PQntuples(result) && !PQgetisnull(result, 0, 0) ? strdup(PQgetvalue(result, 0, 0)) : NULL;
	PQclear(result);
	return text;
}

/* changes: {"NAME":"text"}; returns the new version. */
static int64_t save(struct scene *s, const char *changes)
{
	static const char sql[] =
		"select w.version from active_config c, lateral config_write($1, 'save', c.version, $2::jsonb,"
		" (select jsonb_agg(jsonb_build_object('name', r.name, 'old', r.value, 'new', t.value) order by r.name)"
		"  from jsonb_each_text($2::jsonb) t join resolved_config r on r.environment = $1 and r.name = t.key),"
		" null, 'tester', null, 'a test', 'check_worker') w where c.environment = $1";
	char *text = ask(s->db, sql, 2, (const char *const[]){s->environment, changes});
	int64_t version;

	ck_assert_ptr_nonnull(text);
	version = strtoll(text, NULL, 10);
	free(text);
	return version;
}

/* A column of this worker's row in worker_status, as text. */
static char *status(const struct scene *s, const char *column)
{
	char sql[160];

	snprintf(sql, sizeof(sql), "select %s from worker_status where worker_id = $1", column);
	return ask(s->db, sql, 1, (const char *const[]){s->environment});
}

static bool status_is(const struct scene *s, const char *column, const char *expected)
{
	char *text = status(s, column);
	bool is = text && strcmp(text, expected) == 0;

	free(text);
	return is;
}

/* ---- the caller's own loop ---- */

static void on_event(void *arg, const cvn_event *event)
{
	struct scene *s = arg;

	s->events[event->kind]++;
	if (event->kind == CVN_EVENT_REJECTED)
		snprintf(s->last_reject, sizeof(s->last_reject), "%s", event->detail);
}

static void on_apply(void *arg, const cvn_applied *applied)
{
	struct scene *s = arg;

	ck_assert_str_eq(applied->environment, s->environment);
	s->applied++;
}

static int on_validate(void *arg, const cvn_proposed *proposed, cvn_error *e)
{
	struct scene *s = arg;

	s->validated += (int)proposed->n_changes;
	snprintf(e->detail, sizeof(e->detail), "not today");
	return s->reject;
}

static void turn(struct scene *s, int limit_ms)
{
	struct pollfd p = {.fd = cvn_worker_fd(s->worker), .events = POLLIN};
	int timeout = cvn_worker_timeout_ms(s->worker);
	cvn_error e = {0};

	(void)poll(&p, 1, timeout < 0 || timeout > limit_ms ? limit_ms : timeout);
	ck_assert_int_eq(cvn_worker_dispatch(s->worker, &e), 0);
}

/* Turns the loop until the condition holds; fails after a while. */
#define UNTIL(s, condition)                                                                                  \
	do {                                                                                                 \
		int64_t until_limit = clock_ms() + PATIENCE_MS;                                              \
		while (!(condition)) {                                                                       \
			ck_assert_msg(clock_ms() < until_limit, "%s", #condition);                           \
			turn((s), 20);                                                                       \
		}                                                                                            \
	} while (0)

static void turn_for(struct scene *s, int ms)
{
	for (int64_t limit = clock_ms() + ms; clock_ms() < limit;)
		turn(s, 20);
}

/* ---- a scene ---- */

static void scene_environment(struct scene *s)
{
	char *text;

	snprintf(s->environment, sizeof(s->environment), "check-%d-%lld", (int)getpid(),
		 (long long)clock_ms() % 1000000000);
	text = ask(s->db,
		   "select version from environment_create($1, null, 'tester', 'a test', 'check_worker')", 1,
		   (const char *const[]){s->environment});
	ck_assert_ptr_nonnull(text);
	free(text);
}

static int scene_open(struct scene *s, const char *database, const char *environment, cvn_error *e)
{
	cvn_options *o = cvn_options_new();
	char heartbeat[16];
	int code;

	snprintf(heartbeat, sizeof(heartbeat), "%d", HEARTBEAT_MS);
	ck_assert_int_eq(cvn_options_set(o, "database", database, e), 0);
	ck_assert_int_eq(cvn_options_set(o, "environment", environment, e), 0);
	ck_assert_int_eq(cvn_options_set(o, "worker_id", s->environment, e), 0);
	ck_assert_int_eq(cvn_options_set(o, "heartbeat_ms", heartbeat, e), 0);
	code = cvn_worker_open(o, &s->worker, e);
	cvn_options_free(o);
	return code;
}

static void scene_start(struct scene *s)
{
	const char *database = getenv("CVN_TEST_DATABASE");
	cvn_error e = {0};

	*s = (struct scene){.db = PQconnectdb(database)};
	ck_assert_msg(PQstatus(s->db) == CONNECTION_OK, "%s", PQerrorMessage(s->db));
	scene_environment(s);
	ck_assert_msg(scene_open(s, database, s->environment, &e) == 0, "%s", e.detail);
	cvn_worker_on_event(s->worker, on_event, s);
	cvn_worker_on_apply(s->worker, on_apply, s);
	cvn_worker_on_validate(s->worker, on_validate, s);
	ck_assert_int_eq(cvn_worker_param(s->worker, "CVN_ENTRY_THRESHOLD", CVN_DECIMAL, &s->threshold, &e),
			 0);
	ck_assert_int_eq(cvn_worker_param(s->worker, "CVN_STOP_LOSS_PCT", CVN_DECIMAL, &s->stop_loss, &e), 0);
}

static void scene_end(struct scene *s)
{
	cvn_worker_close(s->worker);
	ck_assert(status_is(s, "state", "offline"));
	PQfinish(s->db);
}

/* Ends the worker's connection from the server's side. */
static void cut(struct scene *s)
{
	char *text = ask(s->db,
			 "select count(pg_terminate_backend(pid)) from pg_stat_activity"
			 " where application_name = 'cvnworker/' || $1",
			 1, (const char *const[]){s->environment});

	ck_assert_str_eq(text, "1");
	free(text);
}

/* What no operator can do: the threshold and the version change by hand, and nobody is notified. */
static void change_behind(struct scene *s, const char *value, int step)
{
	char by[16], *text;

	snprintf(by, sizeof(by), "%d", step);
	text = ask(s->db,
		   "with entry as ("
		   "insert into active_config_entries (config_id, name, value, version, changed_at, changed_by)"
		   " select id, 'CVN_ENTRY_THRESHOLD', $2, version + 1, now(), 'tester' from active_config"
		   " where environment = $1"
		   " on conflict (config_id, name) do update set value = excluded.value)"
		   " update active_config set version = version + $3::int where environment = $1 returning version",
		   3, (const char *const[]){s->environment, value, by});
	ck_assert_ptr_nonnull(text);
	free(text);
}

/* ---- tests ---- */

START_TEST(a_save_is_applied_at_the_cycles_end_and_reported)
{
	struct scene s;
	int64_t version;
	char text[24];

	scene_start(&s);
	UNTIL(&s, status_is(&s, "state", "current"));
	cvn_cycle_begin(s.worker);
	version = save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.9\"}");
	UNTIL(&s, s.events[CVN_EVENT_RECEIVED] == 1);
	ck_assert_double_ne(cvn_get_decimal(s.worker, s.threshold), 0.9);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_PENDING);
	UNTIL(&s, status_is(&s, "waiting_for", "cycle_end"));
	cvn_cycle_end(s.worker);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.9);
	ck_assert_int_eq(cvn_worker_version(s.worker), version);
	ck_assert_int_eq(s.applied, 1);
	snprintf(text, sizeof(text), "%lld", (long long)version);
	UNTIL(&s, status_is(&s, "applied_version", text));
	ck_assert(status_is(&s, "config_hash", cvn_worker_config_hash(s.worker)));
	ck_assert(status_is(&s, "state", "current"));
	scene_end(&s);
}
END_TEST

START_TEST(a_risk_limit_waits_for_the_position_and_a_heartbeat)
{
	struct scene s;

	scene_start(&s);
	cvn_position_open(s.worker);
	save(&s, "{\"CVN_STOP_LOSS_PCT\":\"0.75\"}");
	UNTIL(&s, status_is(&s, "waiting_for", "position_close"));
	cvn_position_close(s.worker);
	UNTIL(&s, status_is(&s, "waiting_for", "heartbeat"));
	ck_assert_double_ne(cvn_get_decimal(s.worker, s.stop_loss), 0.75);
	cvn_heartbeat(s.worker);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.stop_loss), 0.75);
	UNTIL(&s, status_is(&s, "state", "current"));
	scene_end(&s);
}
END_TEST

START_TEST(what_is_not_hot_is_named_and_not_applied)
{
	struct scene s;
	cvn_param model;
	char before[64];

	scene_start(&s);
	ck_assert_int_eq(cvn_worker_param(s.worker, "CVN_MODEL_TYPE", CVN_ENUM, &model, NULL), 0);
	snprintf(before, sizeof(before), "%s", cvn_get_string(s.worker, model));
	ck_assert_str_ne(before, "catboost");
	save(&s, "{\"CVN_MODEL_TYPE\":\"catboost\"}");
	UNTIL(&s, status_is(&s, "state", "restart_required"));
	ck_assert(status_is(&s, "restart_required::text", "[\"CVN_MODEL_TYPE\"]"));
	ck_assert(status_is(&s, "lag_versions", "0"));
	cvn_heartbeat(s.worker);
	ck_assert_str_eq(cvn_get_string(s.worker, model), before);
	cvn_worker_close(s.worker);
	ck_assert_int_eq(scene_open(&s, getenv("CVN_TEST_DATABASE"), s.environment, NULL), 0);
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

	scene_start(&s);
	before = cvn_get_decimal(s.worker, s.threshold);
	version = cvn_worker_version(s.worker);
	s.reject = true;
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.91\"}");
	UNTIL(&s, status_is(&s, "state", "rejected"));
	ck_assert_str_eq(s.last_reject, "not today");
	ck_assert(status_is(&s, "rejected->>'detail'", "not today"));
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), before);
	ck_assert_int_eq(cvn_worker_version(s.worker), version);
	s.reject = false;
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.92\"}");
	UNTIL(&s, status_is(&s, "state", "current"));
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.92);
	ck_assert_int_eq(cvn_worker_version(s.worker), version + 2);
	scene_end(&s);
}
END_TEST

START_TEST(a_cut_connection_is_made_again_and_nothing_is_missed)
{
	struct scene s;

	scene_start(&s);
	UNTIL(&s, status_is(&s, "state", "current"));
	cut(&s);
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.93\"}");
	UNTIL(&s, s.events[CVN_EVENT_LINK_LOST] >= 1);
	UNTIL(&s, s.events[CVN_EVENT_LINK_BACK] >= 1);
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.93);
	UNTIL(&s, status_is(&s, "state", "current"));
	scene_end(&s);
}
END_TEST

/* The heartbeat brings what no notification told. */
START_TEST(a_lost_notification_costs_one_heartbeat)
{
	struct scene s;

	scene_start(&s);
	UNTIL(&s, status_is(&s, "state", "current"));
	change_behind(&s, "0.94", 1);
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.94);
	ck_assert_int_eq(cvn_worker_version(s.worker), 2);
	scene_end(&s);
}
END_TEST

/* The server is there and does not answer: the deadline ends the connection, the last good stays. */
START_TEST(a_silent_server_is_given_up)
{
	struct scene s;

	scene_start(&s);
	UNTIL(&s, status_is(&s, "state", "current"));
	PQclear(PQexec(s.db, "begin; lock table workers in access exclusive mode"));
	UNTIL(&s, s.events[CVN_EVENT_LINK_LOST] == 1);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_OFFLINE);
	ck_assert_double_gt(cvn_get_decimal(s.worker, s.threshold), 0);
	PQclear(PQexec(s.db, "rollback"));
	UNTIL(&s, s.events[CVN_EVENT_LINK_BACK] >= 1);
	UNTIL(&s, cvn_worker_state(s.worker) == CVN_CURRENT);
	scene_end(&s);
}
END_TEST

/* A database that was restored from a backup is older than the worker: the worker follows, and says so. */
START_TEST(a_version_that_fell_is_followed_loudly)
{
	struct scene s;

	scene_start(&s);
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.81\"}");
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.82\"}");
	UNTIL(&s, cvn_worker_version(s.worker) == 3);
	change_behind(&s, "0.83", -2);
	UNTIL(&s, s.events[CVN_EVENT_VERSION_FELL] == 1);
	UNTIL(&s, cvn_worker_version(s.worker) == 1);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.83);
	scene_end(&s);
}
END_TEST

START_TEST(forged_notifications_change_nothing)
{
	struct scene s;
	int64_t version;
	char sql[160];

	scene_start(&s);
	UNTIL(&s, status_is(&s, "state", "current"));
	version = cvn_worker_version(s.worker);
	snprintf(sql, sizeof(sql), "notify config_changed, 'env=%s,key=CVN_ENTRY_THRESHOLD,version=999999'",
		 s.environment);
	PQclear(PQexec(s.db, sql));
	PQclear(PQexec(s.db, "notify config_changed, 'nonsense'"));
	turn_for(&s, 600);
	ck_assert_int_eq(cvn_worker_version(s.worker), version);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_CURRENT);
	ck_assert_int_eq(s.events[CVN_EVENT_LINK_LOST], 0);
	scene_end(&s);
}
END_TEST

START_TEST(a_worker_without_a_configuration_does_not_open)
{
	struct scene s;
	cvn_error e = {0};
	cvn_worker *first;

	scene_start(&s);
	first = s.worker;
	ck_assert_int_eq(scene_open(&s, getenv("CVN_TEST_DATABASE"), "nowhere", &e), CVN_E_REFUSED);
	ck_assert_ptr_null(s.worker);
	ck_assert_ptr_nonnull(strstr(e.detail, "no such environment"));
	ck_assert_int_eq(scene_open(&s, "host=/nonexistent dbname=x", "paper", &e), CVN_E_LINK);
	ck_assert_int_eq(scene_open(&s, "host=", "paper", &e) == 0, 0);
	ck_assert_int_eq(scene_open(&s, "no string at all", "paper", &e), CVN_E_ARGUMENT);
	s.worker = first;
	scene_end(&s);
}
END_TEST

/* The same by the background thread: it listens, applies when nothing is in flight, and ends when told. */
START_TEST(the_background_thread_does_the_same)
{
	struct scene s;
	cvn_error e = {0};
	int64_t limit = clock_ms() + PATIENCE_MS;

	scene_start(&s);
	ck_assert_int_eq(cvn_worker_start(s.worker, &e), 0);
	ck_assert_int_eq(cvn_worker_start(s.worker, &e), CVN_E_STATE);
	ck_assert_int_eq(cvn_worker_dispatch(s.worker, &e), CVN_E_STATE);
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.95\"}");
	while (cvn_get_decimal(s.worker, s.threshold) != 0.95 && clock_ms() < limit)
		usleep(1000);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.95);
	while (!status_is(&s, "state", "current") && clock_ms() < limit)
		usleep(1000);
	ck_assert(status_is(&s, "state", "current"));
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
	&a_lost_notification_costs_one_heartbeat,
	&a_silent_server_is_given_up,
	&a_version_that_fell_is_followed_loudly,
	&forged_notifications_change_nothing,
	&a_worker_without_a_configuration_does_not_open,
	&the_background_thread_does_the_same,
};

enum { TESTS = sizeof(tests) / sizeof(tests[0]) };

Suite *feed_suite(void)
{
	Suite *suite = suite_create("feed");
	TCase *tcase = tcase_create("listen");

	tcase_set_timeout(tcase, 60);
	for (int i = 0; i < TESTS && getenv("CVN_TEST_DATABASE"); i++)
		tcase_add_test(tcase, *tests[i]);
	if (!getenv("CVN_TEST_DATABASE"))
		printf("skipped: %d (feed: CVN_TEST_DATABASE is not set)\n", TESTS);
	suite_add_tcase(suite, tcase);
	return suite;
}
