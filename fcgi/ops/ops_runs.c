#include "fcgi/ops/ops_runs.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/db/db_rows.h"
#include "fcgi/db/db_runs.h"
#include "fcgi/ops/ops_json.h"
#include "fcgi/ops/ops_outcome.h"
#include "fcgi/ops/ops_who.h"
#include "fcgi/proc/need.h"
#include "workerlib/core/name.h"
#include "workerlib/core/sha256.h"

static const char environment_word[] = "environment", run_word[] = "run";

void ops_run_free(struct ops_run *run)
{
	text_free(&run->json);
}

/* A run on its way through the transaction that binds it. */
struct work {
	struct ops *ops;
	const struct ops_runs_put *put;
	const struct ops_runs_rerun *rerun;
	struct ops_runs_refused *refused;
	size_t n_unsafe; /* of what is refused: known before the transaction */
	struct error *error;
	struct db_rows *lock, *found, *resolved;
	struct text factors, code_version; /* canonical; empty while something in them is refused */
	bool bound;
	enum code code; /* why it ended, when the database is not the reason */
};

static void free_work(struct work *work)
{
	db_rows_free(work->lock);
	db_rows_free(work->found);
	db_rows_free(work->resolved);
	text_free(&work->factors);
	text_free(&work->code_version);
}

static size_t members(struct json_object *object)
{
	return object == NULL ? 0 : (size_t)json_object_object_length(object);
}

static struct error *refuse(struct ops_runs_refused *refused, const char *name)
{
	struct violation *violation = &refused->violations[refused->n++];

	violation->name = name;
	return &violation->error;
}

static void check_numbers(struct ops_runs_refused *refused, const char *where, struct json_object *object)
{
	if (object == NULL)
		return;
	json_object_object_foreach (object, name, value) {
		const char *number = ops_json_unsafe(value);
		if (number != NULL)
			code_error(refuse(refused, name), CODE_BAD_INT, number, " in ", where,
				   " is not a safe integer: give it as a string", NULL);
	}
}

/* A factor that has the name of a parameter means that parameter. */
static void check_factor(struct ops_runs_refused *refused, struct json_object *catalog, const char *name)
{
	struct json_object *definition = NULL, *excluded = NULL;

	if (!name_is_parameter(name, strlen(name)))
		return;
	if (!json_object_object_get_ex(catalog, name, &definition)) {
		code_refuse(refuse(refused, name), CODE_UNKNOWN_PARAMETER);
		return;
	}
	json_object_object_get_ex(definition, "excluded_from_ftf", &excluded);
	if (json_object_get_boolean(excluded))
		code_error(refuse(refused, name), CODE_NOT_ALLOWED,
			   "the parameter may not be a factor of a run", NULL);
}

static void check_factors(struct work *work, struct json_object *catalog)
{
	work->refused->n = work->n_unsafe;
	if (work->put->factors == NULL)
		return;
	json_object_object_foreach (work->put->factors, name, value) {
		if (ops_json_unsafe(value) == NULL)
			check_factor(work->refused, catalog, name);
	}
}

static void write_object(struct text *text, struct json_object *object)
{
	struct canon json;

	canon_start(&json, text_put, text);
	if (object != NULL) {
		ops_json_write(&json, object);
	} else {
		canon_object(&json);
		canon_end(&json, '}');
	}
}

/* The text that is hashed: the two parts of the request between the two of the database, by name. */
static void write_canonical(const struct work *work, struct json_object *base_env,
			    struct json_object *catalog, struct text *canonical)
{
	struct canon json;

	text_add(canonical, "{\"base_env\":");
	canon_start(&json, text_put, canonical);
	ops_json_write(&json, base_env);
	text_add(canonical, ",\"code_version\":");
	text_put(canonical, work->code_version.bytes, work->code_version.n);
	text_add(canonical, ",\"factors\":");
	text_put(canonical, work->factors.bytes, work->factors.n);
	text_add(canonical, ",\"variables_catalog\":");
	canon_start(&json, text_put, canonical);
	ops_json_write(&json, catalog);
	text_add(canonical, "}");
}

static void send_bind(struct work *work, const struct text *canonical)
{
	const struct ops_runs_put *put = work->put;
	const int64_t version = db_rows_integer(work->lock, 0, RUNS_LOCK_VERSION);
	char hash[65];

	sha256_text(canonical->bytes, canonical->n, hash);
	db_runs_send_bind(work->ops->db, &(struct db_runs_bind){
						 .run_id = put->run_id,
						 .kind = put->kind,
						 .environment = put->environment,
						 .hash = hash,
						 .canonical = canonical->bytes,
						 .created_by = put->who->login,
						 .request_id = put->request_id,
						 .config_version = version,
					 });
}

/* A new run: judge the factors by the catalog that was read, and write. */
static enum code bind(struct work *work)
{
	struct json_object *base_env = json_tokener_parse(db_rows_text(work->resolved, 0, RUNS_BASE_ENV));
	struct json_object *catalog = json_tokener_parse(db_rows_text(work->resolved, 0, RUNS_CATALOG));
	struct text canonical = {.bytes = NULL};
	enum code code = CODE_OK;

	check_factors(work, catalog);
	if (work->refused->n > 0) {
		code = code_refuse(work->error, CODE_INVALID);
	} else {
		write_canonical(work, base_env, catalog, &canonical);
		send_bind(work, &canonical);
	}
	text_free(&canonical);
	json_object_put(catalog);
	json_object_put(base_env);
	return code;
}

/* Whether the run that has the id is the one that this request would make. */
static bool is_same(const struct work *work, const char *kind, const char *environment)
{
	return strcmp(db_rows_text(work->found, 0, RUNS_KIND), kind) == 0 &&
	       strcmp(db_rows_text(work->found, 0, RUNS_ENVIRONMENT), environment) == 0;
}

static enum code conflict(const struct work *work)
{
	return code_refuse(work->error, CODE_RUN_CONFLICT);
}

static enum code judge_put(struct work *work)
{
	const struct ops_runs_put *put = work->put;

	if (db_rows_count(work->lock) == 0)
		return ops_outcome_code(work->ops, DB_NONE, environment_word, work->error);
	if (db_rows_count(work->found) == 0 || work->n_unsafe > 0)
		return CODE_OK;
	if (is_same(work, put->kind, put->environment) && db_rows_bool(work->found, 0, RUNS_SAME))
		return CODE_OK;
	return conflict(work);
}

/*
 * The end of both ways: what was sent travels with the commit,
 * and so does the question how the run looks now.
 */
static enum db_outcome end_bind(struct db *db, struct work *work, const char *run_id)
{
	if (work->code != CODE_OK)
		return DB_NONE;
	work->bound = true;
	db_runs_send_find(db, run_id, NULL, NULL, &work->found);
	return DB_ROW;
}

static enum db_outcome put_work(struct db *db, void *arg)
{
	struct work *work = arg;
	const struct ops_runs_put *put = work->put;

	work->bound = false;
	db_runs_send_lock(db, put->run_id, put->environment, &work->lock);
	db_runs_send_find(db, put->run_id, work->factors.bytes, work->code_version.bytes, &work->found);
	db_runs_send_resolved(db, put->environment, &work->resolved);
	enum db_outcome outcome = db_flush(db);
	if (outcome != DB_ROW)
		return outcome;
	work->code = judge_put(work);
	if (work->code != CODE_OK || (db_rows_count(work->found) > 0 && work->n_unsafe == 0))
		return DB_NONE;
	work->code = bind(work);
	return end_bind(db, work, put->run_id);
}

static void copy(char *into, size_t room, const char *text)
{
	snprintf(into, room, "%s", text);
}

static void take_run(struct db_rows *rows, struct ops_run *run)
{
	copy(run->kind, sizeof run->kind, db_rows_text(rows, 0, RUNS_KIND));
	copy(run->environment, sizeof run->environment, db_rows_text(rows, 0, RUNS_ENVIRONMENT));
	copy(run->hash, sizeof run->hash, db_rows_text(rows, 0, RUNS_HASH));
	run->config_version = db_rows_integer(rows, 0, RUNS_CONFIG_VERSION);
	text_put(&run->json, db_rows_text(rows, 0, RUNS_JSON), db_rows_length(rows, 0, RUNS_JSON));
}

/*
 * What came of the transaction.
 * The answer to a write that holds may be lost: then the run itself is asked for.
 */
static enum code end_work(struct work *work, enum db_outcome outcome, const char *run_id, struct ops_run *run)
{
	enum code code = outcome == DB_NONE ? work->code : CODE_OK;

	if (outcome == DB_ROW && db_rows_count(work->found) == 0)
		outcome = db_runs_find(work->ops->db, run_id, &work->found);
	if (outcome != DB_ROW && outcome != DB_NONE)
		code = ops_outcome_code(work->ops, outcome, run_word, work->error);
	if (code == CODE_UNAVAILABLE && db_unsure(work->ops->db))
		code_error(work->error, code,
			   "the answer to the write was lost: the same request again finds the run",
			   " if it holds", NULL);
	run->created = code == CODE_OK && work->bound;
	if (code == CODE_OK)
		take_run(work->found, run);
	free_work(work);
	return code;
}

enum code ops_runs_put(struct ops *ops, const struct ops_runs_put *put, struct ops_run *run,
		       struct ops_runs_refused *refused, struct error *error)
{
	struct work work = {.ops = ops, .put = put, .refused = refused, .error = error, .code = CODE_OK};
	enum code code = ops_who_need(put->who, ROLE_EDITOR, put->environment, error);
	if (code != CODE_OK)
		return code;
	*refused = (struct ops_runs_refused){
		.violations = need_items(members(put->factors) + members(put->code_version),
					 sizeof *refused->violations),
	};
	check_numbers(refused, "factors", put->factors);
	check_numbers(refused, "code_version", put->code_version);
	work.n_unsafe = refused->n;
	if (work.n_unsafe == 0) {
		write_object(&work.factors, put->factors);
		write_object(&work.code_version, put->code_version);
	}
	return end_work(&work, db_run(ops->db, put_work, &work), put->run_id, run);
}

/* A run in an environment where who holds a role. */
static enum code find(struct ops *ops, const struct who *who, const char *run_id, struct db_rows **rows,
		      struct error *error)
{
	enum db_outcome outcome = db_runs_find(ops->db, run_id, rows);

	if (outcome == DB_ROW && !ops_who_may(who, ROLE_OPERATORS, db_rows_text(*rows, 0, RUNS_ENVIRONMENT)))
		outcome = DB_NONE;
	return ops_outcome_code(ops, outcome, run_word, error);
}

/* The same for who may write there: of a run the environment never changes, so no lock is needed. */
static enum code find_to_write(struct ops *ops, const struct who *who, const char *run_id,
			       struct db_rows **rows, struct error *error)
{
	enum code code = find(ops, who, run_id, rows, error);

	if (code != CODE_OK)
		return code;
	return ops_who_need(who, ROLE_EDITOR, db_rows_text(*rows, 0, RUNS_ENVIRONMENT), error);
}

/*
 * Whether the run that has the new id came of this very request;
 * resolved holds the run whose set is taken.
 */
static bool is_rerun(const struct work *work)
{
	const struct db_rows *of = work->resolved;

	return strcmp(work->rerun->run_id, work->rerun->of) != 0 &&
	       is_same(work, db_rows_text(of, 0, RUNS_KIND), db_rows_text(of, 0, RUNS_ENVIRONMENT)) &&
	       strcmp(db_rows_text(work->found, 0, RUNS_HASH), db_rows_text(of, 0, RUNS_HASH)) == 0;
}

static enum db_outcome rerun_work(struct db *db, void *arg)
{
	struct work *work = arg;
	const struct ops_runs_rerun *rerun = work->rerun;

	work->bound = false;
	db_runs_send_lock(db, rerun->run_id, db_rows_text(work->resolved, 0, RUNS_ENVIRONMENT), &work->lock);
	db_runs_send_find(db, rerun->run_id, NULL, NULL, &work->found);
	enum db_outcome outcome = db_flush(db);
	if (outcome != DB_ROW)
		return outcome;
	if (db_rows_count(work->found) > 0) {
		work->code = is_rerun(work) ? CODE_OK : conflict(work);
		return DB_NONE;
	}
	db_runs_send_rerun(db, rerun->run_id, rerun->of, rerun->who->login, rerun->request_id);
	return end_bind(db, work, rerun->run_id);
}

enum code ops_runs_rerun(struct ops *ops, const struct ops_runs_rerun *rerun, struct ops_run *run,
			 struct error *error)
{
	struct work work = {.ops = ops, .rerun = rerun, .error = error, .code = CODE_OK};
	enum code code = find_to_write(ops, rerun->who, rerun->of, &work.resolved, error);

	if (code == CODE_OK)
		return end_work(&work, db_run(ops->db, rerun_work, &work), rerun->run_id, run);
	free_work(&work);
	return code;
}

struct status {
	const char *run_id, *status;
	struct db_rows **rows;
};

static enum db_outcome status_work(struct db *db, void *arg)
{
	const struct status *status = arg;

	db_runs_send_status(db, status->run_id, status->status);
	db_runs_send_find(db, status->run_id, NULL, NULL, status->rows);
	return DB_ROW;
}

enum code ops_runs_status(struct ops *ops, const struct who *who, const char *run_id, const char *status,
			  struct ops_run *run, struct error *error)
{
	struct db_rows *rows = NULL;
	struct status wanted = {.run_id = run_id, .status = status, .rows = &rows};
	enum code code = find_to_write(ops, who, run_id, &rows, error);

	if (code == CODE_OK) {
		enum db_outcome outcome = db_run(ops->db, status_work, &wanted);
		if (outcome == DB_ROW && db_rows_count(rows) == 0)
			outcome = db_runs_find(ops->db, run_id, &rows);
		code = ops_outcome_code(ops, outcome, run_word, error);
	}
	if (code == CODE_OK)
		take_run(rows, run);
	db_rows_free(rows);
	return code;
}

enum code ops_runs_get(struct ops *ops, const struct who *who, const char *run_id, struct text *json,
		       struct error *error)
{
	struct db_rows *rows = NULL;
	enum code code = find(ops, who, run_id, &rows, error);

	if (code == CODE_OK)
		text_add(json, db_rows_text(rows, 0, RUNS_JSON));
	db_rows_free(rows);
	return code;
}

enum code ops_runs_diff(struct ops *ops, const struct who *who, const char *left, const char *right,
			struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;
	struct text readable = {.bytes = NULL};

	ops_who_environments(who, &readable);
	enum db_outcome outcome = db_runs_diff(ops->db, readable.bytes, left, right, &rows);
	text_free(&readable);
	return ops_outcome_document(ops, outcome, run_word, rows, 0, json, error);
}

enum code ops_runs_set(struct ops *ops, const struct who *who, const char *hash, struct text *json,
		       struct error *error)
{
	struct db_rows *rows = NULL;
	struct text readable = {.bytes = NULL};

	ops_who_environments(who, &readable);
	enum db_outcome outcome = db_runs_set(ops->db, readable.bytes, hash, &rows);
	text_free(&readable);
	return ops_outcome_document(ops, outcome, "parameter set", rows, 0, json, error);
}

enum code ops_runs_list(struct ops *ops, const struct who *who, const struct ops_runs_filter *filter,
			struct text *next, struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;
	struct text readable = {.bytes = NULL};

	ops_who_environments(who, &readable);
	const struct db_runs_list statement = {
		.kind = filter->kind,
		.environment = filter->environment,
		.hash = filter->hash,
		.before_us = filter->after_us,
		.before_id = filter->after_id,
		.limit = filter->limit,
		.readable = readable.bytes,
	};
	enum db_outcome outcome = db_runs_list(ops->db, &statement, &rows);
	text_free(&readable);
	if (db_rows_text(rows, 0, RUNS_PAGE_NEXT) != NULL)
		text_add(next, db_rows_text(rows, 0, RUNS_PAGE_NEXT));
	return ops_outcome_document(ops, outcome, "list", rows, RUNS_PAGE_JSON, json, error);
}
