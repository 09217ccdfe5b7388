#ifndef CVN_NOTIFIER_HEALTH_H
#define CVN_NOTIFIER_HEALTH_H
/*
 * GET /api/health, and /readyz: {"status","database","schema","listener_age_seconds"}, 200 while events can
 * be trusted, else 503. GET /livez: the loop turns; a database that is away is no reason to start us again.
 */
#include <stdbool.h>
#include <stdint.h>

struct desk;
struct link;
struct text;
struct visit;

struct health {
	const struct link *link;
	const struct desk *desk;
};

/* Two heartbeats and a deadline: a listener that has been silent for longer cannot be trusted. */
enum { HEALTH_AGE_MS = 15000 };

/* age_ms -1: the database has not yet answered. schema "": not known. */
bool health_write(struct text *, bool listening, int64_t age_ms, const char *schema);

/* Each takes the visit. */
void health_handle(void *health, struct visit *);
void health_handle_alive(void *health, struct visit *);

#endif
