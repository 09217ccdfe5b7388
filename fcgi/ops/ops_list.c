#include "fcgi/ops/ops_list.h"

#include "fcgi/db/db_config.h"
#include "fcgi/db/db_list.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_outcome.h"
#include "fcgi/ops/ops_who.h"

/* Some tenths of a second. */
enum { VERIFY_PART = 20000 };

enum code ops_list_environments(struct ops *ops, const struct who *who, struct text *json,
				struct error *error)
{
	struct db_rows *rows = NULL;
	struct text readable = {.bytes = NULL};

	ops_who_environments(who, &readable);
	enum db_outcome outcome = db_list_environments(ops->db, readable.bytes, &rows);
	text_free(&readable);
	return ops_outcome_document(ops, outcome, "list", rows, 0, json, error);
}

enum code ops_list_catalog(struct ops *ops, struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_list_catalog(ops->db, &rows);

	return ops_outcome_document(ops, outcome, "list", rows, 0, json, error);
}

enum code ops_list_variable(struct ops *ops, const char *name, int64_t *version, struct text *json,
			    struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_list_variable(ops->db, name, &rows);

	*version = db_rows_integer(rows, 0, DOCUMENT_VERSION);
	return ops_outcome_document(ops, outcome, "parameter", rows, DOCUMENT_JSON, json, error);
}

enum code ops_list_rules(struct ops *ops, struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_list_rules(ops->db, &rows);

	return ops_outcome_document(ops, outcome, "list", rows, 0, json, error);
}

enum code ops_list_workers(struct ops *ops, const struct who *who, const char *environment, struct text *json,
			   struct error *error)
{
	struct db_rows *rows = NULL;
	struct text readable = {.bytes = NULL};

	ops_who_environments(who, &readable);
	enum db_outcome outcome = db_list_workers(ops->db, readable.bytes, environment, &rows);
	text_free(&readable);
	return ops_outcome_document(ops, outcome, "list", rows, 0, json, error);
}

enum code ops_list_history(struct ops *ops, const struct who *who, const struct ops_history_filter *filter,
			   int64_t *next_id, struct text *page, struct error *error)
{
	struct db_rows *rows = NULL;
	struct text readable = {.bytes = NULL};

	ops_who_environments(who, &readable);
	const struct db_list_history statement = {
		.environment = filter->environment,
		.name = filter->name,
		.changed_by = filter->changed_by,
		.request_id = filter->request_id,
		.change_id = filter->change_id,
		.since = filter->since,
		.until = filter->until,
		.before = filter->after,
		.limit = filter->limit,
		.form = filter->form,
		.readable = readable.bytes,
	};
	enum db_outcome outcome = db_list_history(ops->db, &statement, &rows);
	text_free(&readable);
	*next_id = db_rows_integer(rows, 0, 0);
	return ops_outcome_document(ops, outcome, "list", rows, 1, page, error);
}

enum code ops_list_verify(struct ops *ops, const struct who *who, const char *environment,
			  struct ops_verdict *verdict, struct error *error)
{
	struct db_rows *rows = NULL;

	enum code code = ops_who_need(who, ROLE_OPERATORS, environment, error);
	if (code != CODE_OK)
		return code;
	ops_start(ops);
	enum db_outcome outcome = db_list_verify(ops->db, environment, verdict->after, VERIFY_PART, &rows);
	verdict->after += VERIFY_PART;
	verdict->checked += db_rows_integer(rows, 0, VERIFY_CHECKED);
	if (verdict->broken_at == 0)
		verdict->broken_at = db_rows_integer(rows, 0, VERIFY_BROKEN_AT);
	verdict->ended = db_rows_bool(rows, 0, VERIFY_ENDED);
	db_rows_free(rows);
	return ops_outcome_code(ops, outcome, "environment", error);
}
