#ifndef CVN_NOTIFIER_WIRE_H
#define CVN_NOTIFIER_WIRE_H
/*
 * A database connection that is kept: fcgi/db/async driven by libevent, and opened afresh with full-jitter
 * backoff (0.2 to 10 s) whenever there is any doubt about it.
 */
#include <stdbool.h>
#include <stdint.h>

#include "fcgi/db/async.h"

struct event_base;
struct wire;

struct wire_owner {
	/* Connected: ask what must be asked first. */
	void (*up)(void *arg);
	/* It was up, or tried to be; all its queries have failed. */
	void (*down)(void *arg, const char *reason);
	async_notice *notice;
	void *arg;
};

/* program names the connection in pg_stat_activity. The caller must free it with wire_free(). */
struct wire *wire_new(struct event_base *, const char *conninfo, const char *program,
		      const struct wire_owner *);
void wire_free(struct wire *);

bool wire_up(const struct wire *);

/* As async_query(). False: it is down, and done is never called. */
bool wire_query(struct wire *, const struct async_statement *, const char *const *params, async_done *,
		void *arg);

/* The owner doubts this connection: it is closed (not before the owner returns) and opened afresh. */
void wire_doubt(struct wire *, const char *reason);

/* The owner has what it wants: the next failure starts with the shortest backoff again. */
void wire_trust(struct wire *);

#endif
