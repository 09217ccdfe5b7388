#ifndef CVN_WORKERLIB_RESOLVED_H
#define CVN_WORKERLIB_RESOLVED_H
/*
 * An environment's configuration as the database resolves it: two statements, and what their results say.
 * The first reads everything. The second reads the entries alone, for who keeps the definitions and rules
 * of a stamp of the catalog: as long as the stamp is the same, so are they. Each is one statement, so of one
 * snapshot of the database, and has one parameter: the environment.
 */
#include <libpq-fe.h>
#include <stdbool.h>

struct snapshot;

extern const char resolved_sql[];
extern const char resolved_entries_sql[];

/* Of a result of either. False: there is no such environment. */
bool resolved_exists(const PGresult *);

/*
 * The result as a snapshot, unchecked; what cannot even be put into one is its defect. The caller must give
 * it up with snapshot_unref(). NULL: no memory.
 */
struct snapshot *resolved_snapshot(const PGresult *);

/* Whether the entries are of the catalog that a whole read was of. */
bool resolved_is_of(const struct snapshot *whole, const PGresult *entries);

/* The entries over what that defines, as resolved_snapshot(). NULL also where one has no definition. */
struct snapshot *resolved_over(const struct snapshot *whole, const PGresult *entries);

#endif
