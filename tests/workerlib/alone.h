#ifndef CVN_TESTS_WORKERLIB_ALONE_H
#define CVN_TESTS_WORKERLIB_ALONE_H
/*
 * A worker without a feed: what it is to have in force is staged by the test, so that the public reads and
 * boundaries are what is tested.
 */
#include "workerlib/worker.h"

struct alone_row {
	struct param param;
	const char *value;
};

#define ALONE_PARAM(n, t, c, hot, v)                                                \
	{                                                                           \
		{.name = n, .type = t, .category = c, .hot_reloadable = hot}, v     \
	}

/* What it begins with as version 1: sorted by name, under the rule that the low is below the high. */
enum { COOLDOWN, FILTER, HIGH, LOW, MODEL, NOTE, SIZE, SYMBOLS, ROWS };
extern const struct alone_row alone_rows[ROWS];

struct cvn_worker *alone_open(void);
void alone_close(struct cvn_worker *);

/* A configuration, unchecked. The caller must give it up with snapshot_unref(). */
struct snapshot *alone_snapshot(const struct alone_row *, size_t n, int64_t version);

/* Offers the worker one that is valid. */
void alone_stage(struct cvn_worker *, const struct alone_row *, size_t n, int64_t version);

/* The handle of a parameter that is there. */
cvn_param alone_handle(struct cvn_worker *, const char *name, cvn_type);

#endif
