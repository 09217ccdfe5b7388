#ifndef CVN_NOTIFIER_RUNS_H
#define CVN_NOTIFIER_RUNS_H
/*
 * Runs that were bound to a parameter set lately. Pure. A look asks for those of the seconds since the look
 * before and a few more, since a row is dated before it is committed; what was emitted already is remembered.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hub;

enum { RUNS_SLACK_S = 10, RUNS_REMEMBERED = 1024, RUNS_KEY = 72 };

struct run {
	const char *run_id, *kind, *environment, *parameter_set_hash;
};

struct runs {
	char seen[RUNS_REMEMBERED][RUNS_KEY]; /* the latest, in a ring */
	size_t next;
	int64_t looked_ms;
	bool known; /* the first look is done */
};

/* One row of a look. True: an event was emitted; the first look emits nothing. */
bool runs_take(struct runs *, struct hub *, const struct run *);
void runs_end(struct runs *, int64_t now_ms);

/* The parameter of ASK_RUNS. */
int64_t runs_seconds(const struct runs *, int64_t now_ms);

#endif
