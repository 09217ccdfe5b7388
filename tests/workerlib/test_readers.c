/* Threads that read: each sees whole configurations, and what it has read stays until it lets go of it. */
#include "tests/workerlib/check_worker.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "tests/workerlib/alone.h"

START_TEST(a_text_lives_until_the_next_boundary_of_its_thread)
{
	struct alone_row rows[ROWS];
	struct cvn_worker *w = alone_open();
	cvn_param symbols = alone_handle(w, "CVN_SYMBOLS", CVN_LIST);
	const char *text = cvn_get_string(w, symbols);

	memcpy(rows, alone_rows, sizeof(rows));
	rows[SYMBOLS].value = "[]";
	alone_stage(w, rows, ROWS, 2);
	ck_assert_str_eq(cvn_get_string(w, symbols), "[]");
	ck_assert_str_eq(text, "[\"A\",\"B\"]");
	ck_assert_ptr_nonnull(w->engine.retired);
	cvn_heartbeat(w);
	ck_assert_ptr_null(w->engine.retired);
	alone_close(w);
}
END_TEST

START_TEST(a_thread_without_boundaries_lets_go_of_what_it_read)
{
	struct alone_row rows[ROWS];
	struct cvn_worker *w = alone_open();
	cvn_param symbols = alone_handle(w, "CVN_SYMBOLS", CVN_LIST);

	engine_pass(&w->engine);
	ck_assert_ptr_null(w->engine.readers.list);
	ck_assert_str_eq(cvn_get_string(w, symbols), "[\"A\",\"B\"]");
	memcpy(rows, alone_rows, sizeof(rows));
	rows[SYMBOLS].value = "[]";
	alone_stage(w, rows, ROWS, 2);
	ck_assert_ptr_nonnull(w->engine.retired);
	engine_pass(&w->engine);
	ck_assert_ptr_null(w->engine.retired);
	alone_close(w);
}
END_TEST

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
	struct alone_row rows[ROWS];
	char low[16], high[16], symbols[32];

	memcpy(rows, alone_rows, sizeof(rows));
	for (int i = 2; i < STORM; i++) {
		snprintf(low, sizeof(low), "%d", i);
		snprintf(high, sizeof(high), "%d", i + 1);
		snprintf(symbols, sizeof(symbols), "[\"S%d\"]", i);
		rows[LOW].value = low;
		rows[HIGH].value = high;
		rows[SYMBOLS].value = symbols;
		alone_stage(s->worker, rows, ROWS, i);
	}
}

START_TEST(readers_see_whole_configurations)
{
	struct storm s = {.worker = alone_open()};
	pthread_t threads[TRADERS + READERS];

	s.low = alone_handle(s.worker, "CVN_LOW", CVN_DECIMAL);
	s.high = alone_handle(s.worker, "CVN_HIGH", CVN_DECIMAL);
	s.symbols = alone_handle(s.worker, "CVN_SYMBOLS", CVN_LIST);
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
	alone_close(s.worker);
}
END_TEST

/* A thread's record of one worker must not be taken for a later one at the same address. */
START_TEST(workers_follow_each_other_on_one_thread)
{
	for (int i = 0; i < 50; i++) {
		struct cvn_worker *w = alone_open(), *other = alone_open();
		cvn_param size = alone_handle(w, "CVN_SIZE", CVN_INT);
		cvn_param low = alone_handle(other, "CVN_LOW", CVN_DECIMAL);
		ck_assert_int_eq(cvn_get_int(w, size), -7);
		ck_assert_double_eq(cvn_get_decimal(other, low), 0.5);
		ck_assert_int_eq(cvn_get_int(w, size), -7);
		alone_close(w);
		ck_assert_double_eq(cvn_get_decimal(other, low), 0.5);
		alone_close(other);
	}
}
END_TEST

/* The locks are held meanwhile: a read that took one would never return. */
START_TEST(a_thread_reads_from_two_workers_without_a_lock)
{
	struct cvn_worker *w = alone_open(), *other = alone_open();
	cvn_param size = alone_handle(w, "CVN_SIZE", CVN_INT);
	cvn_param low = alone_handle(other, "CVN_LOW", CVN_DECIMAL);

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
	alone_close(other);
	alone_close(w);
}
END_TEST

TCase *readers_cases(void)
{
	TCase *tcase = tcase_create("readers");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_text_lives_until_the_next_boundary_of_its_thread);
	tcase_add_test(tcase, a_thread_without_boundaries_lets_go_of_what_it_read);
	tcase_add_test(tcase, readers_see_whole_configurations);
	tcase_add_test(tcase, workers_follow_each_other_on_one_thread);
	tcase_add_test(tcase, a_thread_reads_from_two_workers_without_a_lock);
	return tcase;
}
