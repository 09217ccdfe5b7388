#ifndef CVN_OPS_WORKER_H
#define CVN_OPS_WORKER_H
/* The heartbeat of a worker on the long-poll feed. */
#include "fcgi/ops/ops.h"

struct who;

/* Numbers and JSON as text, already checked; NULL: not said. */
struct ops_worker_report {
	const char *worker_id, *environment, *build, *state, *version, *config_hash;
	const char *waiting_for, *waiting_ms, *pending, *restart_required, *rejected;
	const char *applied_ms, *forbidden, *notified_ms, *closed, *from_cache;
	const char *instance; /* the process, by a name that it made at its start */
	const char *waiting_since, *applied_at; /* times; waiting_ms and applied_ms go before them */
};
struct ops_worker_current {
	int64_t version, catalog_version;
	char catalog_stamp[37]; /* another one of the same version is another catalog */
	char head[65]; /* digest of the version's row of the history */
};

/* CODE_FORBIDDEN when who is no worker of that environment; CODE_NOT_FOUND for an unknown environment. */
enum code ops_worker_report(struct ops *, const struct who *, const struct ops_worker_report *,
			    struct ops_worker_current *, struct error *);

#endif
