#ifndef CVN_DB_ASYNC_H
#define CVN_DB_ASYNC_H
/*
 * One PostgreSQL connection that never blocks: the owner watches async_fd() as async_wants() says, calls
 * async_step() when it is ready or a deadline has passed, and gets its answers by callback. Time is an
 * argument, in milliseconds of a clock that only rises. No event loop is known here.
 *
 * Whatever goes wrong (refused, cut, a missed deadline, no memory) the connection is broken for good: close
 * it and open another. Nothing is reset in place, so no half state survives.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct async;
struct async_rows;

enum async_state { ASYNC_CONNECTING, ASYNC_READY, ASYNC_BROKEN };

/*
 * The answer to one query. rows is NULL when it failed, and then sqlstate is its five letters, or "" when the
 * connection went. rows and sqlstate live until the callback returns. It may queue queries, never close.
 */
typedef void async_done(void *arg, const struct async_rows *rows, const char *sqlstate);

/* A notification, delivered before the answers that arrived with it. */
typedef void async_notice(void *arg, const char *channel, const char *payload);

/*
 * Starts to connect; must be ready by deadline.
 * NULL: no memory. The caller must free it with async_close().
 */
struct async *async_open(const char *conninfo, const char *program, int64_t deadline, async_notice *,
			 void *arg);

/*
 * Ends the connection. Queries without an answer fail now,
 * in order, with sqlstate "". async_close(NULL) is ok.
 */
void async_close(struct async *);

enum async_state async_state(const struct async *);

/* Why it is broken, one line; "" when it is not. */
const char *async_reason(const struct async *);

/*
 * The socket to watch (it may change while connecting), or -1;
 * what to wait for; and the next deadline, or -1.
 */
int async_fd(const struct async *);
void async_wants(const struct async *, bool *read, bool *write);
int64_t async_deadline(const struct async *);

/*
 * Moves on: reads, writes, drains all notifications, starts the next query, fails what is late. ready: the
 * socket is, for what async_wants() said; without it a connection that is still being made only grows older.
 */
void async_step(struct async *, int64_t now, bool ready);

/* A statement; its texts must outlive the connection. */
struct async_statement {
	const char *sql;
	int n_params;
	int64_t timeout_ms; /* from being sent to being answered, or the connection is broken */
	/*
	 * Under which it is prepared when it is asked first, no other's.
	 * NULL: it comes so seldom that planning it each time costs less.
	 */
	const char *name;
};

/*
 * Queues a statement with its parameters in text form (copied; NULL is null).
 * False: no memory or broken, and done is never called.
 */
bool async_query(struct async *, const struct async_statement *, const char *const *params, async_done *,
		 void *arg);

/* Queries that have no answer yet. */
size_t async_pending(const struct async *);

/* Reading an answer. Text is NULL for null; numbers are 0 for null. */
int async_count(const struct async_rows *);
const char *async_text(const struct async_rows *, int row, int column);
int64_t async_int(const struct async_rows *, int row, int column);
double async_real(const struct async_rows *, int row, int column);

#endif
