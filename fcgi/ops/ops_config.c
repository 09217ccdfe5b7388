#include "fcgi/ops/ops_config.h"

#include <stdlib.h>

#include "fcgi/db/db_config.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_documents.h"
#include "fcgi/ops/ops_door.h"
#include "fcgi/ops/ops_json.h"
#include "fcgi/ops/ops_outcome.h"
#include "fcgi/ops/ops_who.h"

static const char environment_word[] = "environment";

/* What can be answered by what was seen. */
static bool answer_seen(struct ops *ops, const struct ops_sight *sight, const struct ops_match *known,
			int64_t *version, enum ops_source *source, struct text *json)
{
	if (sight->key[0] == '\0')
		return false;
	*version = strtoll(sight->key, NULL, 10);
	*source = SOURCE_KNOWN;
	if (known != NULL && ops_match_holds(known, *version))
		return true;
	*source = SOURCE_KEPT;
	return ops_documents_find(ops->documents, sight->environment, sight->key, json);
}

/* The key is of the moment of the document, which may be later than what was seen. */
static void take_document(struct ops *ops, const char *environment, const struct db_rows *rows,
			  struct text *json)
{
	const char *key = db_rows_text(rows, 0, DOCUMENT_SIGHT);

	text_put(json, db_rows_text(rows, 0, DOCUMENT_JSON), db_rows_length(rows, 0, DOCUMENT_JSON));
	json->n = ops_json_pack(json->bytes, json->n);
	json->bytes[json->n] = '\0';
	if (key != NULL)
		ops_documents_keep(ops->documents, environment, key, json->bytes, json->n);
}

enum code ops_config_get(struct ops *ops, const struct ops_sight *sight, const struct ops_match *known,
			 int64_t *version, enum ops_source *source, struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;

	if (answer_seen(ops, sight, known, version, source, json))
		return CODE_OK;
	*source = SOURCE_READ;
	enum db_outcome outcome = db_config_document(ops->db, sight->environment, &rows);
	*version = db_rows_integer(rows, 0, DOCUMENT_VERSION);
	if (outcome == DB_ROW)
		take_document(ops, sight->environment, rows, json);
	db_rows_free(rows);
	return ops_outcome_code(ops, outcome, environment_word, error);
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
	return ops_outcome_document(ops, outcome, "environment or parameter", rows, DOCUMENT_JSON, json,
				    error);
}

enum code ops_config_export(struct ops *ops, const char *environment, const char *past, int64_t *version,
			    struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_config_export(ops->db, environment, past, &rows);

	*version = db_rows_integer(rows, 0, DOCUMENT_VERSION);
	return ops_outcome_document(ops, outcome, past == NULL ? environment_word : "version", rows,
				    DOCUMENT_JSON, json, error);
}

enum code ops_config_compare(struct ops *ops, const char *left, const char *right, struct text *json,
			     struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_config_compare(ops->db, left, right, &rows);

	if (outcome == DB_NONE) {
		db_rows_free(rows);
		return code_error(error, CODE_NOT_FOUND, "there is no environment ", left, ", or no ", right,
				  NULL);
	}
	return ops_outcome_document(ops, outcome, environment_word, rows, 0, json, error);
}

/* A save on its way through the transaction. */
struct work {
	struct ops *ops;
	const struct ops_save *save;
	struct ops_door door;
	struct error *error;
	struct db_rows *written;
	enum code code; /* why it ended, when the database is not the reason */
};

enum code ops_config_plan(struct ops *ops, const struct who *who, const char *environment,
			  struct change *changes, size_t n, struct ops_proposal *proposal,
			  struct error *error)
{
	const struct ops_door door = {
		.proposal = proposal,
		.environment = environment,
		.changes = changes,
		.n = n,
		.actor = who->login,
	};

	if (!config_sort_changes(changes, n))
		return code_error(error, CODE_MALFORMED, "a parameter is named twice", NULL);
	return ops_door_plan(ops, &door, error);
}

/*
 * Under the lock: read, let the core say what the changes do, judge, write.
 * The write travels with the commit.
 */
static enum db_outcome save_work(struct db *db, void *arg)
{
	struct work *work = arg;
	const struct ops_save *save = work->save;
	const char *reason = save->reason == NULL ? "" : save->reason;

	ops_door_send_lock(db, &work->door);
	enum db_outcome outcome = ops_door_flush(work->ops, &work->door);
	if (outcome != DB_ROW)
		return outcome;
	work->code = ops_door_take_reads(work->ops, &work->door, work->error);
	if (work->code == CODE_OK) {
		ops_door_apply(&work->door, reason);
		work->code = ops_door_judge(&work->door, DOOR_SAVE, work->error);
	}
	if (work->code != CODE_OK)
		return DB_NONE;
	ops_door_send_write(db, &work->door,
			    &(struct ops_door_write){.kind = "save", .reason = reason,
						     .request_id = save->request_id},
			    &work->written);
	return DB_ROW;
}

/* The answer to a write that holds may be lost: then the history knows it. */
static enum code take_written(struct work *work, struct ops_saved *saved)
{
	enum db_outcome outcome = DB_ROW;
	int64_t version = work->door.proposal->version + 1;

	if (db_rows_count(work->written) == 0)
		outcome = db_config_written(work->ops->db, work->save->environment, version, &work->written);
	saved->version = db_rows_integer(work->written, 0, WRITTEN_VERSION);
	saved->change_id = db_rows_integer(work->written, 0, WRITTEN_CHANGE_ID);
	return ops_outcome_code(work->ops, outcome, "version", work->error);
}

struct ops_door ops_config_door(const struct ops_save *save, struct ops_proposal *proposal)
{
	return (struct ops_door){
		.proposal = proposal,
		.environment = save->environment,
		.changes = save->changes,
		.n = save->n,
		.author = save->who->login,
		.actor = save->who->login,
		.match = save->match,
	};
}

enum code ops_config_save(struct ops *ops, const struct ops_save *save, struct ops_saved *saved,
			  struct ops_proposal *proposal, struct error *error)
{
	struct work work = {
		.ops = ops,
		.save = save,
		.door = ops_config_door(save, proposal),
		.error = error,
		.code = CODE_OK,
	};
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
	return code;
}
