#ifndef CVN_PROC_LOG_H
#define CVN_PROC_LOG_H
/*
 * What a process says: one JSON object a line on standard error, whole lines in one write, so that those of
 * several processes never mix. Members: ts (UTC, ms), level, component, event, then the caller's.
 */
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* A line longer than this is cut at a member and ends with "cut":true. */
enum { LOG_LINE_MAX = 4096 };

/* Lines that are to be written together; no more than a pipe takes in one piece. {0}: none. */
struct log_held {
	char text[LOG_LINE_MAX];
	size_t n;
};

struct log {
	const char *component; /* static storage */
	enum log_level least;  /* below it nothing is written */
	struct log_held *held; /* NULL: each line is written at once; so is a warning, with all before it */
};

/* A member; text NULL and no number: left out. The list ends with a member that has no name. */
struct log_member {
	const char *name;
	const char *text;
	const int64_t *number;
};

/* False: no such level. */
int log_level_from_name(const char *name, enum log_level *);

void log_line(const struct log *, enum log_level, const char *event, const struct log_member *);

/* Writes what is held. */
void log_release(const struct log *);

#endif
