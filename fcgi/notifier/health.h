#ifndef CVN_NOTIFIER_HEALTH_H
#define CVN_NOTIFIER_HEALTH_H
/* GET /api/health: {"status","database","schema","listener_age_seconds"}, 200 while events can be trusted, else 503. */
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

/* Takes the visit. */
void health_handle(void *health, struct visit *);

#endif
