#ifndef CVN_NOTIFIER_HUB_H
#define CVN_NOTIFIER_HUB_H
/*
 * The hub: a ring of the latest events, and those who wait for the next. Pure: no socket, no clock.
 *
 * A cursor is EPOCH-SEQ in hex and decimal. An epoch is one unbroken numbering: a process has a new one, and
 * a database that went back to an older state starts one. A cursor of another epoch, or older than the ring,
 * cannot be resumed: its owner is told to reset, never given a part.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event;
struct hub;
struct hub_group;

enum { HUB_CURSOR = 40, HUB_ENVIRONMENT = 32 };

struct hub_event {
	uint64_t seq;
	const char *json; /* with its cursor; lives until the ring comes round */
	size_t n;
	char environment[HUB_ENVIRONMENT]; /* "" or "*": for all */
};

/* Which events one may and wants to see. */
struct hub_filter {
	const char *allowed; /* as scope.h has it */
	const char *only;    /* one environment, or "" */
};

enum hub_why {
	HUB_NEWS,   /* there is something newer than `after` that passes */
	HUB_RESET,  /* what there was is gone: nothing can be resumed */
	HUB_CLOSING /* nothing is newer; nobody shall wait any longer */
};

/* Why one is woken: the same for all with one filter, and lives until the last of them was. */
struct hub_news {
	enum hub_why why;
	uint64_t after; /* what they have seen */
	const struct hub_filter *filter;
};

/*
 * One who waits: an intrusive link, owned by whoever parks it. Whoever parks has seen all that passes the
 * filter. Those with one filter wait together, so that an event that is not theirs costs them nothing.
 */
struct hub_waiter {
	struct hub_waiter *next, *previous; /* NULL while not parked */
	struct hub_group *group;
	/* It is not parked any more, and may park again, or be freed. */
	void (*wake)(struct hub_waiter *, const struct hub_news *);
};

/* A hub that keeps the latest `room` events. The caller must free it with hub_free(). */
struct hub *hub_new(uint64_t epoch, size_t room);
void hub_free(struct hub *);

/* Starts a new epoch: the ring is emptied, and all who wait are woken with reset. */
void hub_reset(struct hub *, uint64_t epoch);

/*
 * Until the next hub_reset() nothing that is emitted is kept: it is about what is seen for the first time,
 * and who has read before that would be told of a part.
 */
void hub_hush(struct hub *);

/*
 * Appends an event. Nobody is woken before hub_wake(), so that what belongs together is answered together;
 * and nobody may park between the two, or it would be told again.
 */
void hub_emit(struct hub *, const struct event *);
void hub_wake(struct hub *);

/* Wakes all, with HUB_CLOSING; nobody shall park after that. */
void hub_close(struct hub *);
bool hub_closing(const struct hub *);

uint64_t hub_last(const struct hub *);
uint64_t hub_epoch(const struct hub *);
void hub_cursor(const struct hub *, uint64_t seq, char out[HUB_CURSOR]);

/* Where a cursor stands. False: it cannot be resumed (NULL is no cursor), and *after is the latest event. */
bool hub_resume(const struct hub *, const char *cursor, uint64_t *after);

/* All that is newer than `after` is still there. */
bool hub_holds(const struct hub *, uint64_t after);

/* The first event newer than `after` that passes the filter, or NULL. */
const struct hub_event *hub_next(const struct hub *, uint64_t after, const struct hub_filter *);

/* The filter's words are copied. */
void hub_park(struct hub *, struct hub_waiter *, const struct hub_filter *);
void hub_leave(struct hub *, struct hub_waiter *); /* ok when not parked */
size_t hub_waiting(const struct hub *);

#endif
