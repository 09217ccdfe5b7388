#ifndef CVN_NOTIFIER_WHEEL_H
#define CVN_NOTIFIER_WHEEL_H
/*
 * Deadlines of many: a wheel of slots a tenth of a second each, so that taking and giving up a seat costs the
 * same for one as for ten thousand, and one timer turns it, only while somebody sits.
 */
#include <stdint.h>

struct event_base;
struct wheel;

/* An intrusive link, owned by who waits; zeroed while it is not seated. */
struct wheel_seat {
	struct wheel_seat *next, *previous;
};

enum { WHEEL_MAX_MS = 100000 };

/* due() is called once for each seat whose time has come; it is free again then. Free with wheel_free(). */
struct wheel *wheel_new(struct event_base *, void (*due)(struct wheel_seat *));
void wheel_free(struct wheel *);

/* Due after ms, two tenths of a second later at most; a seat that is taken already is moved. */
void wheel_sit(struct wheel *, struct wheel_seat *, int64_t ms);
void wheel_leave(struct wheel *, struct wheel_seat *); /* ok when not seated */

#endif
