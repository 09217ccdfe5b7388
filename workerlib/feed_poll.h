#ifndef CVN_WORKERLIB_FEED_POLL_H
#define CVN_WORKERLIB_FEED_POLL_H
/*
 * The long-poll feed: for workers that cannot, or in their numbers should not, hold a connection
 * to PostgreSQL each.
 *
 * Catalog, values and rules are read from the API once, and again when the catalog's version has
 * moved. Then one request waits at the watch for what is newer than the version held, and is asked
 * again after each answer; the reports go to the API meanwhile, and their answers say what is current.
 * A version that they tell and the watch does not, like any other doubt, ends all connections, and
 * fresh ones start over after a random pause as in feed_listen.h: with what lies between where the
 * version held can be trusted, else with everything.
 */
#include "workerlib/feed.h"

/*
 * Base URLs without /api; all is copied but the identity's texts. Connects in dispatch.
 * The caller must free it with kind->free(). NULL: see the error.
 */
struct feed *feed_poll_new(const char *url, const char *watch_url, const char *token,
			   const struct feed_identity *, const struct feed_client *, cvn_error *);

#endif
