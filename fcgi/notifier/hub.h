#ifndef CVN_NOTIFIER_HUB_H
#define CVN_NOTIFIER_HUB_H
/*
 * The hub: a ring of the latest events, and those who wait for the next. Pure: no socket, no clock.
 *
 * A cursor is EPOCH-SEQ in hex and decimal. An epoch is one unbroken numbering: a process has a new one, and a
 * database that went back to an older state starts one. A cursor of another epoch, or older than the ring, cannot
 * be resumed: its owner is told to reset, never given a part.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event;
struct hub;

enum { HUB_CURSOR = 40, HUB_ENVIRONMENT = 32 };

struct hub_event {
	uint64_t seq;
	const char *json; /* with its cursor; lives until the ring comes round */
	size_t n;
	char environment[HUB_ENVIRONMENT]; /* "" or "*": for all */
};

/* Which events one may and wants to see. */
struct hub_filter {
	const char *allowed; /* "*", or environments with commas between */
	const char *only;    /* one environment, or "" */
};

bool hub_allows(const char *allowed, const char *environment);

/* One who waits: an intrusive link, owned by whoever parks it. */
struct hub_waiter {
	struct hub_waiter *next, *previous; /* NULL while not parked */
	struct hub_filter filter;
	uint64_t after; /* nothing up to here concerns it; raised while it waits */
	bool reset;     /* its cursor became void while it waited */
	void (*wake)(struct hub_waiter *); /* it is no longer parked; it may park again or be freed */
};

/* A hub that keeps the latest `room` events. The caller must free it with hub_free(). */
struct hub *hub_new(uint64_t epoch, size_t room);
void hub_free(struct hub *);

/* Starts a new epoch: the ring is emptied, and all who wait are woken with reset. */
void hub_reset(struct hub *, uint64_t epoch);

/* Appends an event. Nobody is woken before hub_wake(), so that what belongs together is answered together. */
void hub_emit(struct hub *, const struct event *);
void hub_wake(struct hub *);

uint64_t hub_last(const struct hub *);
void hub_cursor(const struct hub *, uint64_t seq, char out[HUB_CURSOR]);

/* Where a cursor stands. False: it cannot be resumed (NULL is no cursor), and *after is the latest event. */
bool hub_resume(const struct hub *, const char *cursor, uint64_t *after);

/* The first event newer than `after` that passes the filter, or NULL. */
const struct hub_event *hub_next(const struct hub *, uint64_t after, const struct hub_filter *);

void hub_park(struct hub *, struct hub_waiter *);
void hub_leave(struct hub *, struct hub_waiter *); /* ok when not parked */
size_t hub_waiting(const struct hub *);

#endif
