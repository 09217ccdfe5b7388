#ifndef CVN_NOTIFIER_WATCH_H
#define CVN_NOTIFIER_WATCH_H
/*
 * GET /api/watch/{env}, the workers' long poll, as workerlib/core/watch.h words it: at once when the
 * environment's version is not the caller's, or the catalog's is not the one it names, else when one of them
 * moves, or unchanged after the wait. A herd with one version is one query: its answer is shared.
 */
struct hub;
struct sight;
struct visit;
struct watch;
struct wire;

/* The parameters of the query, in their order, and NULL. */
enum { WATCH_PARAMETER_VERSION, WATCH_PARAMETER_CATALOG, WATCH_PARAMETER_WAIT, WATCH_PARAMETER_HEAD };
extern const char *const watch_parameters[];

/* The caller must free it with watch_free(), when no visit is parked here and the wire is closed. */
struct watch *watch_new(struct hub *, const struct sight *, struct wire *);
void watch_free(struct watch *);

/* Takes the visit. */
void watch_handle(void *watch, struct visit *);

#endif
