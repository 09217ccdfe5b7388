#ifndef CVN_CORE_WATCH_H
#define CVN_CORE_WATCH_H
/*
 * The workers' long poll, as its two ends word it: GET WATCH_PATH and the environment, with the query below.
 *
 * The answer is
 * {"environment","version","catalog_version","head","from","changes":{"NAME":"text"|null},"full"}: at once
 * when the environment's version is not the caller's, or the catalog's is not the one it names, else when one
 * of them moves, or unchanged after the wait. `changes` are the resolved values that differ from version
 * `from` (null: there is none any more), or with `full` all there are, and then `from` is null: for a caller
 * without a version, from one that is not there, too far behind, or of another history than its head says. A
 * catalog that moved by itself comes with the version unchanged and no changes. The stamp is of one state of
 * the catalog: another one of the same version means that a backup was restored.
 */
#define WATCH_PATH "/api/watch/"

#define WATCH_QUERY_VERSION "version"         /* that the caller has; none: it has nothing */
#define WATCH_QUERY_CATALOG "catalog_version" /* that it knows; none: whichever it is when the caller comes */
#define WATCH_QUERY_HEAD "head"               /* of its version in the history; none: not known */
#define WATCH_QUERY_WAIT "wait"               /* seconds, at most WATCH_WAIT_MAX_S */

enum { WATCH_CATCH_UP_VERSIONS = 1000 }; /* further behind is too far */
enum { WATCH_WAIT_S = 25, WATCH_WAIT_MAX_S = 60 };

/* Members of the answer. */
#define WATCH_ENVIRONMENT "environment"
#define WATCH_VERSION "version"
#define WATCH_CATALOG_VERSION "catalog_version"
#define WATCH_CATALOG_STAMP "catalog_stamp" /* missing: not known */
#define WATCH_HEAD "head" /* of the version in the history; missing: not known */
#define WATCH_FROM "from"
#define WATCH_CHANGES "changes"
#define WATCH_FULL "full"

#endif
