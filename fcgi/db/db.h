#ifndef CVN_DB_DB_H
#define CVN_DB_DB_H
/*
 * One connection to PostgreSQL, for a process that does one thing at a time. It connects when
 * first needed and again after a loss; it never blocks longer than the budget of the request
 * under way. Statements travel in libpq's pipeline mode: what is queued by db_send() goes out,
 * and comes back, in one round trip at db_flush().
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/core/code.h"

struct db;
struct db_rows;

/*
 * How a statement or a transaction ended: with rows; without one (or: there is nothing to commit); refused by
 * concurrency, so that the same again may work; or not at all, and db_error() says why.
 */
enum db_outcome { DB_ROW, DB_NONE, DB_RETRY, DB_BROKEN };

/* A statement is prepared under its name once per connection. All parameters travel as text. */
struct db_statement {
	const char *name;
	const char *sql;
	int n_params;
	bool again; /* changes nothing, so it runs again when the connection was lost */
};

/* Does not connect yet. NULL: no memory. The caller must free it with db_free(). */
struct db *db_new(const char *conninfo, const char *program);
void db_free(struct db *);

/* A request begins: from now all calls together take at most so many milliseconds. */
void db_budget(struct db *, int milliseconds);

/*
 * The budget of a request: 1.5 s. Shorter for a second after one ran out: who comes then has waited behind
 * it, and is to hear of it within two seconds all the same.
 */
void db_start(struct db *);

/*
 * Why the last outcome was DB_BROKEN: CODE_UNAVAILABLE (no connection, no answer in time) or
 * CODE_INTERNAL (the server refused the statement). The detail is for the log, not for a client.
 * sqlstate is "" without an answer.
 */
const struct error *db_error(const struct db *);
const char *db_sqlstate(const struct db *);

/*
 * The last write of this request lost the answer to its COMMIT, and it is not known that it does not hold:
 * who cannot tell what came of it does not say that nothing was written.
 */
bool db_unsure(const struct db *);

/* No transaction is open and nothing is queued: what must hold between two requests. */
bool db_idle(const struct db *);

/*
 * Queues a statement; params has n_params texts, NULL is null, and is copied. *into (NULL, or
 * rows that are freed now) gets the answer at the flush and stays NULL when there is none. The
 * caller must free it with db_rows_free().
 */
void db_send(struct db *, const struct db_statement *, const char *const *params, struct db_rows **into);

/* One round trip for all that is queued. DB_ROW: every statement succeeded, whatever it returned. */
enum db_outcome db_flush(struct db *);

/*
 * One statement on its own; DB_ROW or DB_NONE by what it returned. One that is not `again` goes in a
 * transaction of its own, as of db_run(): were it to commit by itself, a server that stood still could do it
 * after we have said that it is away. With DB_NONE it has done nothing.
 */
enum db_outcome db_query(struct db *, const struct db_statement *, const char *const *params,
			 struct db_rows **into);

/*
 * One transaction: BEGIN travels with the first flush of `work`, COMMIT with what work queued last and did
 * not flush, but never with the first. work returns DB_ROW to commit, anything else to roll back; on DB_RETRY
 * (its own, or from the server) it runs again, so it must start from the beginning each time. DB_ROW comes
 * back only when COMMIT was answered with COMMIT, or, when that answer was lost, when pg_xact_status() says
 * so; then the rows of the last round trip are lost too.
 */
typedef enum db_outcome db_work(struct db *, void *arg);
enum db_outcome db_run(struct db *, db_work *, void *arg);

/*
 * Several reads of one moment, in one round trip: send queues them, and they share a snapshot.
 * DB_ROW: every one succeeded, whatever it returned.
 */
enum db_outcome db_read(struct db *, void (*send)(struct db *, void *arg), void *arg);

#endif
