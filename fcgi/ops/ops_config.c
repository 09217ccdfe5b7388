#include "fcgi/ops/ops_config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fcgi/db/db_config.h"
#include "fcgi/ops/ops_outcome.h"
#include "fcgi/ops/ops_who.h"

static const char environment_word[] = "environment";

bool ops_match_holds(const struct ops_match *match, int64_t version)
{
	bool holds = match->any;

	for (size_t i = 0; i < match->n; i++)
		holds = holds || match->versions[i] == version;
	return holds;
}

static enum code read_version(struct ops *ops, const char *environment, int64_t *version, struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_config_version(ops->db, environment, &rows);

	*version = db_rows_integer(rows, 0, 0);
	db_rows_free(rows);
	return ops_outcome_code(ops, outcome, environment_word, error);
}

enum code ops_config_get(struct ops *ops, const char *environment, const struct ops_match *known, int64_t *version,
			 struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;

	if (known != NULL && known->given) {
		enum code code = read_version(ops, environment, version, error);
		if (code != CODE_OK || ops_match_holds(known, *version))
			return code;
	}
	enum db_outcome outcome = db_config_document(ops->db, environment, &rows);
	*version = db_rows_integer(rows, 0, DOCUMENT_VERSION);
	return ops_outcome_document(ops, outcome, environment_word, rows, DOCUMENT_JSON, json, error);
}

enum code ops_config_at(struct ops *ops, const char *environment, int64_t version, struct text *json,
			struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_config_at(ops->db, environment, version, &rows);

	return ops_outcome_document(ops, outcome, "version", rows, DOCUMENT_JSON, json, error);
}

enum code ops_config_get_one(struct ops *ops, const char *environment, const char *name, int64_t *version,
			     struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_config_value(ops->db, environment, name, &rows);

	*version = db_rows_integer(rows, 0, DOCUMENT_VERSION);
	return ops_outcome_document(ops, outcome, "environment or parameter", rows, DOCUMENT_JSON, json, error);
}

enum code ops_config_compare(struct ops *ops, const char *left, const char *right, struct text *json,
			     struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_config_compare(ops->db, left, right, &rows);

	return ops_outcome_document(ops, outcome, environment_word, rows, 0, json, error);
}

/* A plan or a save on its way through the transaction. */
struct work {
	struct ops *ops;
	const struct ops_save *save;
	struct ops_proposal *proposal;
	struct error *error;
	struct db_rows *written;
	struct text changes, diff;
	enum code code; /* why it ended, when the database is not the reason */
};

static void send_reads(struct db *db, const struct work *work)
{
	db_config_send_params(db, work->save->environment, &work->proposal->params_rows);
	db_config_send_rules(db, &work->proposal->rules_rows);
}

/* What was read, in the core's terms. */
static enum code take_reads(struct work *work)
{
	if (db_rows_count(work->proposal->state) == 0)
		return ops_outcome_code(work->ops, DB_NONE, environment_word, work->error);
	return ops_proposal_read(work->proposal, work->error);
}

static void send_plan(struct db *db, void *arg)
{
	struct work *work = arg;

	db_config_send_state(db, work->save->environment, &work->proposal->state);
	send_reads(db, work);
}

enum code ops_config_plan(struct ops *ops, const char *environment, struct change *changes, size_t n,
			  struct ops_proposal *proposal, struct error *error)
{
	const struct ops_save save = {.environment = environment};
	struct work work = {.ops = ops, .save = &save, .proposal = proposal, .error = error};

	if (!config_sort_changes(changes, n))
		return code_error(error, CODE_MALFORMED, "a parameter is named twice", NULL);
	enum db_outcome outcome = db_read(ops->db, send_plan, &work);
	if (outcome != DB_ROW)
		return ops_outcome_code(ops, outcome, environment_word, error);
	enum code code = take_reads(&work);
	if (code == CODE_OK)
		ops_proposal_apply(proposal, environment, changes, n, NULL);
	return code;
}

enum { NUMBER_MAX = 24 };

static const char *number(char text[NUMBER_MAX], int64_t value)
{
	snprintf(text, NUMBER_MAX, "%" PRId64, value);
	return text;
}

static enum code guard_freeze(const struct ops_save *save, const struct ops_proposal *p, struct error *error)
{
	if (p->frozen_seconds == 0)
		return CODE_OK;
	return code_error(error, CODE_FROZEN, save->environment, " is frozen until ", p->frozen_until,
			  ": nothing was written; save again after that", NULL);
}

static enum code guard_lock(const struct ops_save *save, const struct ops_proposal *p, struct error *error)
{
	if (p->locked_by == NULL || strcmp(p->locked_by, save->who->login) == 0)
		return CODE_OK;
	return code_error(error, CODE_LOCKED, p->locked_by, " holds the lock of ", save->environment,
			  ": nothing was written; ask for its release, or wait for it", NULL);
}

static enum code guard_match(const struct ops_save *save, const struct ops_proposal *p, struct error *error)
{
	const struct ops_match *match = &save->match;
	char now[NUMBER_MAX], sent[NUMBER_MAX];

	number(now, p->version);
	if (!match->given)
		return code_error(error, CODE_PRECONDITION_REQUIRED, "send the version that the change was made from, such as"
				  " If-Match: \"", now, "\" for the current one of ", save->environment,
				  ", or If-Match: * for whatever is current", NULL);
	if (ops_match_holds(match, p->version))
		return CODE_OK;
	return code_error(error, CODE_STALE, save->environment, " is at version ", now, ", and If-Match names ",
			  match->n == 0 ? "none" : match->n == 1 ? number(sent, match->versions[0]) : "others",
			  ": nothing was written; review the diff, then send If-Match: \"", now, "\"", NULL);
}

static enum code guard_critical(const struct ops_save *save, const struct ops_proposal *p, struct error *error)
{
	for (size_t i = 0; i < save->n; i++) {
		const char *name = ops_proposal_critical(p, i);
		if (name != NULL)
			return code_error(error, CODE_CRITICAL_REQUIRES_APPROVAL, name, " is critical: ",
					  code_message(CODE_CRITICAL_REQUIRES_APPROVAL), NULL);
	}
	return CODE_OK;
}

static enum code guard_valid(const struct ops_save *save, const struct ops_proposal *p, struct error *error)
{
	size_t n = p->result.n_violations;
	char more[NUMBER_MAX];

	(void)save;
	if (n == 0)
		return CODE_OK;
	number(more, (int64_t)n - 1);
	return code_error(error, CODE_INVALID, p->result.violations[0].name, ": ", p->result.violations[0].error.detail,
			  n == 1 ? NULL : "; and ", more, " more in errors", NULL);
}

static enum code guard_change(const struct ops_save *save, const struct ops_proposal *p, struct error *error)
{
	char now[NUMBER_MAX];

	if (p->result.n_diff > 0)
		return CODE_OK;
	return code_error(error, CODE_NO_CHANGE, "every value sent is in force in ", save->environment, " at version ",
			  number(now, p->version), " already", NULL);
}

/* In the order of the promise in the header. */
static enum code (*const guards[])(const struct ops_save *, const struct ops_proposal *, struct error *) = {
	guard_freeze, guard_lock, guard_match, guard_critical, guard_valid, guard_change,
};

static enum code judge(const struct work *work)
{
	enum code code = CODE_OK;

	for (size_t i = 0; code == CODE_OK && i < sizeof guards / sizeof *guards; i++)
		code = guards[i](work->save, work->proposal, work->error);
	return code;
}

static void send_write(struct work *work)
{
	const struct ops_save *save = work->save;

	text_free(&work->changes);
	text_free(&work->diff);
	ops_proposal_changes(work->proposal, &work->changes);
	ops_proposal_diff(work->proposal, &work->diff);
	db_config_send_write(work->ops->db,
			     &(struct db_config_write){
				     .environment = save->environment,
				     .kind = "save",
				     .base_version = work->proposal->version,
				     .changes = work->changes.bytes,
				     .diff = work->diff.bytes,
				     .content_hash = work->proposal->content_hash,
				     .changed_by = save->who->login,
				     .reason = save->reason,
				     .request_id = save->request_id,
			     },
			     &work->written);
}

/* Under the lock: read, let the core say what the changes do, judge, write. The write travels with the commit. */
static enum db_outcome save_work(struct db *db, void *arg)
{
	struct work *work = arg;
	const struct ops_save *save = work->save;

	db_config_send_lock(db, save->environment, &work->proposal->state);
	send_reads(db, work);
	enum db_outcome outcome = db_flush(db);
	if (outcome != DB_ROW)
		return outcome;
	work->code = take_reads(work);
	if (work->code == CODE_OK) {
		ops_proposal_apply(work->proposal, save->environment, save->changes, save->n,
				   save->reason == NULL ? "" : save->reason);
		work->code = judge(work);
	}
	if (work->code != CODE_OK)
		return DB_NONE;
	send_write(work);
	return DB_ROW;
}

/* The answer to a write that holds may be lost: then the history knows it. */
static enum code take_written(struct work *work, struct ops_saved *saved)
{
	enum db_outcome outcome = DB_ROW;
	int64_t version = work->proposal->version + 1;

	if (db_rows_count(work->written) == 0)
		outcome = db_config_written(work->ops->db, work->save->environment, version, &work->written);
	saved->version = db_rows_integer(work->written, 0, WRITTEN_VERSION);
	saved->change_id = db_rows_integer(work->written, 0, WRITTEN_CHANGE_ID);
	return ops_outcome_code(work->ops, outcome, "version", work->error);
}

enum code ops_config_save(struct ops *ops, const struct ops_save *save, struct ops_saved *saved,
			  struct ops_proposal *proposal, struct error *error)
{
	struct work work = {.ops = ops, .save = save, .proposal = proposal, .error = error, .code = CODE_OK};
	enum code code;

	if (!config_sort_changes(save->changes, save->n))
		return code_error(error, CODE_MALFORMED, "a parameter is named twice", NULL);
	enum db_outcome outcome = db_run(ops->db, save_work, &work);
	if (outcome == DB_ROW)
		code = take_written(&work, saved);
	else if (outcome == DB_NONE)
		code = work.code;
	else
		code = ops_outcome_code(ops, outcome, environment_word, error);
	db_rows_free(work.written);
	text_free(&work.changes);
	text_free(&work.diff);
	return code;
}
