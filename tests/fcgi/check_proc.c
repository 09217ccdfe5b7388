/*
 * Goal: log lines are one whole JSON object each, options come from flag,
 * environment, default in this order, and counters sum over responders.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fcgi/proc/log.h"
#include "fcgi/proc/need.h"
#include "fcgi/proc/options.h"
#include "fcgi/proc/sd.h"
#include "fcgi/proc/stats.h"
#include "fcgi/proc/text.h"
#include "tests/fcgi/check_main.h"
#include "workerlib/core/scan.h"

/* What was written to standard error until logged(): one piece for each write. */
static int saved, ends[2];

static void log_begins(void)
{
	saved = dup(STDERR_FILENO);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
	dup2(ends[1], STDERR_FILENO);
}

static void log_ends(void)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[0]);
	close(ends[1]);
}

/* The next write; "": there was none. */
static void next_write(char *out, size_t room)
{
	ssize_t n = read(ends[0], out, room - 1);

	out[n < 0 ? 0 : n] = '\0';
}

/* What a call of log_line() wrote. */
static void logged(const struct log *log, enum log_level level, const struct log_member *members, char *out,
		   size_t room)
{
	log_begins();
	log_line(log, level, "event", members);
	next_write(out, room);
	log_ends();
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	while ((text = strchr(text, '\n')) != NULL) {
		n++;
		text++;
	}
	return n;
}

START_TEST(lines_that_are_held_are_one_write_in_their_order)
{
	struct log_held held = {.n = 0};
	const struct log log = {.component = "test", .held = &held};
	char text[LOG_LINE_MAX + 1];

	log_begins();
	log_line(&log, LOG_LEVEL_INFO, "first", NULL);
	log_line(&log, LOG_LEVEL_INFO, "second", NULL);
	next_write(text, sizeof text);
	ck_assert_str_eq(text, "");
	log_release(&log);
	next_write(text, sizeof text);
	ck_assert_uint_eq(count_lines(text), 2);
	ck_assert_ptr_nonnull(strstr(strstr(text, "\"first\""), "\"second\""));
	log_release(&log);
	next_write(text, sizeof text);
	ck_assert_str_eq(text, "");
	log_ends();
}
END_TEST

START_TEST(a_warning_is_not_held_nor_what_came_before_it)
{
	struct log_held held = {.n = 0};
	const struct log log = {.component = "test", .held = &held};
	char text[LOG_LINE_MAX + 1];

	log_begins();
	log_line(&log, LOG_LEVEL_INFO, "before", NULL);
	log_line(&log, LOG_LEVEL_WARNING, "warning", NULL);
	next_write(text, sizeof text);
	ck_assert_uint_eq(count_lines(text), 2);
	log_ends();
}
END_TEST

START_TEST(no_line_is_parted_or_lost_where_more_come_than_are_held)
{
	enum { LINES = 100 };
	struct log_held held = {.n = 0};
	const struct log log = {.component = "test", .held = &held};
	char text[LOG_LINE_MAX + 1];
	size_t lines = 0;

	log_begins();
	for (int i = 0; i < LINES; i++)
		log_line(&log, LOG_LEVEL_INFO, "event", NULL);
	log_release(&log);
	for (next_write(text, sizeof text); text[0] != '\0'; next_write(text, sizeof text)) {
		ck_assert_int_eq(text[0], '{');
		ck_assert_int_eq(text[strlen(text) - 1], '\n');
		lines += count_lines(text);
	}
	ck_assert_uint_eq(lines, LINES);
	log_ends();
}
END_TEST

START_TEST(a_line_is_one_json_object_whatever_is_in_it)
{
	const struct log log = {.component = "test", .least = LOG_LEVEL_INFO};
	int64_t number = 42;
	char line[LOG_LINE_MAX + 1];

	logged(&log, LOG_LEVEL_WARNING,
	       (const struct log_member[]){{.name = "text", .text = "a\"b\n\x1b[31m\\"},
					   {.name = "number", .number = &number},
					   {.name = "absent"},
					   {.name = NULL}},
	       line, sizeof line);
	size_t n = strlen(line);
	ck_assert_uint_gt(n, 0);
	ck_assert_ptr_eq(strchr(line, '\n'), line + n - 1);
	ck_assert_int_eq(scan_json(line, n - 1, NULL), CODE_OK);
	ck_assert_ptr_nonnull(strstr(line, "\"level\":\"warning\""));
	ck_assert_ptr_nonnull(strstr(line, "\"number\":42"));
	ck_assert_ptr_null(strstr(line, "absent"));
}
END_TEST

START_TEST(a_line_below_the_least_level_is_not_written)
{
	const struct log log = {.component = "test", .least = LOG_LEVEL_WARNING};
	char line[LOG_LINE_MAX + 1];

	logged(&log, LOG_LEVEL_INFO, NULL, line, sizeof line);
	ck_assert_str_eq(line, "");
}
END_TEST

START_TEST(a_line_that_is_too_long_is_cut_at_a_member)
{
	const struct log log = {.component = "test"};
	char line[LOG_LINE_MAX + 2], *text = need_items(LOG_LINE_MAX + 1, 1);

	memset(text, 'x', LOG_LINE_MAX);
	logged(&log, LOG_LEVEL_INFO,
	       (const struct log_member[]){{.name = "fits", .text = "yes"}, {.name = "long", .text = text},
					   {.name = NULL}},
	       line, sizeof line);
	free(text);
	ck_assert_int_eq(scan_json(line, strlen(line) - 1, NULL), CODE_OK);
	ck_assert_ptr_nonnull(strstr(line, "\"fits\":\"yes\",\"cut\":true}"));
}
END_TEST

static const struct option_row rows[] = {
	{.flag = "check-one", .help = "", .fallback = "fallback"},
	{.flag = "check-two", .help = "", .optional = true},
	{.flag = "check-on", .help = "", .is_switch = true},
	{.flag = NULL},
};

static int read_options(const char **values, int argc, const char *const *argv, char why[128])
{
	static char copies[8][64]; /* values point into them */
	char *copy[8];

	for (int i = 0; i < argc; i++) {
		snprintf(copies[i], sizeof copies[i], "%s", argv[i]);
		copy[i] = copies[i];
	}
	return options_read(rows, values, argc, copy, why, 128);
}

START_TEST(a_flag_wins_over_the_environment_and_that_over_the_default)
{
	const char *values[3];
	char why[128];

	ck_assert_int_eq(read_options(values, 1, (const char *const[]){"p"}, why), 1);
	ck_assert_str_eq(values[0], "fallback");
	ck_assert_ptr_null(values[1]);
	ck_assert_ptr_null(values[2]);
	setenv("CVN_CHECK_ONE", "environment", 1);
	ck_assert_int_eq(read_options(values, 1, (const char *const[]){"p"}, why), 1);
	ck_assert_str_eq(values[0], "environment");
	ck_assert_int_eq(read_options(values, 4, (const char *const[]){"p", "--check-one=flag", "--check-on",
								       "rest"},
				      why), 3);
	ck_assert_str_eq(values[0], "flag");
	ck_assert_str_eq(values[2], "1");
	unsetenv("CVN_CHECK_ONE");
}
END_TEST

START_TEST(a_wrong_command_line_is_refused_with_its_reason)
{
	static const struct {
		const char *argument, *why;
	} wrong[] = {
		{"--check-three", "--check-three: no such option (see --help)"},
		{"--check-one", "--check-one: needs a value"},
		{"--check-on=1", "--check-on=1: takes no value"},
	};
	const char *values[3];
	char why[128];

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		ck_assert_int_eq(read_options(values, 2, (const char *const[]){"p", wrong[i].argument},
					      why),
				 -1);
		ck_assert_str_eq(why, wrong[i].why);
	}
}
END_TEST

START_TEST(a_number_is_digits_within_its_bounds)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {{"1", true}, {"64", true}, {"0", false}, {"65", false}, {"", false}, {" 1", false},
		     {"1x", false}, {"-1", false}, {"99999999999999999999", false}};
	long number;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_msg(options_number(cases[i].text, 1, 64, &number) == cases[i].good, "%s",
			      cases[i].text);
}
END_TEST

START_TEST(counters_sum_over_responders_and_are_read_by_another_mapping)
{
	char path[] = "check_proc.stats.XXXXXX";
	int fd = mkstemp(path);
	const char *const names[] = {"config", "other"};
	struct stats_duration sum;

	ck_assert_int_ge(fd, 0);
	close(fd);
	struct stats *writer = stats_create(path, names, 2, 2), *reader = stats_open(path);
	ck_assert_ptr_nonnull(writer);
	ck_assert_ptr_nonnull(reader);
	stats_count(writer, 0, 0, STATS_GET, 200, 0.002);
	stats_count(writer, 1, 0, STATS_GET, 200, 0.5);
	stats_count(writer, 1, 0, STATS_GET, 418, 10);
	ck_assert_str_eq(stats_route(reader, 1), "other");
	ck_assert_uint_eq(stats_requests(reader, 0, STATS_GET, 0), 2);
	stats_durations(reader, 0, &sum);
	ck_assert_uint_eq(sum.count, 3);
	ck_assert_uint_eq(sum.buckets[STATS_BUCKETS - 1], 1);
	ck_assert_double_eq_tol(sum.seconds, 10.502, 1e-6);
	ck_assert(stats_current(reader, path));
	struct stats *anew = stats_create(path, names, 2, 2);
	ck_assert(!stats_current(reader, path));
	stats_close(anew);
	stats_close(writer);
	stats_close(reader);
	unlink(path);
}
END_TEST

START_TEST(text_grows_and_stays_terminated)
{
	struct text text = {.bytes = NULL};

	for (int i = 0; i < 1000; i++)
		text_add(&text, "abc");
	ck_assert_uint_eq(text.n, 3000);
	ck_assert_uint_eq(strlen(text.bytes), 3000);
	text_free(&text);
	ck_assert_ptr_null(text.bytes);
}
END_TEST

/* systemd's end: a datagram socket with a path, or with an abstract name. */
static int listen_as_systemd(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t n = strlen(path);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	memcpy(address.sun_path, path, n);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)),
			 0);
	return fd;
}

START_TEST(systemd_is_told_at_the_socket_it_names_and_nobody_else_is)
{
	char directory[] = "/tmp/cvn-sd-XXXXXX", path[64], abstract[64], got[32] = "";

	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/notify", directory);
	snprintf(abstract, sizeof abstract, "@cvn-sd-%d", (int)getpid());
	for (int i = 0; i < 2; i++) {
		int fd = listen_as_systemd(i ? abstract : path);

		ck_assert(sd_say(i ? abstract : path, "READY=1"));
		ck_assert_int_eq(recv(fd, got, sizeof got - 1, 0), 7);
		ck_assert_str_eq(got, "READY=1");
		close(fd);
	}
	ck_assert(!sd_say(path, "READY=1"));
	unlink(path);
	ck_assert(!sd_say(path, "READY=1"));
	ck_assert(!sd_say(NULL, "READY=1"));
	ck_assert(!sd_say("", "READY=1"));
	ck_assert(!sd_say("relative", "READY=1"));
	rmdir(directory);
}
END_TEST

START_TEST(the_watchdog_is_fed_twice_as_often_as_it_asks_if_it_asks_us)
{
	char pid[24];

	snprintf(pid, sizeof pid, "%d", (int)getpid());
	ck_assert_int_eq(sd_watchdog_ms("10000000", NULL), 5000);
	ck_assert_int_eq(sd_watchdog_ms("10000000", pid), 5000);
	ck_assert_int_eq(sd_watchdog_ms("10000000", "1"), 0);
	ck_assert_int_eq(sd_watchdog_ms(NULL, NULL), 0);
	ck_assert_int_eq(sd_watchdog_ms("", NULL), 0);
	ck_assert_int_eq(sd_watchdog_ms("soon", NULL), 0);
}
END_TEST

CHECK_CASE(logs, "log", a_line_is_one_json_object_whatever_is_in_it,
	   a_line_below_the_least_level_is_not_written, a_line_that_is_too_long_is_cut_at_a_member,
	   lines_that_are_held_are_one_write_in_their_order, a_warning_is_not_held_nor_what_came_before_it,
	   no_line_is_parted_or_lost_where_more_come_than_are_held)
CHECK_CASE(options, "options", a_flag_wins_over_the_environment_and_that_over_the_default,
	   a_wrong_command_line_is_refused_with_its_reason, a_number_is_digits_within_its_bounds)
CHECK_CASE(counters, "stats", counters_sum_over_responders_and_are_read_by_another_mapping,
	   text_grows_and_stays_terminated)
CHECK_CASE(systemd, "sd", systemd_is_told_at_the_socket_it_names_and_nobody_else_is,
	   the_watchdog_is_fed_twice_as_often_as_it_asks_if_it_asks_us)
CHECK_MAIN("proc", logs, options, counters, systemd)
