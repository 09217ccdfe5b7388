#ifndef CVN_NOTIFIER_POLL_H
#define CVN_NOTIFIER_POLL_H
/*
 * GET /api/events: the long poll, {"cursor","reset","events":[...]}. It answers at once when something is
 * newer than the cursor, or when there is no cursor to resume from; else when something happens, or with no
 * events once the caller has waited long enough. Those who wait for the same get the same bytes.
 */
#include <stdbool.h>
#include <stddef.h>

#include "fcgi/notifier/hub.h"

struct poll;
struct text;
struct visit;

enum { POLL_EVENTS = 1000 };

/* The parameters of the query, in their order, and NULL. */
enum { POLL_ENVIRONMENT, POLL_AFTER, POLL_WAIT };
extern const char *const poll_parameters[];

/* The caller must free it with poll_free(), when no visit is parked here any more. */
struct poll *poll_new(struct hub *);
void poll_free(struct poll *);

/* Takes the visit. */
void poll_handle(void *poll, struct visit *);

/*
 * Seconds to wait as a caller says it (NULL: the default;
 * more than the most is the most). -1: not a number.
 */
int poll_wait(const char *text);

/* What the visit may and wants to see. False: it was refused, since it wants none, or one that it may not. */
bool poll_filter(struct visit *, struct hub_filter *);

/*
 * The answer, appended: at most POLL_EVENTS events that pass;
 * the cursor is that of the last one considered.
 */
void poll_write(struct text *, const struct hub *, uint64_t after, bool reset, const struct hub_filter *);

#endif
