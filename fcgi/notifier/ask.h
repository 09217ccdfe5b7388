#ifndef CVN_NOTIFIER_ASK_H
#define CVN_NOTIFIER_ASK_H
/* What the notifier asks the database: every statement, with its columns and its deadline. */
#include <stdbool.h>

#include "fcgi/db/async.h"
#include "workerlib/core/watch.h"

struct wire;

enum ask {
	ASK_SETTINGS,      /* first of all, on every connection */
	ASK_LISTEN,        /* channel config_changed */
	ASK_LISTEN_EVENTS, /* channel config_event */
	ASK_LISTENING,     /* how many of the two channels this backend hears: 2, or a pooler is in between */
	ASK_COUNTS,        /* per environment: version and what has been saved so far */
	ASK_CATCH_UP,      /* what changed since the versions given, everywhere */
	ASK_NEWS,          /* the same of the environments given alone, without freezes and lock */
	ASK_CHANGES_OPEN,  /* change sets whose state may still move */
	ASK_CHANGES,       /* the state of those, and of the newer ones */
	ASK_RUNS,          /* runs bound to a parameter set within the last $1 seconds */
	ASK_AUTHENTICATE,  /* the roles of a token or a session */
	ASK_WATCH,         /* one environment, whole, or since a version whose head ($3) is our history's */
	ASK_WORKERS,       /* worker_status */
	ASK_MEASURES,      /* what the metrics want beside that, per environment */
	ASK_APPLIED,       /* who saved which parameters in the versions after $2, up to $3 */
	ASK_SCHEMA,        /* the latest patch */
	ASKS
};

enum { COUNTS_ENVIRONMENT, COUNTS_VERSION, COUNTS_SAVES, COUNTS_ROLLBACKS, COUNTS_ROW_HASH };
enum {
	CATCH_UP_ENVIRONMENT,
	CATCH_UP_VERSION,
	CATCH_UP_CATALOG,
	CATCH_UP_FREEZES, /* null: not asked */
	CATCH_UP_LOCK,    /* who holds it; empty: nobody; null: not asked */
	CATCH_UP_CHANGED_VERSION, /* null: nothing new */
	CATCH_UP_KIND,
	CATCH_UP_KEY, /* null: the version touched no parameter */
	CATCH_UP_ROW_HASH,
	CATCH_UP_SEEN_HASH, /* of the version that was given; null: there is none */
	CATCH_UP_STAMP /* of the catalog */
};
enum { CATCH_UP_VERSIONS = WATCH_CATCH_UP_VERSIONS }; /* further behind than this is a gap, not a delay */
enum { CHANGES_TOP, CHANGES_ID, CHANGES_ENVIRONMENT, CHANGES_STATE, CHANGES_CONTENT };
enum { CHANGES_SLACK = 200 }; /* a change set may be committed after this many younger ones */
enum { RUNS_ID, RUNS_KIND, RUNS_ENVIRONMENT, RUNS_HASH };
enum { AUTHENTICATE_LOGIN, AUTHENTICATE_NAME, AUTHENTICATE_ENVIRONMENT, AUTHENTICATE_ROLE };
enum {
	WATCHED_VERSION,
	WATCHED_CATALOG,
	WATCHED_NAME,
	WATCHED_VALUE,
	WATCHED_WHOLE,
	WATCHED_HEAD,
	WATCHED_STAMP
};
enum {
	WORKERS_ID,
	WORKERS_ENVIRONMENT,
	WORKERS_STATE,
	WORKERS_APPLIED,
	WORKERS_TARGET,
	WORKERS_LAG_VERSIONS,
	WORKERS_LAG_SECONDS,
	WORKERS_WAITING_FOR,
	WORKERS_APPLIED_AT, /* seconds of the epoch */
	WORKERS_RESTART_REQUIRED,
	WORKERS_DUPLICATE
};
enum {
	MEASURES_ENVIRONMENT,
	MEASURES_PENDING,
	MEASURES_FORBIDDEN,
	MEASURES_LATENCY_SUM,
	MEASURES_LATENCY_COUNT,
	MEASURES_QUEUE,
	MEASURES_BUCKETS, /* eleven columns */
	MEASURES_OLDEST_PENDING = MEASURES_BUCKETS + 11,
	MEASURES_FROZEN
};
enum { APPLIED_VERSION, APPLIED_BY, APPLIED_NAME };
enum { APPLIED_MOST = 200 }; /* rows of an answer; more is too many to be told one by one */
enum { MEASURES_LATENCY_BUCKETS = 11 };

/* Asks over a connection. False: it is down, and done is never called. */
bool ask(struct wire *, enum ask, const char *const *params, async_done *done, void *arg);

#endif
