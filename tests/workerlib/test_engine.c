/*
 * What is in force and who reads it: snapshots, handles, mixes, retirement. A worker without a feed, so that
 * the public reads and boundaries are what is tested.
 */
#include "tests/workerlib/check_worker.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "workerlib/describe.h"
#include "workerlib/pump.h"
#include "workerlib/receive.h"
#include "workerlib/report.h"
#include "workerlib/sqlstate.h"
#include "workerlib/worker.h"

struct row {
	struct param param;
	const char *value;
};

#define PARAM(n, t, c, hot, v)                                                                               \
	{                                                                                                    \
		{.name = n, .type = t, .category = c, .hot_reloadable = hot}, v                              \
	}

/* Sorted by name, as configurations are. */
static const struct row plain[] = {
	PARAM("CVN_COOLDOWN", VALUE_DURATION, CATEGORY_COOLDOWN, true, "90s"),
	PARAM("CVN_FILTER", VALUE_BOOL, CATEGORY_FILTER_FLAG, true, "true"),
	PARAM("CVN_HIGH", VALUE_DECIMAL, CATEGORY_RISK_LIMIT, true, "1.5"),
	PARAM("CVN_LOW", VALUE_DECIMAL, CATEGORY_THRESHOLD, true, "0.5"),
	PARAM("CVN_MODEL", VALUE_STRING, CATEGORY_THRESHOLD, false, "one"),
	PARAM("CVN_NOTE", VALUE_STRING, CATEGORY_THRESHOLD, true, NULL),
	PARAM("CVN_SIZE", VALUE_INT, CATEGORY_THRESHOLD, true, "-7"),
	PARAM("CVN_SYMBOLS", VALUE_LIST, CATEGORY_FILTER_FLAG, true, "[\"A\",\"B\"]"),
};

enum { COOLDOWN, FILTER, HIGH, LOW, MODEL, NOTE, SIZE, SYMBOLS, ROWS };

static const struct rule order = {
	.name = "order", .expression = "CVN_LOW < CVN_HIGH", .message = "low below high"};

static struct snapshot *snapshot_from(const struct row *rows, size_t n, int64_t version)
{
	struct snapshot *s = snapshot_new(version, 1, n, 1);

	ck_assert_ptr_nonnull(s);
	for (size_t i = 0; i < n; i++)
		ck_assert(snapshot_add_param(s, &rows[i].param, rows[i].value));
	ck_assert(snapshot_add_rule(s, &order));
	return s;
}

static struct cvn_worker *worker_new(void)
{
	struct cvn_worker *w = calloc(1, sizeof(*w));
	cvn_error e = {0};

	ck_assert_ptr_nonnull(w);
	home_settle(&w->home);
	ck_assert_int_eq(engine_start(&w->engine, &e), 0);
	ck_assert_int_eq(pump_open(w, &e), 0);
	ck_assert_int_eq(engine_load(&w->engine, snapshot_from(plain, ROWS, 1), &e), 0);
	return w;
}

static void worker_end(struct cvn_worker *w)
{
	engine_stop(&w->engine);
	pump_close(w);
	home_leave(&w->home);
	free(w);
}

static void stage(struct cvn_worker *w, const struct row *rows, size_t n, int64_t version)
{
	struct snapshot *s = snapshot_from(rows, n, version);
	struct engine_outcome outcome;
	cvn_error e = {0};

	ck_assert_msg(snapshot_check(s, &e) == 0, "%s", e.detail);
	ck_assert_int_eq(engine_stage(&w->engine, s, &outcome), 0);
	receive_conclude(w, &outcome);
}

static cvn_param handle(struct cvn_worker *w, const char *name, cvn_type type)
{
	cvn_param p = {0};
	cvn_error e = {0};

	ck_assert_msg(cvn_worker_param(w, name, type, &p, &e) == 0, "%s", e.detail);
	return p;
}

START_TEST(reads_every_type)
{
	struct cvn_worker *w = worker_new();

	ck_assert_int_eq(cvn_get_duration_ms(w, handle(w, "CVN_COOLDOWN", CVN_DURATION)), 90000);
	ck_assert(cvn_get_bool(w, handle(w, "CVN_FILTER", CVN_BOOL)));
	ck_assert_double_eq(cvn_get_decimal(w, handle(w, "CVN_HIGH", CVN_DECIMAL)), 1.5);
	ck_assert_int_eq(cvn_get_int(w, handle(w, "CVN_SIZE", CVN_INT)), -7);
	ck_assert_str_eq(cvn_get_string(w, handle(w, "CVN_MODEL", CVN_STRING)), "one");
	ck_assert_str_eq(cvn_get_string(w, handle(w, "CVN_SYMBOLS", CVN_LIST)), "[\"A\",\"B\"]");
	ck_assert_str_eq(cvn_get_string(w, handle(w, "CVN_COOLDOWN", CVN_DURATION)), "90s");
	ck_assert_int_eq(cvn_worker_version(w), 1);
	ck_assert_uint_eq(strlen(cvn_worker_config_hash(w)), 64);
	worker_end(w);
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
	struct cvn_worker *w = worker_new();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cvn_param p = {0};
		cvn_error e = {0};
		ck_assert_int_eq(cvn_worker_param(w, cases[i].name, cases[i].type, &p, &e), cases[i].code);
		ck_assert_int_eq(e.code, cases[i].code);
		ck_assert(e.detail[0] != '\0');
	}
	worker_end(w);
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
		struct row rows[ROWS];
		struct snapshot *s;
		cvn_error e = {0};
		memcpy(rows, plain, sizeof(rows));
		rows[cases[i].row].value = cases[i].value;
		s = snapshot_from(rows, ROWS, 2);
		ck_assert_int_eq(snapshot_check(s, &e), CVN_E_INVALID);
		ck_assert_msg(strstr(e.detail, cases[i].why) != NULL, "%s", e.detail);
		snapshot_unref(s);
	}
}
END_TEST

START_TEST(a_mix_holds_what_waits_and_what_does_not)
{
	struct row rows[ROWS];
	struct cvn_worker *w = worker_new();
	cvn_param low = handle(w, "CVN_LOW", CVN_DECIMAL), high = handle(w, "CVN_HIGH", CVN_DECIMAL);
	struct report r = {0};
	char alone[65];

	memcpy(rows, plain, sizeof(rows));
	rows[LOW].value = "0.75";
	stage(w, rows, ROWS, 2);
	memcpy(alone, cvn_worker_config_hash(w), sizeof(alone));
	rows[LOW].value = "0.5";
	stage(w, rows, ROWS, 3);
	cvn_position_open(w);
	rows[HIGH].value = "3";
	stage(w, rows, ROWS, 4);
	rows[LOW].value = "0.75";
	stage(w, rows, ROWS, 5);
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
	worker_end(w);
}
END_TEST

START_TEST(a_mix_that_breaks_a_rule_waits)
{
	struct row rows[ROWS];
	struct cvn_worker *w = worker_new();
	cvn_param low = handle(w, "CVN_LOW", CVN_DECIMAL);

	memcpy(rows, plain, sizeof(rows));
	cvn_position_open(w);
	rows[HIGH].value = "3";
	stage(w, rows, ROWS, 2);
	rows[LOW].value = "2";
	stage(w, rows, ROWS, 3);
	ck_assert_double_eq(cvn_get_decimal(w, low), 0.5);
	cvn_position_close(w);
	cvn_heartbeat(w);
	ck_assert_double_eq(cvn_get_decimal(w, low), 2);
	ck_assert_int_eq(cvn_worker_version(w), 3);
	worker_end(w);
}
END_TEST

START_TEST(what_a_handle_reads_does_not_go_away_under_it)
{
	struct row rows[ROWS];
	struct cvn_worker *w = worker_new();
	cvn_param size = handle(w, "CVN_SIZE", CVN_INT);
	struct report r = {0};

	memcpy(rows, plain, sizeof(rows));
	rows[SIZE].param.type = VALUE_STRING;
	rows[SIZE].value = "many";
	stage(w, rows, ROWS, 2);
	ck_assert_int_eq(cvn_get_int(w, size), -7);
	ck_assert(describe_report(&w->engine, &r));
	ck_assert_str_eq(r.restart_required.bytes, "[\"CVN_SIZE\"]");
	report_free(&r);
	/* The parameter is gone altogether: still read, still said. */
	memcpy(rows, plain, sizeof(rows));
	memmove(&rows[SIZE], &rows[SIZE + 1], (ROWS - SIZE - 1) * sizeof(rows[0]));
	stage(w, rows, ROWS - 1, 3);
	ck_assert_int_eq(cvn_get_int(w, size), -7);
	ck_assert_int_eq(engine_state(&w->engine), CVN_RESTART_REQUIRED);
	worker_end(w);
}
END_TEST

START_TEST(a_handle_is_not_given_to_what_is_about_to_go)
{
	struct row rows[ROWS];
	struct cvn_worker *w = worker_new();
	cvn_param p;

	memcpy(rows, plain, sizeof(rows));
	rows[SIZE].param.type = VALUE_STRING;
	rows[SIZE].value = "many";
	cvn_cycle_begin(w);
	stage(w, rows, ROWS, 2);
	ck_assert_int_eq(cvn_worker_param(w, "CVN_SIZE", CVN_INT, &p, NULL), CVN_E_UNKNOWN);
	cvn_cycle_end(w);
	ck_assert_str_eq(cvn_get_string(w, handle(w, "CVN_SIZE", CVN_STRING)), "many");
	/* What goes with the restart is there until then. */
	memcpy(rows, plain, sizeof(rows));
	rows[MODEL].value = "two";
	stage(w, rows, ROWS, 3);
	ck_assert_str_eq(cvn_get_string(w, handle(w, "CVN_SIZE", CVN_STRING)), "many");
	worker_end(w);
}
END_TEST

START_TEST(parameters_come_and_go)
{
	static const struct row added = PARAM("CVN_ADDED", VALUE_INT, CATEGORY_THRESHOLD, true, "1");
	struct row rows[ROWS + 1];
	struct cvn_worker *w = worker_new();
	cvn_param high = handle(w, "CVN_HIGH", CVN_DECIMAL);

	rows[0] = added;
	memcpy(rows + 1, plain, sizeof(plain));
	stage(w, rows, ROWS + 1, 2);
	ck_assert_int_eq(cvn_get_int(w, handle(w, "CVN_ADDED", CVN_INT)), 1);
	ck_assert_double_eq(cvn_get_decimal(w, high), 1.5);
	/* Nobody reads this one. */
	memmove(&rows[1 + COOLDOWN], &rows[2 + COOLDOWN], (ROWS - 1) * sizeof(rows[0]));
	stage(w, rows, ROWS, 3);
	ck_assert_int_eq(cvn_worker_version(w), 3);
	ck_assert_int_eq(cvn_worker_param(w, "CVN_COOLDOWN", CVN_DURATION, &high, NULL), CVN_E_UNKNOWN);
	worker_end(w);
}
END_TEST

START_TEST(a_rejection_stays_until_something_passes)
{
	struct cvn_worker *w = worker_new();
	struct engine_outcome outcome;
	struct report r = {0};
	struct row rows[ROWS];

	engine_reject(&w->engine, 2, "not like \"this\"", &outcome);
	ck_assert(outcome.news);
	ck_assert_int_eq(engine_state(&w->engine), CVN_REJECTED);
	ck_assert(describe_report(&w->engine, &r));
	ck_assert_str_eq(r.rejected.bytes, "{\"detail\":\"not like \\\"this\\\"\",\"version\":2}");
	report_free(&r);
	ck_assert_int_eq(cvn_worker_version(w), 1);
	memcpy(rows, plain, sizeof(rows));
	rows[LOW].value = "0.6";
	stage(w, rows, ROWS, 3);
	ck_assert_int_eq(engine_state(&w->engine), CVN_CURRENT);
	ck_assert_int_eq(cvn_worker_version(w), 3);
	worker_end(w);
}
END_TEST

START_TEST(a_text_lives_until_the_next_boundary_of_its_thread)
{
	struct row rows[ROWS];
	struct cvn_worker *w = worker_new();
	cvn_param symbols = handle(w, "CVN_SYMBOLS", CVN_LIST);
	const char *text = cvn_get_string(w, symbols);

	memcpy(rows, plain, sizeof(rows));
	rows[SYMBOLS].value = "[]";
	stage(w, rows, ROWS, 2);
	ck_assert_str_eq(cvn_get_string(w, symbols), "[]");
	ck_assert_str_eq(text, "[\"A\",\"B\"]");
	ck_assert_ptr_nonnull(w->engine.retired);
	cvn_heartbeat(w);
	ck_assert_ptr_null(w->engine.retired);
	worker_end(w);
}
END_TEST

START_TEST(a_thread_without_boundaries_lets_go_of_what_it_read)
{
	struct row rows[ROWS];
	struct cvn_worker *w = worker_new();
	cvn_param symbols = handle(w, "CVN_SYMBOLS", CVN_LIST);

	engine_pass(&w->engine);
	ck_assert_ptr_null(w->engine.readers.list);
	ck_assert_str_eq(cvn_get_string(w, symbols), "[\"A\",\"B\"]");
	memcpy(rows, plain, sizeof(rows));
	rows[SYMBOLS].value = "[]";
	stage(w, rows, ROWS, 2);
	ck_assert_ptr_nonnull(w->engine.retired);
	engine_pass(&w->engine);
	ck_assert_ptr_null(w->engine.retired);
	worker_end(w);
}
END_TEST

/* What comes to wait beside something that waits already is told at once, though neither has moved. */
START_TEST(every_change_of_state_is_news)
{
	struct row rows[ROWS];
	struct cvn_worker *w = worker_new();
	struct engine_outcome outcome;

	cvn_position_open(w);
	memcpy(rows, plain, sizeof(rows));
	rows[HIGH].value = "3";
	stage(w, rows, ROWS, 2);
	ck_assert_int_eq(engine_state(&w->engine), CVN_PENDING);
	rows[MODEL].value = "two";
	ck_assert_int_eq(engine_stage(&w->engine, snapshot_from(rows, ROWS, 3), &outcome), 0);
	ck_assert(outcome.news);
	ck_assert_int_eq(engine_state(&w->engine), CVN_RESTART_REQUIRED);
	ck_assert_int_eq(cvn_worker_version(w), 1);
	/* The same again is none. */
	ck_assert_int_eq(engine_stage(&w->engine, snapshot_from(rows, ROWS, 3), &outcome), 0);
	ck_assert(!outcome.news);
	worker_end(w);
}
END_TEST

START_TEST(applied_time_is_told_until_it_has_arrived)
{
	struct row rows[ROWS];
	struct cvn_worker *w = worker_new();
	struct report r = {0};

	memcpy(rows, plain, sizeof(rows));
	ck_assert(describe_report(&w->engine, &r));
	ck_assert_int_eq(r.applied_ms, -1);
	report_free(&r);
	rows[LOW].value = "0.6";
	stage(w, rows, ROWS, 2);
	ck_assert(describe_report(&w->engine, &r));
	ck_assert_int_ge(r.applied_ms, 0);
	report_free(&r);
	rows[LOW].value = "0.7";
	stage(w, rows, ROWS, 3);
	/* The first report arrives late: the second apply is still to be told. */
	engine_reported(&w->engine, r.number);
	ck_assert(describe_report(&w->engine, &r));
	ck_assert_int_ge(r.applied_ms, 0);
	engine_reported(&w->engine, r.number);
	report_free(&r);
	ck_assert(describe_report(&w->engine, &r));
	ck_assert_int_eq(r.applied_ms, -1);
	report_free(&r);
	worker_end(w);
}
END_TEST

/* ---- threads ---- */

enum { TRADERS = 2, READERS = 2, STORM = 3000 };

struct storm {
	struct cvn_worker *worker;
	cvn_param low, high, symbols;
	atomic_bool over;
	atomic_int torn;
	atomic_long cycles;
};

/* Low and high always move together: high is low + 1. */
static void *trade(void *arg)
{
	struct storm *s = arg;

	while (!atomic_load(&s->over)) {
		double low, high;
		const char *text;
		int64_t version;
		cvn_cycle_begin(s->worker);
		version = cvn_worker_version(s->worker);
		low = cvn_get_decimal(s->worker, s->low);
		text = cvn_get_string(s->worker, s->symbols);
		sched_yield();
		high = cvn_get_decimal(s->worker, s->high);
		if (high - low != 1 || text != cvn_get_string(s->worker, s->symbols) ||
		    version != cvn_worker_version(s->worker))
			atomic_fetch_add(&s->torn, 1);
		cvn_cycle_end(s->worker);
		atomic_fetch_add(&s->cycles, 1);
		sched_yield();
	}
	return NULL;
}

/* Reads outside of cycles: any value, but always a whole one. */
static void *look(void *arg)
{
	struct storm *s = arg;

	while (!atomic_load(&s->over)) {
		const char *text = cvn_get_string(s->worker, s->symbols);
		sched_yield();
		if (text[0] != '[' || text[strlen(text) - 1] != ']')
			atomic_fetch_add(&s->torn, 1);
		cvn_heartbeat(s->worker);
	}
	return NULL;
}

static void stage_storm(struct storm *s)
{
	struct row rows[ROWS];
	char low[16], high[16], symbols[32];

	memcpy(rows, plain, sizeof(rows));
	for (int i = 2; i < STORM; i++) {
		snprintf(low, sizeof(low), "%d", i);
		snprintf(high, sizeof(high), "%d", i + 1);
		snprintf(symbols, sizeof(symbols), "[\"S%d\"]", i);
		rows[LOW].value = low;
		rows[HIGH].value = high;
		rows[SYMBOLS].value = symbols;
		stage(s->worker, rows, ROWS, i);
	}
}

START_TEST(readers_see_whole_configurations)
{
	struct storm s = {.worker = worker_new()};
	pthread_t threads[TRADERS + READERS];

	s.low = handle(s.worker, "CVN_LOW", CVN_DECIMAL);
	s.high = handle(s.worker, "CVN_HIGH", CVN_DECIMAL);
	s.symbols = handle(s.worker, "CVN_SYMBOLS", CVN_LIST);
	for (int i = 0; i < TRADERS + READERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, i < TRADERS ? trade : look, &s), 0);
	stage_storm(&s);
	atomic_store(&s.over, true);
	for (int i = 0; i < TRADERS + READERS; i++)
		pthread_join(threads[i], NULL);
	cvn_heartbeat(s.worker);
	ck_assert_int_eq(atomic_load(&s.torn), 0);
	ck_assert_int_gt(atomic_load(&s.cycles), 0);
	ck_assert_uint_eq(cvn_worker_forbidden_applies(s.worker), 0);
	ck_assert_int_eq(cvn_worker_version(s.worker), STORM - 1);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.high), STORM);
	/* All threads but this one have ended, and this one has passed a boundary since the last swap. */
	cvn_heartbeat(s.worker);
	ck_assert_ptr_null(s.worker->engine.retired);
	worker_end(s.worker);
}
END_TEST

/* A thread's record of one worker must not be taken for a later one at the same address. */
START_TEST(workers_follow_each_other_on_one_thread)
{
	for (int i = 0; i < 50; i++) {
		struct cvn_worker *w = worker_new(), *other = worker_new();
		cvn_param size = handle(w, "CVN_SIZE", CVN_INT), low = handle(other, "CVN_LOW", CVN_DECIMAL);
		ck_assert_int_eq(cvn_get_int(w, size), -7);
		ck_assert_double_eq(cvn_get_decimal(other, low), 0.5);
		ck_assert_int_eq(cvn_get_int(w, size), -7);
		worker_end(w);
		ck_assert_double_eq(cvn_get_decimal(other, low), 0.5);
		worker_end(other);
	}
}
END_TEST

/* The locks are held meanwhile: a read that took one would never return. */
START_TEST(a_thread_reads_from_two_workers_without_a_lock)
{
	struct cvn_worker *w = worker_new(), *other = worker_new();
	cvn_param size = handle(w, "CVN_SIZE", CVN_INT), low = handle(other, "CVN_LOW", CVN_DECIMAL);

	ck_assert_int_eq(cvn_get_int(w, size), -7);
	ck_assert_double_eq(cvn_get_decimal(other, low), 0.5);
	pthread_mutex_lock(&w->engine.lock);
	pthread_mutex_lock(&other->engine.lock);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(cvn_get_int(w, size), -7);
		ck_assert_double_eq(cvn_get_decimal(other, low), 0.5);
	}
	pthread_mutex_unlock(&other->engine.lock);
	pthread_mutex_unlock(&w->engine.lock);
	worker_end(other);
	worker_end(w);
}
END_TEST

/* The lock is held meanwhile, and another thread looks, which has never read. */
static void *resolve_again(void *arg)
{
	struct cvn_worker *w = arg;

	for (int i = 0; i < 3; i++)
		(void)handle(w, "CVN_LOW", CVN_DECIMAL);
	return NULL;
}

START_TEST(a_name_that_was_resolved_is_found_without_a_lock)
{
	struct cvn_worker *w = worker_new();
	cvn_param low = handle(w, "CVN_LOW", CVN_DECIMAL);
	pthread_t thread;

	pthread_mutex_lock(&w->engine.lock);
	ck_assert_int_eq(pthread_create(&thread, NULL, resolve_again, w), 0);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(handle(w, "CVN_LOW", CVN_DECIMAL).slot, low.slot);
	ck_assert_ptr_null(w->engine.readers.list);
	pthread_mutex_unlock(&w->engine.lock);
	ck_assert_int_eq(cvn_worker_param(w, "CVN_LOW", CVN_INT, &low, NULL), CVN_E_TYPE);
	/* What is no type is none, also of a name that nobody has resolved. */
	ck_assert_int_eq(cvn_worker_param(w, "CVN_SIZE", (cvn_type)-1, &low, NULL), CVN_E_TYPE);
	worker_end(w);
}
END_TEST

/* By the page that the kernel empties, and where there is none by the process's number. */
START_TEST(a_child_knows_that_it_is_one)
{
	struct home homes[2] = {{.pid = getpid()}};
	int status = -1;
	pid_t child;

	home_settle(&homes[1]);
	ck_assert_ptr_nonnull(homes[1].sign);
	ck_assert(!home_is_elsewhere(&homes[0]) && !home_is_elsewhere(&homes[1]));
	child = fork();
	if (child == 0)
		_exit(home_is_elsewhere(&homes[0]) + 2 * home_is_elsewhere(&homes[1]));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 3);
	ck_assert(!home_is_elsewhere(&homes[1]));
	home_leave(&homes[1]);
	home_leave(&homes[0]);
}
END_TEST

enum { NEWCOMERS = 1000, NEWCOMER_LENGTH = 56 };

/* Names of every length, each differing from the next in one place only. */
static void newcomer(char name[NEWCOMER_LENGTH + 8], int i)
{
	int n = 1 + i % NEWCOMER_LENGTH;

	snprintf(name, NEWCOMER_LENGTH + 8, "D%06u%.*s", (unsigned)i % 1000000, n,
		 "_ABCDEFGHIJKLMNOPQRSTUVWXYZ_ABCDEFGHIJKLMNOPQRSTUVWXYZ_ABCDEFGHI");
}

struct newcomers {
	struct cvn_worker *worker;
	atomic_int there, wrong;
};

/* What is there is found, by its own name and by no other. */
static void *find_newcomers(void *arg)
{
	struct newcomers *all = arg;
	char name[NEWCOMER_LENGTH + 8], before[NEWCOMER_LENGTH + 8];
	int there;

	do {
		there = atomic_load(&all->there);
		strcpy(before, "CVN_LOW");
		for (int i = 0; i < there; i++) {
			cvn_param p = {0}, q = {0};
			newcomer(name, i);
			int found = cvn_worker_param(all->worker, name, CVN_INT, &p, NULL);
			int other = cvn_worker_param(all->worker, before, i ? CVN_INT : CVN_DECIMAL, &q,
						     NULL);
			if (found || other || p.slot == q.slot)
				atomic_fetch_add(&all->wrong, 1);
			memcpy(before, name, sizeof(before));
		}
		newcomer(name, NEWCOMERS);
		if (cvn_worker_param(all->worker, name, CVN_INT, &(cvn_param){0}, NULL) != CVN_E_UNKNOWN)
			atomic_fetch_add(&all->wrong, 1);
	} while (there < NEWCOMERS);
	return NULL;
}

START_TEST(names_are_found_while_others_come)
{
	struct newcomers all = {.worker = worker_new()};
	struct row *rows = calloc(ROWS + NEWCOMERS, sizeof(*rows));
	char (*names)[NEWCOMER_LENGTH + 8] = calloc(NEWCOMERS, sizeof(*names));
	pthread_t threads[READERS];

	ck_assert(rows && names);
	memcpy(rows, plain, sizeof(plain));
	(void)handle(all.worker, "CVN_LOW", CVN_DECIMAL);
	for (int i = 0; i < READERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, find_newcomers, &all), 0);
	for (int i = 0; i < NEWCOMERS; i++) {
		newcomer(names[i], i);
		rows[ROWS + i] = (struct row){
			.param = {.name = names[i], .type = VALUE_INT, .category = CATEGORY_THRESHOLD,
				  .hot_reloadable = true},
			.value = "1"};
		if (i % 50 == 49) {
			stage(all.worker, rows, (size_t)(ROWS + i + 1), i + 2);
			atomic_store(&all.there, i + 1);
		}
	}
	for (int i = 0; i < READERS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&all.wrong), 0);
	worker_end(all.worker);
	free(names);
	free(rows);
}
END_TEST

enum { REGISTRIES = 5000, NAMES = 60 };

struct asked {
	struct registry registries[REGISTRIES];
	char names[NAMES][NEWCOMER_LENGTH + 8];
	atomic_int filling, wrong;
};

/* In the registry that is being filled, so that the cells looked into are those where names come. */
static void *ask_for_names(void *arg)
{
	struct asked *all = arg;
	int filling;

	while ((filling = atomic_load(&all->filling)) < REGISTRIES)
		for (int i = 0; i < NAMES; i++) {
			const struct registry_name *known = registry_find(&all->registries[filling],
									  all->names[i]);
			if (known && strcmp(known->name, all->names[i]) != 0)
				atomic_fetch_add(&all->wrong, 1);
		}
	return NULL;
}

START_TEST(who_looks_where_a_name_is_about_to_come_is_not_given_it_for_another)
{
	struct asked *all = calloc(1, sizeof(*all));
	struct snapshot *s = snapshot_new(1, 1, NAMES, 0);
	pthread_t threads[READERS];

	ck_assert(all && s);
	for (int i = 0; i < NAMES; i++) {
		newcomer(all->names[i], i);
		const struct param param = {.name = all->names[i], .type = VALUE_INT};
		ck_assert(snapshot_add_param(s, &param, "1"));
	}
	for (int i = 0; i < READERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_for_names, all), 0);
	for (int i = 0; i < REGISTRIES; i++) {
		ck_assert(registry_place(&all->registries[i], s));
		atomic_store(&all->filling, i + 1);
	}
	for (int i = 0; i < READERS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&all->wrong), 0);
	for (int i = 0; i < REGISTRIES; i++)
		registry_free(&all->registries[i]);
	snapshot_unref(s);
	free(all);
}
END_TEST

/* ---- what a server says ---- */

START_TEST(what_a_server_cannot_do_now_is_told_from_what_it_will_not)
{
	static const struct {
		const char *sqlstate;
		bool passes, outdates;
	} rows[] = {
		{"08006", true, false},  {"40001", true, false},  {"53300", true, false},
		{"57P01", true, false},  {"XX000", true, false},  {"28000", false, false},
		{"42501", false, false}, {"42883", false, false}, {"0A000", false, true},
		{"26000", false, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_msg(sqlstate_passes(rows[i].sqlstate) == rows[i].passes, "%s", rows[i].sqlstate);
		ck_assert_msg(sqlstate_outdates(rows[i].sqlstate) == rows[i].outdates, "%s",
			      rows[i].sqlstate);
	}
}
END_TEST

/* ---- options ---- */

START_TEST(options_are_checked)
{
	static const struct {
		const char *name, *value;
		int code;
	} cases[] = {
		{"database", "dbname=x", CVN_OK},          {"environment", "paper", CVN_OK},
		{"environment", "Paper", CVN_E_ARGUMENT},  {"worker_id", "w-1.a_b", CVN_OK},
		{"worker_id", "w 1", CVN_E_ARGUMENT},      {"worker_id", "", CVN_E_ARGUMENT},
		{"heartbeat_ms", "5000", CVN_OK},          {"heartbeat_ms", "99", CVN_E_ARGUMENT},
		{"heartbeat_ms", "10001", CVN_E_ARGUMENT}, {"heartbeat_ms", "5s", CVN_E_ARGUMENT},
		{"heartbeats", "1", CVN_E_ARGUMENT},       {"build", "", CVN_OK},
		{"cache_max_age_s", "-1", CVN_E_ARGUMENT}, {"build", "3.1-b\u00e9ta", CVN_OK},
		{"build", "a\nb", CVN_E_ARGUMENT},         {"build", "\xff", CVN_E_ARGUMENT},
	};
	cvn_options *o = cvn_options_new();

	ck_assert_ptr_nonnull(o);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cvn_error e = {0};
		ck_assert_msg(cvn_options_set(o, cases[i].name, cases[i].value, &e) == cases[i].code,
			      "%s=%s: %s", cases[i].name, cases[i].value, e.detail);
	}
	cvn_options_free(o);
	cvn_options_free(NULL);
}
END_TEST

START_TEST(options_that_make_no_feed_are_refused)
{
	static const struct {
		const char *name, *value, *also, *value_of_also, *why;
	} cases[] = {
		{"build", "x", NULL, NULL, "database or url"},
		{"database", "dbname=x", "url", "http://x", "set one of them"},
		{"url", "http://x", NULL, NULL, "token: must be set"},
		{"database", "dbname=x", "token", "t", "token: is of use only with url"},
		{"database", "dbname=x", "watch_url", "http://x", "watch_url: is of use only with url"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cvn_options *o = cvn_options_new();
		cvn_worker *w = NULL;
		cvn_error e = {0};
		ck_assert_int_eq(cvn_options_set(o, "environment", "paper", &e), 0);
		ck_assert_int_eq(cvn_options_set(o, "worker_id", "w", &e), 0);
		ck_assert_int_eq(cvn_options_set(o, cases[i].name, cases[i].value, &e), 0);
		if (cases[i].also)
			ck_assert_int_eq(cvn_options_set(o, cases[i].also, cases[i].value_of_also, &e), 0);
		ck_assert_int_eq(cvn_worker_open(o, &w, &e), CVN_E_ARGUMENT);
		ck_assert_ptr_null(w);
		ck_assert_msg(strstr(e.detail, cases[i].why) != NULL, "%s", e.detail);
		cvn_options_free(o);
	}
}
END_TEST

START_TEST(urls_and_tokens_are_checked_when_they_are_set)
{
	static const char *const cases[][2] = {
		{"url", "ftp://x"}, {"url", "x"},        {"watch_url", "http://x y"}, {"url", "http://x?y"},
		{"token", ""},      {"token", "a\r\nb"}, {"token", "a b"},
	};
	cvn_options *o = cvn_options_new();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cvn_error e = {0};
		ck_assert_int_eq(cvn_options_set(o, cases[i][0], cases[i][1], &e), CVN_E_ARGUMENT);
		ck_assert_ptr_nonnull(strstr(e.detail, cases[i][0]));
	}
	cvn_options_free(o);
}
END_TEST

START_TEST(a_tag_is_of_one_moment)
{
	struct cvn_worker *w = worker_new();
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
	worker_end(w);
}
END_TEST

START_TEST(every_event_has_a_name)
{
	for (int kind = 0; kind <= CVN_EVENT_APPLIED; kind++)
		ck_assert_ptr_nonnull(cvn_event_name((cvn_event_kind)kind));
	ck_assert_str_eq(cvn_event_name(CVN_EVENT_APPLIED), "config_version_applied");
	ck_assert_str_eq(cvn_event_name(CVN_EVENT_LINK_BACK), "listen_reconnect");
	ck_assert_ptr_null(cvn_event_name((cvn_event_kind)(CVN_EVENT_APPLIED + 1)));
}
END_TEST

Suite *engine_suite(void)
{
	Suite *suite = suite_create("engine");
	TCase *tcase = tcase_create("engine");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, reads_every_type);
	tcase_add_test(tcase, a_handle_is_never_a_default);
	tcase_add_test(tcase, a_refused_snapshot_says_why);
	tcase_add_test(tcase, a_mix_holds_what_waits_and_what_does_not);
	tcase_add_test(tcase, a_mix_that_breaks_a_rule_waits);
	tcase_add_test(tcase, what_a_handle_reads_does_not_go_away_under_it);
	tcase_add_test(tcase, a_handle_is_not_given_to_what_is_about_to_go);
	tcase_add_test(tcase, parameters_come_and_go);
	tcase_add_test(tcase, a_rejection_stays_until_something_passes);
	tcase_add_test(tcase, a_text_lives_until_the_next_boundary_of_its_thread);
	tcase_add_test(tcase, a_thread_without_boundaries_lets_go_of_what_it_read);
	tcase_add_test(tcase, every_change_of_state_is_news);
	tcase_add_test(tcase, applied_time_is_told_until_it_has_arrived);
	tcase_add_test(tcase, readers_see_whole_configurations);
	tcase_add_test(tcase, workers_follow_each_other_on_one_thread);
	tcase_add_test(tcase, a_thread_reads_from_two_workers_without_a_lock);
	tcase_add_test(tcase, a_name_that_was_resolved_is_found_without_a_lock);
	tcase_add_test(tcase, a_child_knows_that_it_is_one);
	tcase_add_test(tcase, names_are_found_while_others_come);
	tcase_add_test(tcase, who_looks_where_a_name_is_about_to_come_is_not_given_it_for_another);
	tcase_add_test(tcase, what_a_server_cannot_do_now_is_told_from_what_it_will_not);
	tcase_add_test(tcase, options_are_checked);
	tcase_add_test(tcase, a_tag_is_of_one_moment);
	tcase_add_test(tcase, every_event_has_a_name);
	tcase_add_test(tcase, options_that_make_no_feed_are_refused);
	tcase_add_test(tcase, urls_and_tokens_are_checked_when_they_are_set);
	suite_add_tcase(suite, tcase);
	return suite;
}
