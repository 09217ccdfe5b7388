#ifndef CVN_WORKERLIB_WORKER_H
#define CVN_WORKERLIB_WORKER_H
/* A worker: an engine, a feed, and what joins them. worker.c, receive.c, pump.c and read.c share it. */
#include <pthread.h>
#include <stdatomic.h>

#include "workerlib/cache.h"
#include "workerlib/engine.h"
#include "workerlib/feed.h"
#include "workerlib/home.h"
#include "workerlib/instance.h"

struct cvn_worker {
	struct home home; /* the process that it belongs to */
	struct engine engine;
	struct feed *feed;
	struct cache *cache; /* NULL: none */
	char *environment, *worker_id, *build;
	char instance[INSTANCE_NAME];

	/* The pump: one descriptor for all that may wake it. */
	int epoll_fd; /* -1: none */
	int wake_fd;  /* an eventfd; -1: none */
	int feed_epoll; /* within the first, with the feed's descriptor alone; -1: none */
	int feed_fd;    /* as that knows it; -1: none */
	short feed_events;
	uint64_t feed_serial;
	atomic_bool news; /* to be told to the feed */

	/* The link, as the feed tells it. */
	atomic_bool up;
	bool loaded;       /* the first configuration is in force */
	bool heard;        /* a report has arrived */
	cvn_error failure; /* what went wrong first, while opening */
	uint64_t reported; /* the last number that arrived */

	/* The disk. */
	atomic_bool cached;     /* what is in force came from it, and nothing has come from the platform */
	bool from_cache;        /* it was so at the start */
	int64_t cache_age_s;    /* as it was then */
	bool begun;             /* the caller can be told; what open found, it has been */
	int64_t cache_write_at; /* when the cache is worth to be written again */
	bool cache_fails;       /* and that was told */

	pthread_t thread;
	bool started;
	atomic_bool stopping;

	void (*on_apply)(void *, const cvn_applied *);
	void *on_apply_arg;
	int (*on_validate)(void *, const cvn_proposed *, cvn_error *);
	void *on_validate_arg;
	void (*on_event)(void *, const cvn_event *);
	void *on_event_arg;
};

/* Whether this is a child of the process that opened it: then no lock may be waited for and nothing sent. */
static inline bool worker_is_forked(const cvn_worker *w)
{
	return home_is_elsewhere(&w->home);
}

#endif
