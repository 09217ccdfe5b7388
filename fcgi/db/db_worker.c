#include "fcgi/db/db_worker.h"

#include <string.h>

/* Of a time that the caller tells; one that is to come is now. */
#define AGE_MS(time) \
	"(greatest(0, extract(epoch from clock_timestamp() - " time "::timestamptz)) * 1000)::bigint"

enum db_outcome db_worker_report(struct db *db, const struct db_worker_report *r, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "worker_report",
		.sql = "select version, catalog_version, head, (select s.stamp from catalog_state s)"
		       " from worker_report($1, $2, $3, $4, $5,"
		       " $6::bigint, $7, $8, coalesce($9::bigint, " AGE_MS("$19") "), $10::jsonb,"
		       " $11::jsonb, $12::jsonb, coalesce($13::bigint, " AGE_MS("$20") "),"
		       " $14::bigint, $15::bigint, $16::bool, $17::bool, $18)",
		.n_params = 20,
	};
	enum db_outcome outcome =
		db_query(db, &statement,
			 (const char *const[]){r->worker_id, r->environment, r->build, r->feed, r->state,
					       r->version, r->config_hash, r->waiting_for, r->waiting_ms,
					       r->pending, r->restart_required, r->rejected, r->applied_ms,
					       r->forbidden, r->notified_ms, r->closed, r->from_cache,
					       r->instance, r->waiting_since, r->applied_at},
			 rows);

	return strcmp(db_sqlstate(db), "CV404") == 0 ? DB_NONE : outcome;
}
