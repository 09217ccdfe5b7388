#ifndef CVN_DB_WORKER_H
#define CVN_DB_WORKER_H
/* What a worker says of itself, and what it hears back. */
#include "fcgi/db/db.h"

enum { REPORT_VERSION, REPORT_CATALOG_VERSION, REPORT_HEAD, REPORT_CATALOG_STAMP };

/*
 * Texts as worker_report() in SQL takes them; NULL is null.
 * pending, restart_required and rejected are JSON. Where an age in ms is not told, a time may be.
 */
struct db_worker_report {
	const char *worker_id, *environment, *build, *feed, *state, *version, *config_hash;
	const char *waiting_for, *waiting_ms, *pending, *restart_required, *rejected;
	const char *applied_ms, *forbidden, *notified_ms, *closed, *from_cache;
	const char *instance;
	const char *waiting_since, *applied_at;
};

/* DB_NONE: no such environment. */
enum db_outcome db_worker_report(struct db *, const struct db_worker_report *, struct db_rows **);

#endif
