/* What a forked child may do with its parent's worker, which is nothing to the link. By either feed. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/workerlib/scene.h"

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

static const TTest *const *const tests[] = {
	&a_forked_child_never_touches_the_link,
	&a_childs_descriptors_do_not_keep_the_loop_awake,
};

Suite *fork_suite(void)
{
	return scene_suite("fork", tests, sizeof(tests) / sizeof(tests[0]));
}
