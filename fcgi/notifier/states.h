#ifndef CVN_NOTIFIER_STATES_H
#define CVN_NOTIFIER_STATES_H
/*
 * The workers as the view worker_status last showed them. Pure: rows go in; a worker whose state, version or
 * waiting_for differs from what was seen comes out as a worker_status event, and one that begins to lag
 * by more than the limits as worker_lag_behind.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hub;
struct sight;

struct worker {
	char id[65], environment[32], state[24], waiting_for[24]; /* waiting_for "": nothing */
	int64_t applied_version, target_version, lag_versions, restart_required;
	double lag_seconds, applied_at; /* applied_at in seconds of the epoch; 0: never */
	bool duplicate;                 /* two processes report under its id */
	bool met;                       /* in this look */
};

/* More than either is lagging behind. */
struct states_limits {
	int64_t versions, seconds;
};

struct states {
	struct states_limits limits;
	struct worker *workers; /* in the order of the view */
	size_t n, room;
	bool known; /* the first look is done */
};

void states_forget(struct states *); /* the limits stay */

/*
 * A look: begin, each row, end. The first one emits nothing. Wakes nobody. Who reports from another
 * environment is new there.
 */
void states_begin(struct states *);
struct states_moved {
	bool lags;    /* it has begun to */
	bool applied; /* a version above this one */
	int64_t from;
};
struct states_moved states_take(struct states *, struct hub *, const struct worker *row);
void states_end(struct states *);

/* A worker that is there counts; one that is offline does not. */
bool states_counts(const struct worker *);

/* Some worker that counts has not applied what its environment has, and nothing but time holds it back. */
bool states_propagating(const struct states *, const struct sight *);

#endif
