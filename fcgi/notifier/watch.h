#ifndef CVN_NOTIFIER_WATCH_H
#define CVN_NOTIFIER_WATCH_H
/*
 * GET /api/watch/{env}: the workers' long poll. {"environment","version","catalog_version","from","changes","full"}
 * at once when the environment's version is not the caller's, else when it moves, or unchanged after the wait.
 * `changes` are the resolved values that differ from version `from`, or all of them (`full`, and `from` is null)
 * for a caller without a version, from a version that is not there, or too far behind. A herd with one version
 * is one query: its answer is shared.
 */
#include "fcgi/notifier/hub.h"

struct event_base;
struct sight;
struct visit;
struct watch;
struct wire;

/* The parameters of the query, in their order, and NULL. */
enum { WATCH_PARAMETER_VERSION, WATCH_PARAMETER_WAIT };
extern const char *const watch_parameters[];

/* The caller must free it with watch_free(), when no visit is parked here and the wire is closed. */
struct watch *watch_new(struct event_base *, struct hub *, const struct sight *, struct wire *);
void watch_free(struct watch *);

/* Takes the visit. */
void watch_handle(void *watch, struct visit *);

#endif
