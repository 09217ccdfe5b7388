#include "fcgi/ops/ops_catalog.h"

#include <stdlib.h>
#include <string.h>

#include "fcgi/db/db_catalog.h"
#include "fcgi/db/db_config.h"
#include "fcgi/db/db_list.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_catalog_judge.h"
#include "fcgi/ops/ops_outcome.h"
#include "fcgi/ops/ops_who.h"
#include "fcgi/proc/need.h"
#include "workerlib/core/canon.h"

static const char parameter_word[] = "parameter";

static void send_row(struct db *db, struct ops_catalog_work *work)
{
	const char *name = work->change->name;

	if (!work->is_rule)
		db_catalog_send_variable(db, name, work->definition, work->change->who->login, &work->row);
	else if (work->rule != NULL)
		db_catalog_send_rule(db, name, work->rule->expression, work->rule->message, &work->row);
	else
		db_catalog_send_rule(db, name, NULL, NULL, &work->row);
}

static void send_write(struct db *db, struct ops_catalog_work *work)
{
	const struct ops_catalog_change *change = work->change;
	struct db_catalog_write write = {
		.name = change->name,
		.content = work->definition,
		.changed_by = change->who->login,
		.reason = change->reason,
		.request_id = change->request_id,
	};

	if (!work->is_rule) {
		db_catalog_send_variable_write(db, &write, &work->written);
		return;
	}
	write.content = work->rule == NULL ? NULL : work->rule->expression;
	write.message = work->rule == NULL ? NULL : work->rule->message;
	db_catalog_send_rule_write(db, &write, &work->written);
}

/* The version that an environment gets: one parameter, whose value comes from the catalog. */
static void send_version(struct db *db, const struct ops_catalog_work *work,
			 const struct ops_environment *environment)
{
	const struct diff_item item = {
		work->change->name, work->old_default, ops_catalog_judge_default(work)};
	struct text diff = {.bytes = NULL};
	struct canon json;
	char hash[65];

	canon_start(&json, text_put, &diff);
	canon_array(&json);
	canon_object(&json);
	canon_member(&json, "name", item.name);
	canon_member(&json, "new", item.new_value);
	canon_member(&json, "old", item.old_value);
	canon_end(&json, '}');
	canon_end(&json, ']');
	config_content_hash(environment->name, &item, 1, hash);
	db_config_send_write(db,
			     &(struct db_config_write){
				     .environment = environment->name,
				     .kind = "catalog",
				     .base_version = environment->version,
				     .changes = "{}",
				     .diff = diff.bytes,
				     .content_hash = hash,
				     .changed_by = work->change->who->login,
				     .reason = work->change->reason,
				     .request_id = work->change->request_id,
			     },
			     NULL);
	text_free(&diff);
}

/*
 * A version for each environment whose value moves,
 * some to a round trip: there may be more than are sent at once.
 */
static enum db_outcome send_versions(struct db *db, const struct ops_catalog_work *work)
{
	enum { AT_ONCE = 16 };
	struct ops_environment environment;
	size_t sent = 0;

	for (size_t i = 0; i < ops_world_count(work->world); i++) {
		if (!ops_catalog_judge_affects(work, i, &environment))
			continue;
		if (++sent % AT_ONCE == 0) {
			enum db_outcome outcome = db_flush(db);
			if (outcome != DB_ROW)
				return outcome;
		}
		send_version(db, work, &environment);
	}
	return DB_ROW;
}

/* Under the lock of everything: read, judge, write. The last writes travel with the commit. */
static enum db_outcome change_work(struct db *db, void *arg)
{
	struct ops_catalog_work *work = arg;

	ops_world_send(db, work->world);
	send_row(db, work);
	enum db_outcome outcome = db_flush(db);
	if (outcome != DB_ROW)
		return outcome;
	work->code = ops_world_read(work->world, work->error);
	if (work->code == CODE_OK)
		work->code = ops_catalog_judge(work);
	if (work->code != CODE_OK)
		return DB_NONE;
	send_write(db, work);
	outcome = send_versions(db, work);
	if (outcome == DB_ROW)
		db_catalog_send_notify(db);
	return outcome;
}

static const char foreign_key_violation[] = "23503";

/* The caller must db_rows_free(work->written). */
static enum code run(struct ops_catalog_work *work)
{
	enum db_outcome outcome = db_run(work->ops->db, change_work, work);

	db_rows_free(work->row);
	if (outcome == DB_ROW)
		return CODE_OK;
	if (outcome == DB_NONE)
		return work->code;
	/* A parameter set took the name meanwhile: that needs no lock of ours. */
	if (outcome == DB_BROKEN && strcmp(db_sqlstate(work->ops->db), foreign_key_violation) == 0)
		return code_error(work->error, CODE_REFERENCED, "something names ", work->change->name,
				  " by now", NULL);
	return ops_outcome_code(work->ops, outcome, parameter_word, work->error);
}

/* The answer to a write that holds may be lost: then the row is read again. */
static enum code run_put(struct ops_catalog_work *work, int64_t *version, struct text *json)
{
	enum db_outcome outcome = DB_ROW;
	const char *name = work->change->name;
	enum code code = run(work);

	if (code == CODE_OK && db_rows_count(work->written) == 0)
		outcome = work->is_rule ? db_catalog_rule(work->ops->db, name, &work->written)
					: db_list_variable(work->ops->db, name, &work->written);
	if (code == CODE_OK) {
		*version = db_rows_integer(work->written, 0, DOCUMENT_VERSION);
		return ops_outcome_document(work->ops, outcome, parameter_word, work->written,
					    DOCUMENT_JSON, json, work->error);
	}
	db_rows_free(work->written);
	return code;
}

static enum code run_delete(struct ops_catalog_work *work)
{
	enum code code = run(work);

	db_rows_free(work->written);
	return code;
}

static void check_reason(struct ops_world *world, const char *reason)
{
	struct error error;

	if (ops_proposal_check_reason(reason == NULL ? "" : reason, &error) != CODE_OK)
		ops_world_find(world, NULL, "reason", &error);
}

/* Of a put, before its content is looked at: who does not say which version it replaces has not looked. */
static enum code need_match(const struct ops_catalog_change *change, struct error *error)
{
	if (change->create || change->match.given)
		return CODE_OK;
	return code_error(error, CODE_PRECONDITION_REQUIRED,
			  "send If-Match with the version, or If-None-Match: * to create", NULL);
}

enum code ops_catalog_put(struct ops *ops, const struct ops_catalog_change *change,
			  const struct ops_variable *variable, struct ops_world *world, int64_t *version,
			  struct text *json, struct error *error)
{
	struct param param;
	struct text definition = {.bytes = NULL};
	char (*room)[VALUE_MAX + 1] = need_items(PARAM_TEXTS, sizeof *room);
	enum code code = need_match(change, error);

	/* 1. What is wrong with it in any world. */
	check_reason(world, change->reason);
	ops_variable_check(world, variable);
	ops_variable_define(world, change->name, variable, room, &param);
	if (code == CODE_OK && world->n_findings > 0)
		code = code_refuse(error, CODE_INVALID);

	/* 2. What it does to this one. */
	if (code == CODE_OK) {
		ops_variable_write(&param, variable, &definition);
		struct ops_catalog_work work = {.ops = ops, .change = change, .world = world, .error = error,
				    .param = &param, .definition = definition.bytes};
		code = run_put(&work, version, json);
	}
	text_free(&definition);
	free(room);
	return code;
}

enum code ops_catalog_delete(struct ops *ops, const struct ops_catalog_change *change,
			     struct ops_world *world, struct error *error)
{
	struct ops_catalog_work work = {.ops = ops, .change = change, .world = world, .error = error};

	check_reason(world, change->reason);
	return world->n_findings > 0 ? code_refuse(error, CODE_INVALID) : run_delete(&work);
}

enum { MESSAGE_MAX = 1024 };

static void check_message(struct ops_world *world, const char *message)
{
	static const char name[] = "message";
	struct error error;

	if (message[strspn(message, " \t\r\n")] == '\0') {
		code_error(&error, CODE_REQUIRED, "say what is wrong when the rule does not hold", NULL);
		ops_world_find(world, NULL, name, &error);
	}
	ops_world_check_text(world, name, message, MESSAGE_MAX);
}

enum code ops_catalog_put_rule(struct ops *ops, const struct ops_catalog_change *change,
			       const char *expression, const char *message, struct ops_world *world,
			       int64_t *version, struct text *json, struct error *error)
{
	const struct rule rule = {.name = change->name, .expression = expression, .message = message};
	struct ops_catalog_work work = {
		.ops = ops, .change = change, .world = world, .error = error, .is_rule = true, .rule = &rule};

	enum code code = need_match(change, error);

	if (code != CODE_OK)
		return code;
	check_message(world, message);
	if (change->reason != NULL)
		check_reason(world, change->reason);
	world->n_kept = world->n_findings; /* the expression is judged besides, by the catalog's parameters */
	return run_put(&work, version, json);
}

enum code ops_catalog_delete_rule(struct ops *ops, const struct ops_catalog_change *change,
				  struct ops_world *world, struct error *error)
{
	struct ops_catalog_work work = {
		.ops = ops, .change = change, .world = world, .error = error, .is_rule = true};

	if (change->reason != NULL)
		check_reason(world, change->reason);
	return world->n_findings > 0 ? code_refuse(error, CODE_INVALID) : run_delete(&work);
}

enum code ops_catalog_history(struct ops *ops, const char *name, struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_catalog_history(ops->db, name, &rows);

	return ops_outcome_document(ops, outcome, parameter_word, rows, 0, json, error);
}
