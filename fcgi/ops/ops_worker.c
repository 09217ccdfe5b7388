#include "fcgi/ops/ops_worker.h"

#include <stdio.h>

#include "fcgi/db/db_rows.h"
#include "fcgi/db/db_worker.h"
#include "fcgi/ops/ops_outcome.h"
#include "fcgi/ops/ops_who.h"

static const char *either(const char *text, const char *fallback)
{
	return text == NULL ? fallback : text;
}

enum code ops_worker_report(struct ops *ops, const struct who *who, const struct ops_worker_report *report,
			    struct ops_worker_current *current, struct error *error)
{
	struct db_rows *rows = NULL;

	enum code code = ops_who_need(who, ROLE_WORKER, report->environment, error);
	if (code != CODE_OK)
		return code;
	const struct db_worker_report statement = {
		.worker_id = report->worker_id,
		.environment = report->environment,
		.build = either(report->build, ""),
		.feed = "longpoll",
		.state = report->state,
		.version = report->version,
		.config_hash = report->config_hash,
		.waiting_for = report->waiting_for,
		.waiting_ms = report->waiting_ms,
		.pending = either(report->pending, "[]"),
		.restart_required = either(report->restart_required, "[]"),
		.rejected = report->rejected,
		.applied_ms = report->applied_ms,
		.forbidden = either(report->forbidden, "0"),
		.notified_ms = report->notified_ms,
		.closed = either(report->closed, "false"),
		.from_cache = either(report->from_cache, "false"),
		.instance = report->instance,
		.waiting_since = report->waiting_since,
		.applied_at = report->applied_at,
	};
	enum db_outcome outcome = db_worker_report(ops->db, &statement, &rows);
	current->version = db_rows_integer(rows, 0, REPORT_VERSION);
	current->catalog_version = db_rows_integer(rows, 0, REPORT_CATALOG_VERSION);
	snprintf(current->catalog_stamp, sizeof current->catalog_stamp, "%s",
		 either(db_rows_text(rows, 0, REPORT_CATALOG_STAMP), ""));
	snprintf(current->head, sizeof current->head, "%s", either(db_rows_text(rows, 0, REPORT_HEAD), ""));
	db_rows_free(rows);
	return ops_outcome_code(ops, outcome, "environment", error);
}
