/*
 * Threads that trade, saves, cuts and restarts, all at once:
 * for the thread sanitizer to watch. By either feed.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/workerlib/scene.h"

enum { TRADERS = 3, ROUNDS = 4, SAVES = 12 };

struct storm {
	struct scene *scene;
	atomic_bool over;
	atomic_int torn, cycles;
};

/* One decision; within it nothing may change, for no thread. */
static void decide(struct storm *storm)
{
	struct scene *s = storm->scene;
	cvn_worker *w = s->worker;
	char hash[65];
	double first;

	cvn_cycle_begin(w);
	first = cvn_get_decimal(w, s->threshold);
	snprintf(hash, sizeof(hash), "%s", cvn_worker_config_hash(w));
	cvn_section_enter(w, CVN_SECTION_ORDER);
	if (first != cvn_get_decimal(w, s->threshold) || strcmp(hash, cvn_worker_config_hash(w)) != 0)
		atomic_fetch_add(&storm->torn, 1);
	cvn_section_leave(w, CVN_SECTION_ORDER);
	cvn_cycle_end(w);
}

static void *trade(void *arg)
{
	struct storm *storm = arg;
	cvn_worker *w = storm->scene->worker;
	cvn_tag tag;

	while (!atomic_load(&storm->over)) {
		decide(storm);
		cvn_position_open(w);
		cvn_worker_tag(w, &tag);
		(void)cvn_worker_state(w);
		(void)cvn_worker_version(w);
		cvn_position_close(w);
		cvn_heartbeat(w);
		atomic_fetch_add(&storm->cycles, 1);
		usleep(200);
	}
	return NULL;
}

static void on_storm_event(void *arg, const cvn_event *event)
{
	atomic_fetch_add((atomic_int *)arg, event->version >= 0);
}

static void blow(struct scene *s, int round)
{
	char changes[96];

	for (int i = 0; i < SAVES; i++) {
		snprintf(changes, sizeof(changes),
			 "{\"CVN_ENTRY_THRESHOLD\":\"0.1%d%02d1\",\"CVN_STOP_LOSS_PCT\":\"0.2%d%02d1\"}",
			 round, i, round, i);
		scene_save(s, changes);
		if (i % 4 == 3)
			scene_everywhere(s, relay_cut);
	}
}

START_TEST(a_storm_of_saves_cuts_and_restarts)
{
	struct scene s;
	struct storm storm = {.scene = &s};
	atomic_int events = 0;
	cvn_error e = {0};

	scene_prepare(&s, _i);
	for (int round = 0; round < ROUNDS; round++) {
		pthread_t traders[TRADERS];
		ck_assert_msg(scene_open(&s, s.environment, &e) == 0, "%s", e.detail);
		scene_listen(&s);
		cvn_worker_on_event(s.worker, on_storm_event, &events);
		cvn_worker_on_apply(s.worker, NULL, NULL);
		cvn_worker_on_validate(s.worker, NULL, NULL);
		ck_assert_int_eq(cvn_worker_start(s.worker, &e), 0);
		atomic_store(&storm.over, false);
		for (int i = 0; i < TRADERS; i++)
			ck_assert_int_eq(pthread_create(&traders[i], NULL, trade, &storm), 0);
		blow(&s, round);
		atomic_store(&storm.over, true);
		for (int i = 0; i < TRADERS; i++)
			pthread_join(traders[i], NULL);
		ck_assert_uint_eq(cvn_worker_forbidden_applies(s.worker), 0);
		cvn_worker_close(s.worker);
	}
	ck_assert_int_eq(atomic_load(&storm.torn), 0);
	ck_assert_int_gt(atomic_load(&storm.cycles), ROUNDS * TRADERS);
	ck_assert_int_gt(atomic_load(&events), 0);
	scene_close(&s);
}
END_TEST

static const TTest *const *const tests[] = {&a_storm_of_saves_cuts_and_restarts};

Suite *storm_suite(void)
{
	return scene_suite("storm", tests, sizeof(tests) / sizeof(tests[0]));
}
