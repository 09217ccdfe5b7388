#ifndef CVN_PROC_LOG_H
#define CVN_PROC_LOG_H
/*
 * What a process says: one JSON object a line on standard error, in one write, so that lines of several
 * processes never mix. Members: ts (UTC, ms), level, component, event, then the caller's.
 */
#include <stdint.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

struct log {
	const char *component; /* static storage */
	enum log_level least;  /* below it nothing is written */
};

/* A member; text NULL and no number: left out. The list ends with a member that has no name. */
struct log_member {
	const char *name;
	const char *text;
	const int64_t *number;
};

/* False: no such level. */
int log_level_from_name(const char *name, enum log_level *);

/* A line longer than LOG_LINE_MAX is cut at a member and ends with "cut":true. */
enum { LOG_LINE_MAX = 4096 };
void log_line(const struct log *, enum log_level, const char *event, const struct log_member *);

#endif
