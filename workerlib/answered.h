#ifndef CVN_WORKERLIB_ANSWERED_H
#define CVN_WORKERLIB_ANSWERED_H
/*
 * What the platform's HTTP answers say (core/watch.h and core/worker_report.h have the words of
 * two). Bodies are read where they lie, and used up; what is not of the form asked for is
 * CVN_E_LINK, with the place in the detail.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/core/pick.h"
#include "workerlib/cvnworker.h"

struct snapshot;

struct answered_body {
	char *bytes; /* NUL-terminated; NULL where n is 0 */
	size_t n;
};

/* An answer of the watch. */
struct answered_watch {
	const char *environment;
	int64_t version, catalog_version;
	const char *catalog_stamp, *head; /* in the body; NULL: not told */
	int64_t from; /* PICK_NULL: full */
	struct pick changes;
	bool full;
};

int answered_watch(struct answered_body, struct answered_watch *, cvn_error *);

/* An answer to a report: what is current. */
struct answered_report {
	int64_t version, catalog_version;
	const char *catalog_stamp, *head; /* in the body; NULL: not told */
};

int answered_report(struct answered_body, struct answered_report *, cvn_error *);

/* The three bodies of which a configuration is made, in the order in which they are asked for. */
enum { ANSWERED_CATALOG, ANSWERED_VALUES, ANSWERED_RULES, ANSWERED_BODIES };

/*
 * The configuration they make, unchecked, as resolved_snapshot() gives it. The catalog is read first
 * and its version and stamp come with the rules again: when they are the same, nothing of it has
 * changed between, and the three are one; else *moved says to ask again. The caller must give it up
 * with snapshot_unref(). NULL: see the error, or *moved.
 */
struct snapshot *answered_snapshot(const struct answered_body bodies[ANSWERED_BODIES], bool *moved,
				   cvn_error *);

/*
 * The configuration after the changes of a watch, as above; from must be what they are relative to, its
 * parameters those of the answer's catalog version. NULL: see the error.
 */
struct snapshot *answered_changes(const struct snapshot *from, struct answered_watch *, cvn_error *);

/* The sentence of a problem+json, in its body; NULL: it has none. */
const char *answered_problem(struct answered_body);

#endif
