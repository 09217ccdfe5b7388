#include "workerlib/reported.h"

#include <stdio.h>
#include <string.h>

#include "workerlib/cell.h"
#include "workerlib/feed.h"
#include "workerlib/report.h"

const char reported_sql[] =
	"select version, catalog_version, head from worker_report($1, $2, $3, 'listen', $4, $5::bigint,"
	" $6, $7, $8::bigint, $9::jsonb, $10::jsonb, $11::jsonb, $12::bigint, $13::bigint, $14::bigint,"
	" $15::bool, $16::bool, $17)";

enum column { VERSION, CATALOG_VERSION, HEAD };

/* The text of an integer in its place, or NULL for one below zero. */
static const char *integer_text(char out[REPORTED_INTEGER], int64_t value)
{
	snprintf(out, REPORTED_INTEGER, "%lld", (long long)value);
	return value < 0 ? NULL : out;
}

void reported_fill(struct reported *t, const struct feed_identity *identity, const struct report *r,
		   int64_t notified_ms)
{
	const char *const values[REPORTED_PARAMETERS] = {
		identity->worker_id,
		identity->environment,
		identity->build,
		r->state,
		integer_text(t->version, r->version),
		r->config_hash,
		r->waiting_for,
		integer_text(t->waiting, r->waiting_for ? r->waiting_ms : -1),
		r->pending.bytes,
		r->restart_required.bytes,
		r->rejected.bytes,
		integer_text(t->applied, r->applied_ms),
		integer_text(t->forbidden, (int64_t)r->forbidden),
		integer_text(t->notified, notified_ms),
		r->closed ? "true" : "false",
		r->from_cache ? "true" : "false",
		identity->instance,
	};

	memcpy(t->values, values, sizeof(values));
}

bool reported_answer(const PGresult *result, struct reported_current *current)
{
	if (PQntuples(result) != 1)
		return false;
	current->version = cell_integer(result, 0, VERSION);
	current->catalog_version = cell_integer(result, 0, CATALOG_VERSION);
	current->head = cell_text(result, 0, HEAD);
	return true;
}
