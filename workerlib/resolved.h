#ifndef CVN_WORKERLIB_RESOLVED_H
#define CVN_WORKERLIB_RESOLVED_H
/* An environment's configuration as the database resolves it: the statement, and what its result says. */
#include <libpq-fe.h>
#include <stdbool.h>

struct snapshot;

/* One statement, so one snapshot of the database. One parameter: the environment. */
extern const char resolved_sql[];

/* False: there is no such environment. */
bool resolved_exists(const PGresult *);

/*
 * The result as a snapshot, unchecked; what cannot even be put into one is its defect. The caller must give
 * it up with snapshot_unref(). NULL: no memory.
 */
struct snapshot *resolved_snapshot(const PGresult *);

#endif
