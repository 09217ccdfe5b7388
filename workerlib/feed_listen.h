#ifndef CVN_WORKERLIB_FEED_LISTEN_H
#define CVN_WORKERLIB_FEED_LISTEN_H
/*
 * The direct feed: one connection to PostgreSQL that listens, reads and reports.
 *
 * A notification is a hint: it makes the feed read, everything of the environment in one statement, and so in
 * one snapshot. LISTEN is committed before the first read, so nothing falls between the two. A heartbeat is
 * one statement that reports and returns the current version, so a lost notification costs one heartbeat.
 * Every step has a deadline; any doubt ends the connection, and a fresh one starts over after a random pause
 * (full jitter, 0.2 s doubling to 10 s).
 */
#include "workerlib/feed.h"

/* The caller must free it with kind->free(). NULL: see the error. Connects in dispatch. */
struct feed *feed_listen_new(const char *database, const struct feed_identity *, const struct feed_client *,
			     cvn_error *);

#endif
