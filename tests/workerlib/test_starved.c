/*
 * A full life against the real servers, by either feed, as often as it allocates: open, apply, reject, lose
 * the link, catch up, close; each time another allocation fails. Nothing crashes or leaks (the sanitizers
 * look), no value is wrong, the last good one stays until the next is there, and the life goes on to its end.
 *
 * What it needs, scene.h says.
 */
#include "tests/workerlib/check_worker.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "tests/workerlib/allocator.h"
#include "tests/workerlib/scene.h"

enum { LIVES_MIN = 30, LIVES_MAX = 2000 };

/* Callbacks of its own: those of the scene assert, for which Check allocates. */
struct starved {
	struct scene scene;
	double last, next; /* in force is one of these */
	bool reject, rejected;
};

/* Calls into the library, with the allocator in force. */
#define HUNGRY(call)                                                                                         \
	do {                                                                                                 \
		allocator_pause(false);                                                                      \
		call;                                                                                        \
		allocator_pause(true);                                                                       \
	} while (0)

static void save(struct starved *s, double threshold)
{
	char changes[64];

	s->next = threshold;
	snprintf(changes, sizeof(changes), "{\"CVN_ENTRY_THRESHOLD\":\"%g\"}", threshold);
	scene_save(&s->scene, changes);
}

/* ---- what the worker is ---- */

static void see(struct starved *s)
{
	double value;
	size_t length;

	HUNGRY(value = cvn_get_decimal(s->scene.worker, s->scene.threshold));
	HUNGRY(length = strlen(cvn_worker_config_hash(s->scene.worker)));
	ck_assert_msg(value == s->last || (value == s->next && !s->reject), "%g, not %g or %g", value,
		      s->last, s->next);
	ck_assert_uint_eq(length, 64);
	ck_assert_uint_eq(cvn_worker_forbidden_applies(s->scene.worker), 0);
}

static void turn(struct starved *s)
{
	struct pollfd p = {.fd = cvn_worker_fd(s->scene.worker), .events = POLLIN};
	int timeout = cvn_worker_timeout_ms(s->scene.worker), code;

	(void)poll(&p, 1, timeout < 0 || timeout > 20 ? 20 : timeout);
	HUNGRY(code = cvn_worker_dispatch(s->scene.worker, NULL));
	ck_assert_int_eq(code, CVN_OK);
	see(s);
}

static bool is_new(struct starved *s)
{
	return cvn_get_decimal(s->scene.worker, s->scene.threshold) == s->next;
}

static bool is_rejected(struct starved *s)
{
	return s->rejected;
}

static void until(struct starved *s, bool (*holds)(struct starved *), const char *what)
{
	for (int64_t limit = clock_ms() + PATIENCE_MS; !holds(s);) {
		ck_assert_msg(clock_ms() < limit, "%s: not in time", what);
		turn(s);
	}
}

/* ---- callbacks ---- */

static int on_validate(void *arg, const cvn_proposed *proposed, cvn_error *e)
{
	const struct starved *s = arg;

	(void)proposed;
	snprintf(e->detail, sizeof(e->detail), "not today");
	return s->reject;
}

static void on_event(void *arg, const cvn_event *event)
{
	struct starved *s = arg;

	s->rejected |= event->kind == CVN_EVENT_REJECTED && strcmp(event->detail, "not today") == 0;
}

/* ---- a life ---- */

/* The first try may fail, and says so; the second has memory again. */
static void life_open(struct starved *s)
{
	cvn_options *o = scene_options(&s->scene, s->scene.environment);
	cvn_error e = {0};
	int code;

	scene_set(o, "heartbeat_ms", "100");
	HUNGRY(code = cvn_worker_open(o, &s->scene.worker, &e));
	if (code != CVN_OK) {
		ck_assert_ptr_null(s->scene.worker);
		ck_assert_int_eq(e.code, code);
		ck_assert_uint_gt(strlen(e.detail), 0);
		ck_assert_int_eq(code, CVN_E_NO_MEMORY);
		HUNGRY(code = cvn_worker_open(o, &s->scene.worker, &e));
	}
	ck_assert_msg(code == CVN_OK, "%s", e.detail);
	cvn_options_free(o);
	HUNGRY(code = cvn_worker_param(s->scene.worker, "CVN_ENTRY_THRESHOLD", CVN_DECIMAL,
				       &s->scene.threshold, &e));
	ck_assert_msg(code == CVN_OK, "%s", e.detail);
	cvn_worker_on_validate(s->scene.worker, on_validate, s);
	cvn_worker_on_event(s->scene.worker, on_event, s);
}

static void life_apply(struct starved *s, double threshold)
{
	save(s, threshold);
	until(s, is_new, "a new value");
	s->last = s->next;
}

static void life_reject(struct starved *s)
{
	s->reject = true;
	s->rejected = false;
	save(s, 0.66);
	until(s, is_rejected, "a rejection");
	see(s);
	s->reject = false;
}

/* True: something has failed; false: the life has no more allocations than n. */
static bool live(struct starved *s, long n)
{
	allocator_fail_at(n);
	life_open(s);
	see(s);
	life_apply(s, 0.1);
	life_reject(s);
	life_apply(s, 0.2);
	scene_everywhere(&s->scene, relay_cut);
	life_apply(s, 0.3);
	HUNGRY(cvn_worker_close(s->scene.worker));
	return allocator_relieve();
}

START_TEST(every_allocation_fails_in_turn)
{
	struct starved s = {.reject = false};
	long n = 0;

	scene_prepare(&s.scene, _i);
	save(&s, 0.3);
	s.last = s.next;
	while (live(&s, n))
		ck_assert_int_lt(++n, LIVES_MAX);
	printf("starved: %s, each of %ld allocations\n", s.scene.feed->name, n);
	ck_assert_int_gt(n, LIVES_MIN);
	scene_close(&s.scene);
}
END_TEST

Suite *starved_suite(void)
{
	static const TTest *const *const tests[] = {&every_allocation_fails_in_turn};

	return scene_suite("starved", tests, 1);
}
