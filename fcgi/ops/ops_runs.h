#ifndef CVN_OPS_RUNS_H
#define CVN_OPS_RUNS_H
/* Runs, and the parameter sets that they are pinned to. */
#include "fcgi/ops/ops.h"
#include "fcgi/proc/text.h"
#include "workerlib/core/config.h"

struct json_object;
struct who;

/* A run as it is in the database. {0} is empty; what it holds is freed with ops_run_free(). */
struct ops_run {
	struct text json; /* as the wire carries it */
	char kind[16];
	char environment[32];
	char hash[65];
	int64_t config_version;
	bool created; /* by this call; else it was there already */
};
void ops_run_free(struct ops_run *);

/* factors and code_version are objects, or NULL as good as empty ones. */
struct ops_runs_put {
	const char *run_id, *kind, *environment, *request_id;
	struct json_object *factors, *code_version;
	const struct who *who;
};

/* What is wrong with factors and code_version. The names belong to them. Free the array with free(). */
struct ops_runs_refused {
	struct violation *violations;
	size_t n;
};

/*
 * Freezes what the environment resolves to now and binds a new run to it, in one transaction; or finds
 * the run that the same request has made before, however the configuration has moved since.
 * CODE_FORBIDDEN for who is no editor there; CODE_NOT_FOUND; CODE_RUN_CONFLICT when the id is of another
 * run; CODE_INVALID with what is refused: numbers that are no safe integers, and factors with the name of
 * a parameter that the catalog has not, or excludes.
 */
enum code ops_runs_put(struct ops *, const struct ops_runs_put *, struct ops_run *, struct ops_runs_refused *,
		       struct error *);

/* A new run with the set of another one; the codes are as above, for the environment of that run. */
struct ops_runs_rerun {
	const char *run_id, *of, *request_id;
	const struct who *who;
};
enum code ops_runs_rerun(struct ops *, const struct ops_runs_rerun *, struct ops_run *, struct error *);

/* Where a run stands: [a-z][a-z_]{0,31}, checked by the caller. */
enum code ops_runs_status(struct ops *, const struct who *, const char *run_id, const char *status,
			  struct ops_run *, struct error *);

/* Of the environments where who holds a role; anything else is not found. */
enum code ops_runs_get(struct ops *, const struct who *, const char *run_id, struct text *json,
		       struct error *);
enum code ops_runs_diff(struct ops *, const struct who *, const char *left, const char *right,
			struct text *json, struct error *);
enum code ops_runs_set(struct ops *, const struct who *, const char *hash, struct text *json, struct error *);

/* Filters may be NULL; after_us and after_id are the two parts of a cursor. */
struct ops_runs_filter {
	const char *kind, *environment, *hash, *after_us, *after_id, *limit;
};
/* json gets the array, next the cursor of the next page; it stays empty after the last. */
enum code ops_runs_list(struct ops *, const struct who *, const struct ops_runs_filter *, struct text *next,
			struct text *json, struct error *);

#endif
