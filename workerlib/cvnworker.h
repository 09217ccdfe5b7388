#ifndef CVNWORKER_H
#define CVNWORKER_H
/*
 * cvnworker: the configuration of a trading worker, applied at safe boundaries only.
 *
 * A worker opens its environment, resolves the parameters it reads into handles, and says where it is: in a
 * decision cycle, in a section that must not be disturbed, with a position open. The library listens, checks
 * what arrives with the same code that the server checks it with, puts it into force at the next safe
 * boundary, and reports to the platform what it has applied and what it waits for.
 *
 *	cvn_options *o = cvn_options_new();
 *	cvn_options_set(o, "database", "host=... dbname=cvn user=cvn_worker", &e);
 *	cvn_options_set(o, "environment", "paper", &e);
 *	cvn_options_set(o, "worker_id", "paper-1", &e);
 *	cvn_worker_open(o, &w, &e);
 *	cvn_worker_param(w, "CVN_ENTRY_THRESHOLD", CVN_DECIMAL, &threshold, &e);
 *	cvn_worker_start(w, &e);
 *	for (;;) {
 *		cvn_cycle_begin(w);
 *		... cvn_get_decimal(w, threshold) ...
 *		cvn_cycle_end(w);
 *		cvn_heartbeat(w);
 *	}
 *
 * Results: 0 is success, anything else is one of CVN_E_* and is in the caller's cvn_error too, with a
 * sentence. A NULL cvn_error is allowed. Nothing here prints, exits, or touches signals or the locale.
 *
 * Threads: a cvn_worker may be used from any number of threads at once, except cvn_worker_close(), which must
 * be the last call. Any text that a call returns lives until the next boundary call on the same thread (the
 * functions from cvn_cycle_begin() to cvn_heartbeat()). A configuration that was replaced is kept until every
 * thread that has read from this worker has made a boundary call or ended: a thread that only reads should
 * call cvn_heartbeat() or a cycle's two functions now and then, or what it may still see is kept for it. On
 * the library's own thread a text that a callback has read lives until the callback returns.
 *
 * Which thread does what is yours to choose: with cvn_worker_start() the library's own listens and
 * reports, else the one that calls cvn_worker_dispatch(). cvn_worker_param(), reads and boundary
 * calls may be made on any. Callbacks come on the listening thread; on_apply and the event
 * CVN_EVENT_APPLIED also on the thread of a boundary call.
 *
 * Forks: a worker stays with the process that opened it. In a child, reads give what was in force at
 * the fork; boundary calls and callbacks do nothing; the calls with a cvn_error give CVN_E_FORKED;
 * cvn_worker_close() lets go of the descriptors and leaves the memory as it is, for another thread
 * may have been at it. The parent's connection is never touched. A child that wants to follow opens
 * a worker of its own, under an id of its own.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* ---- errors ---- */

enum {
	CVN_OK = 0,
	CVN_E_ARGUMENT = 1,    /* an option or argument that cannot be */
	CVN_E_NO_MEMORY = 2,   /* what was before is still there */
	CVN_E_LINK = 3,        /* the platform cannot be reached, or does not answer in time */
	CVN_E_REFUSED = 4,     /* the platform answers, and says no: no such environment, no right */
	CVN_E_INVALID = 5,     /* a configuration that does not pass the checks */
	CVN_E_UNKNOWN = 6,     /* no such parameter, or it has no value */
	CVN_E_TYPE = 7,        /* the parameter is of another type */
	CVN_E_STATE = 8,       /* the call does not fit: a second start, a dispatch beside the thread */
	CVN_E_UNAVAILABLE = 9, /* this build cannot do that */
	CVN_E_SYSTEM = 10,     /* the operating system said no */
	CVN_E_FORKED = 11      /* this process is a child of the one that opened the worker */
};

typedef struct cvn_error {
	int code;         /* CVN_E_*; for on_validate, any number but 0 */
	char detail[256]; /* a sentence, NUL-terminated UTF-8 */
} cvn_error;

/* ---- options ---- */

typedef struct cvn_options cvn_options;

/* NULL: no memory. The caller must free it with cvn_options_free(). */
cvn_options *cvn_options_new(void);

/*
 * Names, and their values as text:
 *   database         the direct feed: a libpq connection string. It LISTENs, so no pool may be between
 *   url              instead, the long-poll feed: the platform's base URL, without /api
 *   watch_url        where to wait for changes, the notifier's own port (default: url)
 *   token            of role worker; needed with url
 *   environment      [a-z][a-z0-9-]{0,30}
 *   worker_id        [A-Za-z0-9._-]{1,64}, one of its own for each process
 *   build            what runs, for the operators' list: at most 128 bytes of printable UTF-8
 *                    (default: empty)
 *   heartbeat_ms     100..10000 (default 5000): how often the worker reports when nothing happens
 *   cache_dir        absolute: there the last good configuration is kept, for a start while the platform
 *                    cannot be reached (default: none is kept, and such a start fails)
 *   cache_max_age_s  older than that it is not used (default 86400)
 * An unknown name or a value that cannot be is CVN_E_ARGUMENT, and nothing changes.
 */
int cvn_options_set(cvn_options *, const char *name, const char *value, cvn_error *);

/* NULL does nothing. */
void cvn_options_free(cvn_options *);

/* ---- a worker ---- */

typedef struct cvn_worker cvn_worker;

/*
 * Connects, reads the environment's configuration, checks it, puts it into force as it is and reports so;
 * blocks for some seconds at most. Who may read and not report is refused. The options may be freed
 * afterwards. On success the caller must close *worker with cvn_worker_close(); on failure *worker is NULL.
 * There is no built-in default to fall back to: without a configuration there is no worker. With cache_dir,
 * and only when the platform cannot be reached, that is the last good one from disk, if its digest holds and
 * it is young enough: the state is CVN_CACHED until the platform has spoken.
 */
int cvn_worker_open(const cvn_options *, cvn_worker **worker, cvn_error *);

/*
 * Stops the thread, tells the platform (waits a second for that at most), frees everything. NULL does
 * nothing. No other thread may be inside a call, or make one afterwards.
 */
void cvn_worker_close(cvn_worker *);

/* Starts a background thread that listens and reports. It has every signal blocked. Once per worker. */
int cvn_worker_start(cvn_worker *, cvn_error *);

/*
 * Instead of the thread, in a loop of your own: wait until the descriptor is readable or the time is over
 * (-1: no limit), then dispatch; it never blocks, but for the resolver when the direct feed must look a host
 * name up to reconnect, and for the disk when cache_dir is set and a configuration has come. Over https,
 * ignore SIGPIPE in that thread: OpenSSL writes to sockets without asking to be spared it (the library's own
 * thread has it blocked). The descriptor is one for the worker's life; do not close it. Call dispatch from
 * one thread at a time. A link that is down is not an error of dispatch (see cvn_worker_state()).
 */
int cvn_worker_fd(const cvn_worker *);
int cvn_worker_timeout_ms(const cvn_worker *);
int cvn_worker_dispatch(cvn_worker *, cvn_error *);

/* When several hold, the first of: cached, offline, rejected, restart required, pending, current. */
typedef enum cvn_state {
	CVN_CURRENT,
	CVN_PENDING,          /* something waits for its boundary */
	CVN_RESTART_REQUIRED, /* something waits for the next start */
	CVN_REJECTED,         /* the newest configuration was refused; the last good one is in force */
	CVN_OFFLINE,          /* the link is lost; the last good configuration is in force */
	CVN_CACHED            /* started from disk, and nothing has come from the platform since */
} cvn_state;

cvn_state cvn_worker_state(const cvn_worker *);

/* To tag metrics with: every version up to it is applied, or waits for the restart. Steady inside a cycle. */
int64_t cvn_worker_version(const cvn_worker *);

/* SHA-256 of the values in force, 64 hex digits. */
const char *cvn_worker_config_hash(const cvn_worker *);

/*
 * Both at once, as they belong together: what metrics,
 * orders and logs of this moment are to be tagged with.
 */
typedef struct cvn_tag {
	int64_t config_version_id; /* cvn_worker_version() */
	char config_hash[65];      /* cvn_worker_config_hash() */
} cvn_tag;

void cvn_worker_tag(const cvn_worker *, cvn_tag *);

/*
 * The tag as Prometheus writes labels: config_version_id="12",config_hash="9f86...". Writes at most n bytes
 * with the NUL; returns the length without it that the whole has, as snprintf() does.
 */
int cvn_tag_labels(const cvn_tag *, char *out, size_t n);

/* How often something came into force inside a cycle or a section, measured where it happens. Must be 0. */
uint64_t cvn_worker_forbidden_applies(const cvn_worker *);

/* ---- parameters ---- */

typedef enum cvn_type {
	CVN_BOOL,
	CVN_INT,
	CVN_DECIMAL,
	CVN_STRING,
	CVN_ENUM,
	CVN_DURATION,
	CVN_LIST
} cvn_type;

/* A resolved parameter of one worker; a plain value. */
typedef struct cvn_param {
	uint32_t slot;
} cvn_param;

/*
 * CVN_E_UNKNOWN: the environment has no such parameter, or it has no value, or what waits for a
 * boundary takes it away. CVN_E_TYPE: it is of another type. Never a default. From then on a
 * change of the parameter's type, or its loss, waits for the restart. A name that was resolved
 * before, for the same type, is found without a lock.
 */
int cvn_worker_param(cvn_worker *, const char *name, cvn_type, cvn_param *, cvn_error *);

/*
 * Reads: no lock, no look-up, no allocation but once per thread. Use the function of the handle's type.
 * Within a cycle or a section all reads on all threads see one configuration; outside, the next read may see
 * the next one. A decimal is the nearest double; cvn_get_string() gives any type's canonical text.
 */
bool cvn_get_bool(const cvn_worker *, cvn_param);
int64_t cvn_get_int(const cvn_worker *, cvn_param);
double cvn_get_decimal(const cvn_worker *, cvn_param);
int64_t cvn_get_duration_ms(const cvn_worker *, cvn_param);
const char *cvn_get_string(const cvn_worker *, cvn_param);

/* ---- boundaries ---- */

/*
 * Where the worker is. All are counted, so that cycles of several threads and positions side by side nest; an
 * end without its begin, or what is no section, is ignored. Nothing comes into force while a cycle or section
 * is open. What waits comes into force inside the call that opens its way, on the calling thread; when
 * nothing is open, also on the thread that listens. Each takes a lock for a moment; none waits for the
 * network.
 *
 *   threshold, filter_flag, cooldown   between cycles
 *   risk_limit                         besides: if a position is open when it arrives (or opens before it
 *                                      came into force), at the first cvn_heartbeat() called with none open
 *   not hot reloadable                 at the next start, whatever the category
 *
 * Parameters changed together come into force together, at the strictest of their boundaries.
 */
typedef enum cvn_section { CVN_SECTION_INFERENCE, CVN_SECTION_ORDER, CVN_SECTION_RECONCILE } cvn_section;

void cvn_cycle_begin(cvn_worker *);
void cvn_cycle_end(cvn_worker *);
void cvn_position_open(cvn_worker *);
void cvn_position_close(cvn_worker *);
void cvn_section_enter(cvn_worker *, cvn_section);
void cvn_section_leave(cvn_worker *, cvn_section);
void cvn_heartbeat(cvn_worker *);

/* ---- callbacks ---- */

typedef struct cvn_change {
	const char *name;
	const char *old_value; /* NULL: had none */
	const char *new_value; /* NULL: has none */
} cvn_change;

/* What came into force; borrowed for the call. */
typedef struct cvn_applied {
	const char *environment;
	int64_t version; /* cvn_worker_version() afterwards */
	const char *config_hash;
	const cvn_change *changes; /* by name */
	size_t n_changes;
} cvn_applied;

/* What has arrived and passed the checks; borrowed for the call. */
typedef struct cvn_proposed {
	const char *environment;
	int64_t version;
	const cvn_change *changes; /* against the last configuration accepted, by name */
	size_t n_changes;
} cvn_proposed;

/*
 * Set them before cvn_worker_start() or the first dispatch; NULL takes one away. They must not call
 * cvn_worker_close() or cvn_worker_dispatch().
 *
 * on_apply: after new values came into force, on the thread that let them (a boundary call's, or the
 * listening one), with no lock held. Not called for the configuration that the worker was opened with.
 *
 * on_validate: on the listening thread, before a configuration is accepted. Not 0: it is rejected, the detail
 * in the error is reported to the operators, and what was in force stays. The next configuration is compared
 * with the last one accepted, and must pass together with what was rejected unless it takes it back.
 */
void cvn_worker_on_apply(cvn_worker *, void (*)(void *arg, const cvn_applied *), void *arg);
void cvn_worker_on_validate(cvn_worker *, int (*)(void *arg, const cvn_proposed *, cvn_error *), void *arg);

/* What a log would want to know besides. */
typedef enum cvn_event_kind {
	CVN_EVENT_LINK_LOST,    /* detail: why */
	CVN_EVENT_LINK_BACK,    /* listening again, and caught up from here */
	CVN_EVENT_RECEIVED,     /* version was read and accepted; it may wait */
	CVN_EVENT_REJECTED,     /* version was read and refused; detail: why */
	CVN_EVENT_VERSION_FELL, /* the database is older than it was: all is read again; detail: how */
	CVN_EVENT_NO_MEMORY,    /* something could not be done and is tried again; the last good stays */
	CVN_EVENT_CACHED,       /* the worker was started from disk; detail: how old that is */
	CVN_EVENT_CACHE_FAILED, /* the configuration could not be kept on disk; detail: why */
	CVN_EVENT_APPLIED       /* version came into force, on the thread that let it; detail: its hash */
} cvn_event_kind;

typedef struct cvn_event {
	cvn_event_kind kind;
	int64_t version;
	const char *detail; /* never NULL */
} cvn_event;

/*
 * On the listening thread, CVN_EVENT_APPLIED also on that of a boundary call;
 * with no lock held; for a log.
 */
void cvn_worker_on_event(cvn_worker *, void (*)(void *arg, const cvn_event *), void *arg);

/*
 * What to call it in a log: "config_version_applied",
 * "listen_reconnect" and so on; NULL for what is no kind.
 */
const char *cvn_event_name(cvn_event_kind);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
