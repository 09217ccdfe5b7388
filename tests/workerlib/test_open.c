/* How a worker opens, by either feed: with a configuration, from disk where nobody answers, or not at all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/workerlib/scene.h"

START_TEST(a_worker_without_a_configuration_does_not_open)
{
	struct scene s;
	cvn_error e = {0};
	cvn_worker *first;

	scene_start(&s, _i);
	first = s.worker;
	ck_assert_int_eq(scene_open(&s, "nowhere", &e), CVN_E_REFUSED);
	ck_assert_ptr_null(s.worker);
	ck_assert_ptr_nonnull(strstr(e.detail, "no such environment"));
	scene_everywhere(&s, relay_refuse);
	ck_assert_int_eq(scene_open(&s, s.environment, &e), CVN_E_LINK);
	scene_everywhere(&s, relay_go_on);
	s.worker = first;
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.96\"}");
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.96);
	scene_end(&s);
}
END_TEST

/* At once and with the reason, not as a link that is lost time and again. */
START_TEST(who_may_read_and_not_report_does_not_open)
{
	struct scene s;
	cvn_options *o;
	cvn_error e = {0};

	scene_prepare(&s, _i);
	o = scene_options(&s, s.environment);
	s.feed->demote(&s, o);
	ck_assert_int_eq(scene_open_with(&s, o, &e), CVN_E_REFUSED);
	ck_assert_ptr_null(s.worker);
	ck_assert_msg(strstr(e.detail, s.feed->denial) != NULL, "%s", e.detail);
	scene_close(&s);
}
END_TEST

static int open_cached(struct scene *s, const char *directory, const char *max_age_s, cvn_error *e)
{
	cvn_options *o = scene_options(s, s->environment);

	scene_set(o, "cache_dir", directory);
	scene_set(o, "cache_max_age_s", max_age_s);
	return scene_open_with(s, o, e);
}

/* Nobody answers: the last good configuration from disk, marked; and when somebody does, what he says. */
START_TEST(a_start_without_the_platform_is_from_disk)
{
	struct scene s;
	char directory[] = "/tmp/cvn-feed-XXXXXX", path[128];
	cvn_error e = {0};

	scene_prepare(&s, _i);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_msg(open_cached(&s, directory, "60", &e) == 0, "%s", e.detail);
	scene_listen(&s);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.97\"}");
	UNTIL(&s, cvn_worker_version(s.worker) == 2);
	cvn_worker_close(s.worker);
	scene_everywhere(&s, relay_refuse);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.98\"}");
	ck_assert_msg(open_cached(&s, directory, "60", &e) == 0, "%s", e.detail);
	scene_listen(&s);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_CACHED);
	ck_assert_int_eq(cvn_worker_version(s.worker), 2);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.97);
	UNTIL(&s, s.events[CVN_EVENT_CACHED] == 1);
	scene_turn_for(&s, 500);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_CACHED);
	scene_everywhere(&s, relay_go_on);
	UNTIL(&s, cvn_worker_state(s.worker) == CVN_CURRENT);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.98);
	ck_assert_int_eq(s.events[CVN_EVENT_CACHED], 1);
	UNTIL(&s, scene_status_is(&s, "started_from_cache", "t"));
	ck_assert_int_eq(s.events[CVN_EVENT_CACHE_FAILED], 0);
	scene_end(&s);
	snprintf(path, sizeof(path), "%s/%s.%s.cvn", directory, s.environment, s.environment);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

/* While it opens nobody can be told: it is tried again when somebody can. */
START_TEST(a_start_that_cannot_be_kept_on_disk_is_told)
{
	struct scene s;
	char directory[] = "/tmp/cvn-feed-XXXXXX", path[128];
	cvn_error e = {0};

	scene_prepare(&s, _i);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/%s.%s.cvn", directory, s.environment, s.environment);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_msg(open_cached(&s, directory, "60", &e) == 0, "%s", e.detail);
	scene_listen(&s);
	UNTIL(&s, s.events[CVN_EVENT_CACHE_FAILED] == 1);
	scene_save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.96\"}");
	UNTIL(&s, cvn_worker_version(s.worker) == 2);
	ck_assert_int_eq(s.events[CVN_EVENT_CACHE_FAILED], 1);
	scene_end(&s);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

/* Without a usable file there is an error that says both: why not from there, and why not from here. */
START_TEST(a_start_without_platform_and_cache_fails)
{
	struct scene s;
	char directory[] = "/tmp/cvn-feed-XXXXXX";
	cvn_error e = {0};

	scene_prepare(&s, _i);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	scene_everywhere(&s, relay_refuse);
	ck_assert_int_eq(open_cached(&s, directory, "60", &e), CVN_E_LINK);
	ck_assert_ptr_null(s.worker);
	ck_assert_msg(strstr(e.detail, "cache: ") != NULL &&
		      strstr(e.detail, "is not there; and ") != NULL, "%s", e.detail);
	ck_assert_int_eq(rmdir(directory), 0);
	scene_close(&s);
}
END_TEST

/* A platform that answers is obeyed, also when it says no. */
START_TEST(a_refusal_is_not_answered_from_disk)
{
	struct scene s;
	char directory[] = "/tmp/cvn-feed-XXXXXX";
	cvn_options *o;
	cvn_error e = {0};

	scene_prepare(&s, _i);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	o = scene_options(&s, "nowhere");
	scene_set(o, "cache_dir", directory);
	ck_assert_int_eq(scene_open_with(&s, o, &e), CVN_E_REFUSED);
	ck_assert_msg(strstr(e.detail, "cache") == NULL, "%s", e.detail);
	ck_assert_int_eq(rmdir(directory), 0);
	scene_close(&s);
}
END_TEST

static const TTest *const *const tests[] = {
	&a_worker_without_a_configuration_does_not_open,
	&who_may_read_and_not_report_does_not_open,
	&a_start_without_the_platform_is_from_disk,
	&a_start_that_cannot_be_kept_on_disk_is_told,
	&a_start_without_platform_and_cache_fails,
	&a_refusal_is_not_answered_from_disk,
};

Suite *open_suite(void)
{
	return scene_suite("open", tests, sizeof(tests) / sizeof(tests[0]));
}
