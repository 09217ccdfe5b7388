#ifndef CVN_WORKERLIB_REPORTED_H
#define CVN_WORKERLIB_REPORTED_H
/* A report as the database takes it: the statement, its parameters, and what it is answered with. */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

struct feed_identity;
struct report;

enum { REPORTED_PARAMETERS = 17, REPORTED_INTEGER = 24 };

/* Records a report or a heartbeat; its result is for reported_answer(). */
extern const char reported_sql[];

/* The parameters' texts; those of integers are held here, all others are borrowed. */
struct reported {
	const char *values[REPORTED_PARAMETERS];
	char version[REPORTED_INTEGER], waiting[REPORTED_INTEGER], applied[REPORTED_INTEGER];
	char forbidden[REPORTED_INTEGER], notified[REPORTED_INTEGER];
};

/* notified_ms: since the last notification; -1: there was none. */
void reported_fill(struct reported *, const struct feed_identity *, const struct report *,
		   int64_t notified_ms);

/* What is current. */
struct reported_current {
	int64_t version, catalog_version;
	const char *head; /* of the history, as long as the result; NULL: there is none */
};

/* False: it was not answered. */
bool reported_answer(const PGresult *, struct reported_current *);

#endif
