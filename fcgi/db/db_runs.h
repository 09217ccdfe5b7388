#ifndef CVN_DB_RUNS_H
#define CVN_DB_RUNS_H
/* The statements of runs and parameter sets. What is `sent` comes back with the next db_flush(). */
#include "fcgi/db/db.h"

/* Column numbers of what comes back. */
enum { RUNS_LOCK_VERSION };
enum { RUNS_KIND, RUNS_ENVIRONMENT, RUNS_HASH, RUNS_CONFIG_VERSION, RUNS_JSON, RUNS_SAME };
enum { RUNS_BASE_ENV, RUNS_CATALOG };
enum { RUNS_PAGE_NEXT, RUNS_PAGE_JSON };

/* Keeps the run's id, the environment and the catalog for the transaction. No row: no such environment. */
void db_runs_send_lock(struct db *, const char *run_id, const char *environment, struct db_rows **);

/* A run, and whether its set holds just these factors and this code (JSON; NULL: not asked, and null). */
void db_runs_send_find(struct db *, const char *run_id, const char *factors, const char *code_version,
		       struct db_rows **);

/* What a set holds of an environment and of the catalog: two JSON objects, of one moment. */
void db_runs_send_resolved(struct db *, const char *environment, struct db_rows **);

/*
 * Freezes the canonical text and binds a new run to it;
 * refused with DB_RETRY when the id was taken meanwhile.
 */
struct db_runs_bind {
	const char *run_id, *kind, *environment, *hash, *canonical, *created_by, *request_id;
	int64_t config_version;
};
void db_runs_send_bind(struct db *, const struct db_runs_bind *);

/* Binds a new run to the set of another one, which must be there; DB_RETRY as above. */
void db_runs_send_rerun(struct db *, const char *run_id, const char *of, const char *created_by,
			const char *request_id);

void db_runs_send_status(struct db *, const char *run_id, const char *status);

/* A run on its own: the columns from RUNS_KIND on. */
enum db_outcome db_runs_find(struct db *, const char *run_id, struct db_rows **);

/* Only what was bound in the readable environments: names with commas, or "*". One column, the document. */
enum db_outcome db_runs_diff(struct db *, const char *readable, const char *left, const char *right,
			     struct db_rows **);
enum db_outcome db_runs_set(struct db *, const char *readable, const char *hash, struct db_rows **);

/*
 * A page, newest first. All filters may be NULL; before_us and before_id: only runs older than that one. Two
 * columns: the cursor of the next page, MICROSECONDS.ID, or null; the array.
 */
struct db_runs_list {
	const char *kind, *environment, *hash, *before_us, *before_id, *limit;
	const char *readable; /* as above; never NULL */
};
enum db_outcome db_runs_list(struct db *, const struct db_runs_list *, struct db_rows **);

#endif
