/* The exposition: every series from the start, monotonic histograms, labels that cannot break out. */
#include "fcgi/notifier/metrics.h"

#include <stdio.h>
#include <string.h>

#include "fcgi/notifier/measures.h"
#include "fcgi/notifier/push.h"
#include "fcgi/notifier/sight.h"
#include "fcgi/notifier/states.h"
#include "fcgi/notifier/text.h"
#include "tests/notifier/check_notifier.h"

static struct text text;
static struct sight sight;
static struct states states;
static struct measure measure;
static struct measures measures;
static struct metrics_source source;

static void set_up(void)
{
	text = (struct text){0};
	sight = (struct sight){0};
	states = (struct states){0};
	measure = (struct measure){.environment = "paper"};
	measures = (struct measures){.at = &measure, .n = 1};
	sight_count(&sight, "paper", 12, NULL, 11, 2);
	source = (struct metrics_source){.sight = &sight, .measures = &measures, .states = &states};
}

static void tear_down(void)
{
	text_free(&text);
	sight_forget(&sight);
}

static void expect(const char *line)
{
	ck_assert_msg(strstr(text.at, line) != NULL, "%s is not in\n%s", line, text.at);
}

START_TEST(every_series_of_the_service_is_there_before_anything_happened)
{
	static const char *const lines[] = {
		"\ncvn_config_version{environment=\"paper\"} 12\n",
		"\ncvn_config_saves_total{environment=\"paper\"} 11\n",
		"\ncvn_config_rollbacks_total{environment=\"paper\"} 2\n",
		"\ncvn_config_distribution_latency_seconds_bucket{environment=\"paper\",le=\"0.05\"} 0\n",
		"\ncvn_config_distribution_latency_seconds_bucket{environment=\"paper\",le=\"+Inf\"} 0\n",
		"\ncvn_config_distribution_latency_seconds_sum{environment=\"paper\"} 0\n",
		"\ncvn_config_distribution_latency_seconds_count{environment=\"paper\"} 0\n",
		"\ncvn_config_forbidden_applies_total{environment=\"paper\"} 0\n",
		"\ncvn_changes_pending{environment=\"paper\"} 0\n",
		"\ncvn_changes_pending_oldest_seconds{environment=\"paper\"} 0\n",
		"\ncvn_config_frozen{environment=\"paper\"} 0\n",
		"\ncvn_notify_queue_usage 0\n",
		"\ncvn_notifier_waiters 0\n",
		"\ncvn_notifier_reconnects_total 0\n",
		"\ncvn_notifier_push_failures_total 0\n",
		"\n# TYPE cvn_api_requests_total counter\n",
		"\n# TYPE cvn_api_request_duration_seconds histogram\n",
	};
	metrics_service(&text, &source);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		expect(lines[i]);
	ck_assert_int_eq(text.at[text.n - 1], '\n');
	ck_assert_ptr_null(strstr(text.at, "cvn_worker_"));
}
END_TEST

START_TEST(histogram_buckets_add_up_to_the_count)
{
	measure.latency_buckets[0] = 3;
	measure.latency_buckets[6] = 2;
	measure.latency_buckets[10] = 1;
	measure.latency_sum = 71.5;
	metrics_service(&text, &source);
	expect("_bucket{environment=\"paper\",le=\"0.05\"} 3\n");
	expect("_bucket{environment=\"paper\",le=\"2.5\"} 3\n");
	expect("_bucket{environment=\"paper\",le=\"5\"} 5\n");
	expect("_bucket{environment=\"paper\",le=\"60\"} 5\n");
	expect("_bucket{environment=\"paper\",le=\"+Inf\"} 6\n");
	expect("_sum{environment=\"paper\"} 71.5\n");
	expect("_count{environment=\"paper\"} 6\n");
}
END_TEST

START_TEST(a_worker_has_a_group_of_its_own_and_leaves_the_scrape_when_offline)
{
	struct worker workers[] = {
		{.id = "w1", .environment = "paper", .state = "pending", .applied_version = 11,
		 .lag_versions = 1, .lag_seconds = 0.5, .applied_at = 1700000000.25, .restart_required = 2,
		 .duplicate = true},
		{.id = "w2", .environment = "paper", .state = "offline"},
	};
	states = (struct states){.workers = workers, .n = 2, .known = true};
	metrics_worker(&text, &workers[0]);
	expect("\ncvn_worker_applied_version{environment=\"paper\",worker=\"w1\"} 11\n");
	expect("\ncvn_worker_lag_versions{environment=\"paper\",worker=\"w1\"} 1\n");
	expect("\ncvn_worker_lag_seconds{environment=\"paper\",worker=\"w1\"} 0.5\n");
	expect("\ncvn_worker_last_apply_timestamp_seconds{environment=\"paper\",worker=\"w1\"}"
	       " 1700000000.25\n");
	expect("\ncvn_worker_restart_required{environment=\"paper\",worker=\"w1\"} 1\n");
	expect("\ncvn_worker_duplicate{environment=\"paper\",worker=\"w1\"} 1\n");
	ck_assert_ptr_null(strstr(text.at, "cvn_config_"));
	text_clear(&text);
	metrics_all(&text, &source);
	expect("worker=\"w1\"");
	ck_assert_ptr_null(strstr(text.at, "worker=\"w2\""));
}
END_TEST

START_TEST(each_metric_has_its_help_and_type_once)
{
	metrics_all(&text, &source);
	for (const char *at = text.at; (at = strstr(at, "# TYPE ")); at++) {
		char line[128];
		snprintf(line, sizeof(line), "%.*s ", (int)strcspn(at + 7, " "), at + 7);
		char type[160], help[160];
		snprintf(type, sizeof(type), "# TYPE %s", line);
		snprintf(help, sizeof(help), "# HELP %s", line);
		ck_assert_ptr_eq(strstr(text.at, type), at);
		ck_assert_ptr_null(strstr(at + 1, type));
		ck_assert_ptr_nonnull(strstr(text.at, help));
	}
}
END_TEST

START_TEST(a_label_is_escaped)
{
	metrics_escape(&text, "a\"b\\c\nd");
	ck_assert_str_eq(text.at, "a\\\"b\\\\c\\nd");
}
END_TEST

static const struct {
	const char *worker, *path;
} paths[] = {
	{NULL, "/metrics/job/cvn_config"},
	{"w", "/metrics/job/cvn_config/worker@base64/dw=="},
	{"w1", "/metrics/job/cvn_config/worker@base64/dzE="},
	{"w-1", "/metrics/job/cvn_config/worker@base64/dy0x"},
	{"a/b?~", "/metrics/job/cvn_config/worker@base64/YS9iP34="},
	{"\xff\xff\xfe", "/metrics/job/cvn_config/worker@base64/___-"},
	{"", "/metrics/job/cvn_config/worker@base64/="},
};

START_TEST(a_group_is_a_path_with_its_value_in_base64)
{
	push_path(&text, paths[_i].worker);
	ck_assert_str_eq(text.at, paths[_i].path);
}
END_TEST

TCase *metrics_cases(void)
{
	TCase *t = tcase_create("metrics");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, every_series_of_the_service_is_there_before_anything_happened);
	tcase_add_test(t, histogram_buckets_add_up_to_the_count);
	tcase_add_test(t, a_worker_has_a_group_of_its_own_and_leaves_the_scrape_when_offline);
	tcase_add_test(t, each_metric_has_its_help_and_type_once);
	tcase_add_test(t, a_label_is_escaped);
	tcase_add_loop_test(t, a_group_is_a_path_with_its_value_in_base64, 0,
			    sizeof(paths) / sizeof(paths[0]));
	return t;
}
