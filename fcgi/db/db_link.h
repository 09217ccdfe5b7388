#ifndef CVN_DB_LINK_H
#define CVN_DB_LINK_H
/* Inside fcgi/db: the connection behind db.h, its queue and its clock. */
#include <libpq-fe.h>

#include "fcgi/db/db.h"

enum { LINK_QUEUE = 32, LINK_PREPARED = 128 };

enum link_kind { LINK_QUERY, LINK_PREPARE, LINK_SYNC };

/* What is under way; into NULL: the answer only has to be a success. */
struct link_queued {
	enum link_kind kind;
	const struct db_statement *statement; /* NULL: of no statement in particular */
	struct db_rows **into;
};

struct db {
	char *conninfo;
	char *program;
	PGconn *conn;     /* NULL: not connected */
	int64_t deadline; /* milliseconds of the monotonic clock */
	int64_t late_until; /* a deadline passed less than a second before that */
	bool hasty; /* the deadline is a short one, so it says nothing new when it passes */
	const struct db_statement *prepared[LINK_PREPARED];
	size_t n_prepared;
	struct link_queued queue[LINK_QUEUE];
	size_t n_queued;
	bool failed; /* something could not even be queued: the flush says so */
	bool outdated; /* what is prepared no longer fits the schema: the next request connects anew */
	bool in_transaction;
	bool unsure;
	char sqlstate[6];
	struct error error;
};

int64_t db_link_now(void);

/* Connects where there is no live connection. False: not within the deadline, and the error is set. */
bool db_link_ready(struct db *);

/* Ends the connection and forgets what was queued. */
void db_link_close(struct db *);

/* Sets the error to CODE_UNAVAILABLE with libpq's or the given words, and closes. Returns DB_BROKEN. */
enum db_outcome db_link_lose(struct db *, const char *why);

/* The next result of the pipeline; *result is NULL at the end of a statement's. False: lost (and closed). */
bool db_link_result(struct db *, PGresult **result);

#endif
