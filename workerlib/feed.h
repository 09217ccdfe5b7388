#ifndef CVN_WORKERLIB_FEED_H
#define CVN_WORKERLIB_FEED_H
/*
 * Where configurations come from and reports go to: something with a descriptor and a deadline that a loop
 * dispatches, and that calls back. It keeps its link up by itself. Two kinds: feed_listen.h, feed_poll.h.
 */
#include <stdbool.h>
#include <stdint.h>

#include "workerlib/cvnworker.h"

struct report;
struct snapshot;

/* What a feed calls, from inside dispatch. */
struct feed_client {
	void *arg;
	/* A configuration, newer or not; the client owns it. False: could not be taken in now, read it again.
	 */
	bool (*received)(void *arg, struct snapshot *take);
	/* Fills a report, about to be sent; the feed frees its content. False: no memory, later. */
	bool (*report)(void *arg, struct report *);
	/* The platform has the report of that number. */
	void (*reported)(void *arg, uint64_t number);
	/* The link came up (why is NULL) or went down: CVN_E_LINK, or CVN_E_REFUSED when it was told no. */
	void (*link)(void *arg, int code, const char *why);
};

struct feed {
	const struct feed_kind *kind;
};

struct feed_kind {
	/* Does all that can be done now. Never blocks. */
	void (*dispatch)(struct feed *, int64_t now);
	/* What to wait on, or -1; *events as for poll(). It is another one whenever *serial changes. */
	int (*descriptor)(const struct feed *, short *events, uint64_t *serial);
	/* When to dispatch at the latest, in clock_ms() terms. */
	int64_t (*deadline)(const struct feed *);
	/* There is news to report, as soon as possible. */
	void (*news)(struct feed *);
	/* In a child of the process that made it, which must not disturb the parent's link: lets go of the
	 * descriptors, says nothing and frees nothing. No other call may follow. */
	void (*abandon)(struct feed *);
	void (*free)(struct feed *);
};

/* What every kind of feed is told. Texts are borrowed for the feed's life. */
struct feed_identity {
	const char *environment;
	const char *worker_id;
	const char *build;
	const char *instance; /* this process, in its reports */
	int heartbeat_ms;
};

#endif
