#include "fcgi/ops/ops_catalog.h"

#include <stdlib.h>
#include <string.h>

#include "fcgi/db/db_catalog.h"
#include "fcgi/db/db_config.h"
#include "fcgi/db/db_list.h"
#include "fcgi/ops/ops_outcome.h"
#include "fcgi/ops/ops_who.h"
#include "fcgi/proc/need.h"
#include "workerlib/core/canon.h"
#include "workerlib/core/scan.h"
#include "workerlib/core/utf8.h"

static const char parameter_word[] = "parameter";
static const char rule_word[] = "rule";

/* A change on its way through the transaction. */
struct work {
	struct ops *ops;
	const struct ops_catalog_change *change;
	struct ops_world *world;
	struct error *error;
	bool is_rule;
	const struct param *param; /* NULL: a rule, or it goes */
	const struct rule *rule;   /* NULL: a parameter, or it goes */
	const char *definition;	   /* of the parameter, as JSON */
	struct db_rows *row;	   /* what is there */
	const char *old_default;
	bool critical;		   /* it is, or is to be */
	struct db_rows *written;
	enum code code; /* why it ended, when the database is not the reason */
};

static bool goes(const struct work *work)
{
	return work->param == NULL && work->rule == NULL;
}

static bool is_there(const struct work *work)
{
	return db_rows_text(work->row, 0, VARIABLE_VERSION) != NULL;
}

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static enum code refuse(struct error *error, enum code code)
{
	return code_error(error, code, code_message(code), NULL);
}

static const char *new_default(const struct work *work)
{
	return work->param == NULL ? NULL : work->param->default_value;
}

/* Whether the i-th environment gets another value. */
static bool affects(const struct work *work, size_t i, struct ops_environment *environment)
{
	*environment = ops_world_environment(work->world, i);
	return !work->is_rule && !same(work->old_default, new_default(work)) &&
	       !ops_world_has_entry(work->world, environment->name, work->change->name);
}

/* In a definition that is created nobody has seen a version. */
static enum code guard_new(struct work *work)
{
	const char *name = work->change->name;

	if (is_there(work))
		return code_error(work->error, CODE_EXISTS, name, " exists already", NULL);
	if (!work->is_rule && db_rows_bool(work->row, 0, VARIABLE_DELETED))
		return code_error(work->error, CODE_EXISTS, name,
				  " was deleted, and a name is never used again", NULL);
	return CODE_OK;
}

static enum code guard_match(struct work *work)
{
	const struct ops_match *match = &work->change->match;

	if (work->change->create)
		return guard_new(work);
	if (!match->given && !goes(work))
		return code_error(work->error, CODE_PRECONDITION_REQUIRED,
				  "send If-Match with the version, or If-None-Match: * to create", NULL);
	if (!is_there(work))
		return ops_outcome_code(work->ops, DB_NONE, work->is_rule ? rule_word : parameter_word,
					work->error);
	work->world->version = db_rows_integer(work->row, 0, VARIABLE_VERSION);
	if (match->given && !ops_match_holds(match, work->world->version))
		return code_error(work->error, CODE_STALE, work->change->name,
				  " has been changed by somebody else", NULL);
	return CODE_OK;
}

/* Of a parameter that goes: rows that name it, or a rule that could be read as long as it was there. */
static enum code guard_references(struct work *work)
{
	const char *name = work->change->name, *where = NULL;
	const struct rule_scope scope = {.params = work->world->params, .n = work->world->n};

	if (!goes(work) || work->is_rule)
		return CODE_OK;
	where = db_rows_text(work->row, 0, VARIABLE_REFERENCE);
	if (where != NULL)
		return code_error(work->error, CODE_REFERENCED, where, " names ", name,
				  ": mark it deprecated instead", NULL);
	for (size_t i = 0; i < work->world->n_rules; i++) {
		if (rule_define(&work->world->rules[i], &scope, NULL) != CODE_OK)
			return code_error(work->error, CODE_REFERENCED, "the rule ",
					  work->world->rules[i].name, " names ", name, NULL);
	}
	return CODE_OK;
}

static enum code guard_freeze(struct work *work)
{
	struct ops_environment environment;

	for (size_t i = 0; i < ops_world_count(work->world); i++) {
		if (!affects(work, i, &environment) || environment.frozen_seconds == 0)
			continue;
		work->world->frozen_seconds = environment.frozen_seconds;
		return code_error(work->error, CODE_FROZEN, "a freeze window is in force in ",
				  environment.name, NULL);
	}
	return CODE_OK;
}

static enum code guard_lock(struct work *work)
{
	struct ops_environment environment;

	for (size_t i = 0; i < ops_world_count(work->world); i++) {
		if (!affects(work, i, &environment) || environment.locked_by == NULL ||
		    strcmp(environment.locked_by, work->change->who->login) == 0)
			continue;
		return code_error(work->error, CODE_LOCKED, environment.locked_by, " holds the lock of ",
				  environment.name, NULL);
	}
	return CODE_OK;
}

/*
 * Finds each environment where the value would change,
 * and says the way: where it is approved, nothing changes.
 */
static enum code refuse_critical(struct work *work)
{
	const char *name = work->change->name, *first = NULL;
	struct ops_environment environment;
	struct error error;

	code_error(&error, CODE_CRITICAL_REQUIRES_APPROVAL, "it runs with the default", NULL);
	for (size_t i = 0; i < ops_world_count(work->world); i++) {
		if (!affects(work, i, &environment))
			continue;
		ops_world_find(work->world, environment.name, name, &error);
		first = first == NULL ? environment.name : first;
	}
	if (first == NULL)
		return CODE_OK;
	const char *why = work->critical ? " is critical" : " is made easier to write by you";
	const char *others = work->world->n_findings > 1 ? " and others in errors run" : " runs";
	const char *bounds = " (after the new bounds, sent alone, if it needs them)";
	return code_error(work->error, CODE_CRITICAL_REQUIRES_APPROVAL, name, why, ", and ", first, others,
			  " with its default: have the value set there first,",
			  " by a change set that somebody else approves",
			  db_rows_bool(work->row, 0, VARIABLE_LOOSENS) ? bounds : "",
			  ", then send this again", NULL);
}

/* Of a new parameter there is no value that somebody had approved. */
static enum code guard_critical(struct work *work)
{
	if (work->is_rule || !is_there(work))
		return CODE_OK;
	if (!work->critical && !db_rows_bool(work->row, 0, VARIABLE_GUARDED) &&
	    !db_rows_bool(work->row, 0, VARIABLE_LOOSENS))
		return CODE_OK;
	return refuse_critical(work);
}

static enum code guard_valid(struct work *work)
{
	ops_world_check(work->world);
	return work->world->n_findings > 0 ? refuse(work->error, CODE_INVALID) : CODE_OK;
}

static enum code guard_change(struct work *work)
{
	return db_rows_bool(work->row, 0, VARIABLE_SAME) ? refuse(work->error, CODE_NO_CHANGE) : CODE_OK;
}

/* What the world is to be. */
static enum code apply(struct work *work)
{
	const struct param *old = ops_world_param(work->world, work->change->name);

	work->old_default = old == NULL || work->is_rule ? NULL : old->default_value;
	work->critical = !work->is_rule &&
			 ((old != NULL && old->critical) || (work->param != NULL && work->param->critical));
	if (work->param != NULL)
		ops_world_put_param(work->world, work->param);
	else if (work->rule != NULL)
		ops_world_put_rule(work->world, work->rule);
	else if (work->is_rule)
		ops_world_drop_rule(work->world, work->change->name);
	else
		ops_world_drop_param(work->world, work->change->name);
	return CODE_OK;
}

/* In the order of the promise in the header. */
static enum code (*const steps[])(struct work *) = {
	guard_match, apply, guard_references, guard_freeze, guard_lock, guard_critical, guard_valid,
	guard_change,
};

static void send_row(struct db *db, struct work *work)
{
	const char *name = work->change->name;

	if (!work->is_rule)
		db_catalog_send_variable(db, name, work->definition, work->change->who->login, &work->row);
	else if (work->rule != NULL)
		db_catalog_send_rule(db, name, work->rule->expression, work->rule->message, &work->row);
	else
		db_catalog_send_rule(db, name, NULL, NULL, &work->row);
}

static void send_write(struct db *db, struct work *work)
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

static void put_text(struct canon *json, const char *key, const char *value)
{
	canon_key(json, key);
	if (value == NULL)
		canon_null(json);
	else
		canon_string(json, value, strlen(value));
}

/* The version that an environment gets: one parameter, whose value comes from the catalog. */
static void send_version(struct db *db, const struct work *work, const struct ops_environment *environment)
{
	const struct diff_item item = {work->change->name, work->old_default, new_default(work)};
	struct text diff = {.bytes = NULL};
	struct canon json;
	char hash[65];

	canon_start(&json, text_put, &diff);
	canon_array(&json);
	canon_object(&json);
	put_text(&json, "name", item.name);
	put_text(&json, "new", item.new_value);
	put_text(&json, "old", item.old_value);
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
static enum db_outcome send_versions(struct db *db, const struct work *work)
{
	enum { AT_ONCE = 16 };
	struct ops_environment environment;
	size_t sent = 0;

	for (size_t i = 0; i < ops_world_count(work->world); i++) {
		if (!affects(work, i, &environment))
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
	struct work *work = arg;

	ops_world_send(db, work->world);
	send_row(db, work);
	enum db_outcome outcome = db_flush(db);
	if (outcome != DB_ROW)
		return outcome;
	work->code = ops_world_read(work->world, work->error);
	for (size_t i = 0; work->code == CODE_OK && i < sizeof steps / sizeof *steps; i++)
		work->code = steps[i](work);
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
static enum code run(struct work *work)
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
static enum code run_put(struct work *work, int64_t *version, struct text *json)
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

static enum code run_delete(struct work *work)
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

enum { DESCRIPTION_MAX = 4096, LABEL_MAX = 64 };

/* Texts that are only shown. */
static void check_text(struct ops_world *world, const char *name, const char *text, size_t most)
{
	struct error error;
	enum code code = CODE_OK;

	if (text != NULL && strlen(text) > most)
		code = code_error(&error, CODE_TOO_LONG, name, " is too long", NULL);
	else if (text != NULL && !utf8_is_text(text, strlen(text)))
		code = code_error(&error, CODE_BAD_STRING, name, ": ", code_message(CODE_BAD_STRING), NULL);
	if (code != CODE_OK)
		ops_world_find(world, NULL, name, &error);
}

static enum code define(const char *name, const struct ops_variable *variable, char (*room)[VALUE_MAX + 1],
			struct param *param, struct error *error)
{
	enum value_type type;

	if (!value_type_from_name(variable->type, &type))
		return code_error(error, CODE_BAD_DEFINITION, "there is no type ", variable->type, NULL);
	if (!category_from_name(variable->category, &param->category))
		return code_error(error, CODE_BAD_DEFINITION, "there is no category ", variable->category,
				  NULL);
	param->name = name;
	param->type = type;
	param->allowed_values = variable->allowed_values;
	param->default_value = variable->default_value;
	param->min_value = variable->min_value;
	param->max_value = variable->max_value;
	param->required = variable->required;
	param->deprecated = variable->deprecated;
	param->hot_reloadable = variable->hot_reloadable;
	param->critical = variable->critical;
	param->excluded_from_ftf = variable->excluded_from_ftf;
	param_canonical(param, room);
	return param_define(param, error);
}

static void put_bool(struct canon *json, const char *key, bool value)
{
	canon_key(json, key);
	canon_bool(json, value);
}

static void put_allowed(struct canon *json, const char *allowed)
{
	char item[VALUE_STRING_MAX + 1];
	struct scan_list list;
	size_t n;

	canon_key(json, "allowed_values");
	if (allowed == NULL) {
		canon_null(json);
		return;
	}
	canon_array(json);
	scan_list_open(&list, allowed, strlen(allowed), NULL);
	while (scan_list_next(&list, item, VALUE_STRING_MAX, &n))
		canon_string(json, item, n);
	canon_end(json, ']');
}

static const char *or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

/* The row without what the database adds. */
static void put_definition(const struct param *param, const struct ops_variable *variable, struct text *text)
{
	struct canon json;

	canon_start(&json, text_put, text);
	canon_object(&json);
	put_allowed(&json, param->allowed_values);
	put_text(&json, "category", variable->category);
	put_bool(&json, "critical", param->critical);
	put_text(&json, "default_value", param->default_value);
	put_bool(&json, "deprecated", param->deprecated);
	put_text(&json, "description", or_empty(variable->description));
	put_bool(&json, "excluded_from_ftf", param->excluded_from_ftf);
	put_text(&json, "group_name", or_empty(variable->group_name));
	put_bool(&json, "hot_reloadable", param->hot_reloadable);
	put_text(&json, "max_value", param->max_value);
	put_text(&json, "min_value", param->min_value);
	put_bool(&json, "required", param->required);
	put_text(&json, "type", variable->type);
	put_text(&json, "unit", or_empty(variable->unit));
	canon_end(&json, '}');
}

enum code ops_catalog_put(struct ops *ops, const struct ops_catalog_change *change,
			  const struct ops_variable *variable, struct ops_world *world, int64_t *version,
			  struct text *json, struct error *error)
{
	struct param param = {.name = change->name};
	struct text definition = {.bytes = NULL};
	char (*room)[VALUE_MAX + 1] = need_items(PARAM_TEXTS, sizeof *room);
	struct error wrong;
	enum code code = CODE_OK;

	/* 1. What is wrong with it in any world. */
	check_reason(world, change->reason);
	check_text(world, "description", variable->description, DESCRIPTION_MAX);
	check_text(world, "group_name", variable->group_name, LABEL_MAX);
	check_text(world, "unit", variable->unit, LABEL_MAX);
	if (define(change->name, variable, room, &param, &wrong) != CODE_OK)
		ops_world_find(world, NULL, change->name, &wrong);
	if (world->n_findings > 0)
		code = refuse(error, CODE_INVALID);

	/* 2. What it does to this one. */
	if (code == CODE_OK) {
		put_definition(&param, variable, &definition);
		struct work work = {.ops = ops, .change = change, .world = world, .error = error,
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
	struct work work = {.ops = ops, .change = change, .world = world, .error = error};

	check_reason(world, change->reason);
	return world->n_findings > 0 ? refuse(error, CODE_INVALID) : run_delete(&work);
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
	check_text(world, name, message, MESSAGE_MAX);
}

enum code ops_catalog_put_rule(struct ops *ops, const struct ops_catalog_change *change,
			       const char *expression, const char *message, struct ops_world *world,
			       int64_t *version, struct text *json, struct error *error)
{
	const struct rule rule = {.name = change->name, .expression = expression, .message = message};
	struct work work = {
		.ops = ops, .change = change, .world = world, .error = error, .is_rule = true, .rule = &rule};

	check_message(world, message);
	if (change->reason != NULL)
		check_reason(world, change->reason);
	return world->n_findings > 0 ? refuse(error, CODE_INVALID) : run_put(&work, version, json);
}

enum code ops_catalog_delete_rule(struct ops *ops, const struct ops_catalog_change *change,
				  struct ops_world *world, struct error *error)
{
	struct work work = {.ops = ops, .change = change, .world = world, .error = error, .is_rule = true};

	if (change->reason != NULL)
		check_reason(world, change->reason);
	return world->n_findings > 0 ? refuse(error, CODE_INVALID) : run_delete(&work);
}

enum code ops_catalog_history(struct ops *ops, const char *name, struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_catalog_history(ops->db, name, &rows);

	return ops_outcome_document(ops, outcome, parameter_word, rows, 0, json, error);
}
