#ifndef CVN_CORE_WORKER_REPORT_H
#define CVN_CORE_WORKER_REPORT_H
/*
 * The report of a worker on the long-poll feed, as its two ends word it: POST
 * WORKER_REPORT_PATH, the worker's id, WORKER_REPORT_VERB. The answer,
 * {"version","catalog_version","catalog_stamp","head"}, says what is current; head is the
 * digest of that version's row of the history: another one of the same version is another
 * history, as another stamp of the same catalog version is another catalog.
 */
#define WORKER_REPORT_PATH "/api/workers/"
#define WORKER_REPORT_VERB "/report"

#define WORKER_REPORT_APPLIED_MS "applied_ms"
#define WORKER_REPORT_APPLIED_VERSION "applied_version"
#define WORKER_REPORT_BUILD "build"
#define WORKER_REPORT_CLOSED "closed"
#define WORKER_REPORT_CONFIG_HASH "config_hash"
#define WORKER_REPORT_ENVIRONMENT "environment"
#define WORKER_REPORT_ID "worker_id"
#define WORKER_REPORT_APPLIED_AT "applied_at"
#define WORKER_REPORT_WAITING_SINCE "waiting_since"
#define WORKER_REPORT_FORBIDDEN "forbidden_applies"
#define WORKER_REPORT_INSTANCE "instance" /* a name that the process made at its start */
#define WORKER_REPORT_NOTIFIED_MS "notified_ms"
#define WORKER_REPORT_PENDING "pending"
#define WORKER_REPORT_REJECTED "rejected"
#define WORKER_REPORT_RESTART_REQUIRED "restart_required"
#define WORKER_REPORT_FROM_CACHE "started_from_cache"
#define WORKER_REPORT_STATE "state"
#define WORKER_REPORT_WAITING_FOR "waiting_for"
#define WORKER_REPORT_WAITING_MS "waiting_ms"

/* Of the answer. */
#define WORKER_REPORT_VERSION "version"
#define WORKER_REPORT_CATALOG_VERSION "catalog_version"
#define WORKER_REPORT_CATALOG_STAMP "catalog_stamp"
#define WORKER_REPORT_HEAD "head"

#endif
