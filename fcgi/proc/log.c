#include "fcgi/proc/log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "workerlib/core/canon.h"

static const char *const level_names[] = {
	[LOG_LEVEL_DEBUG] = "debug",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_ERROR] = "error",
};

/* A line under way; full: something did not fit. The tail is room for the closing member. */
struct line {
	char text[LOG_LINE_MAX];
	size_t n;
	bool full;
};

static const char cut_tail[] = ",\"cut\":true";
enum { TAIL = sizeof cut_tail + 2 };

static void line_put(void *arg, const char *bytes, size_t n)
{
	struct line *line = arg;

	if (line->full || n > sizeof line->text - TAIL - line->n) {
		line->full = true;
		return;
	}
	memcpy(line->text + line->n, bytes, n);
	line->n += n;
}

static void put_time(struct canon *json)
{
	struct timespec now;
	struct tm utc;
	char text[64];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
	n += (size_t)snprintf(text + n, sizeof text - n, ".%03ldZ", now.tv_nsec / 1000000);
	canon_key(json, "ts");
	canon_string(json, text, n);
}

/* A member that does not fit is taken back whole. */
static bool put_member(struct line *line, struct canon *json, const struct log_member *member)
{
	size_t before = line->n;

	if (member->number != NULL) {
		canon_key(json, member->name);
		canon_integer(json, *member->number);
	} else if (member->text != NULL) {
		canon_member(json, member->name, member->text);
	}
	if (line->full)
		line->n = before;
	return !line->full;
}

int log_level_from_name(const char *name, enum log_level *level)
{
	for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++) {
		if (strcmp(name, level_names[i]) == 0) {
			*level = (enum log_level)i;
			return 1;
		}
	}
	return 0;
}

/* A log that cannot be written has nobody to be told. */
static void put_out(const char *text, size_t n)
{
	ssize_t written = write(STDERR_FILENO, text, n);
	(void)written;
}

void log_release(const struct log *log)
{
	if (log->held == NULL || log->held->n == 0)
		return;
	put_out(log->held->text, log->held->n);
	log->held->n = 0;
}

static void hold(const struct log *log, const struct line *line)
{
	struct log_held *held = log->held;

	if (line->n > sizeof held->text - held->n)
		log_release(log);
	memcpy(held->text + held->n, line->text, line->n);
	held->n += line->n;
}

void log_line(const struct log *log, enum log_level level, const char *event,
	      const struct log_member *members)
{
	struct line line = {.n = 0};
	struct canon json;

	if (level < log->least)
		return;
	canon_start(&json, line_put, &line);
	canon_object(&json);
	put_time(&json);
	canon_member(&json, "level", level_names[level]);
	canon_member(&json, "component", log->component);
	canon_member(&json, "event", event);
	for (; members != NULL && members->name != NULL; members++) {
		if (!put_member(&line, &json, members)) {
			memcpy(line.text + line.n, cut_tail, sizeof cut_tail - 1);
			line.n += sizeof cut_tail - 1;
			break;
		}
	}
	line.text[line.n++] = '}';
	line.text[line.n++] = '\n';
	if (log->held == NULL)
		put_out(line.text, line.n);
	else
		hold(log, &line);
	if (level >= LOG_LEVEL_WARNING)
		log_release(log);
}
