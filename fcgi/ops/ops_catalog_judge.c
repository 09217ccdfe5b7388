#include "fcgi/ops/ops_catalog_judge.h"

#include <string.h>

#include "fcgi/db/db_catalog.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_outcome.h"
#include "fcgi/ops/ops_who.h"

static bool goes(const struct ops_catalog_work *work)
{
	return work->param == NULL && work->rule == NULL;
}

static bool is_there(const struct ops_catalog_work *work)
{
	return db_rows_text(work->row, 0, VARIABLE_VERSION) != NULL;
}

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

const char *ops_catalog_judge_default(const struct ops_catalog_work *work)
{
	return work->param == NULL ? NULL : work->param->default_value;
}

bool ops_catalog_judge_affects(const struct ops_catalog_work *work, size_t i,
			       struct ops_environment *environment)
{
	*environment = ops_world_environment(work->world, i);
	return !work->is_rule && !same(work->old_default, ops_catalog_judge_default(work)) &&
	       !ops_world_has_entry(work->world, environment->name, work->change->name);
}

/* In a definition that is created nobody has seen a version. */
static enum code guard_new(struct ops_catalog_work *work)
{
	const char *name = work->change->name;

	if (is_there(work))
		return code_error(work->error, CODE_EXISTS, name, " exists already", NULL);
	if (!work->is_rule && db_rows_bool(work->row, 0, VARIABLE_DELETED))
		return code_error(work->error, CODE_EXISTS, name,
				  " was deleted, and a name is never used again", NULL);
	return CODE_OK;
}

static enum code guard_match(struct ops_catalog_work *work)
{
	const struct ops_match *match = &work->change->match;

	if (work->change->create)
		return guard_new(work);
	if (!is_there(work))
		return ops_outcome_code(work->ops, DB_NONE, work->is_rule ? "rule" : "parameter",
					work->error);
	work->world->version = db_rows_integer(work->row, 0, VARIABLE_VERSION);
	if (match->given && !ops_match_holds(match, work->world->version))
		return code_error(work->error, CODE_STALE, work->change->name,
				  " has been changed by somebody else", NULL);
	return CODE_OK;
}

/* Of a parameter that goes: rows that name it, or a rule that could be read as long as it was there. */
static enum code guard_references(struct ops_catalog_work *work)
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

static enum code guard_freeze(struct ops_catalog_work *work)
{
	struct ops_environment environment;

	for (size_t i = 0; i < ops_world_count(work->world); i++) {
		if (!ops_catalog_judge_affects(work, i, &environment) || environment.frozen_seconds == 0)
			continue;
		work->world->frozen_seconds = environment.frozen_seconds;
		return code_error(work->error, CODE_FROZEN, "a freeze window is in force in ",
				  environment.name, NULL);
	}
	return CODE_OK;
}

static enum code guard_lock(struct ops_catalog_work *work)
{
	struct ops_environment environment;

	for (size_t i = 0; i < ops_world_count(work->world); i++) {
		if (!ops_catalog_judge_affects(work, i, &environment) || environment.locked_by == NULL ||
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
static enum code refuse_critical(struct ops_catalog_work *work)
{
	const char *name = work->change->name, *first = NULL;
	struct ops_environment environment;
	struct error error;

	code_error(&error, CODE_CRITICAL_REQUIRES_APPROVAL, "it runs with the default", NULL);
	for (size_t i = 0; i < ops_world_count(work->world); i++) {
		if (!ops_catalog_judge_affects(work, i, &environment))
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
static enum code guard_critical(struct ops_catalog_work *work)
{
	if (work->is_rule || !is_there(work))
		return CODE_OK;
	if (!work->critical && !db_rows_bool(work->row, 0, VARIABLE_GUARDED) &&
	    !db_rows_bool(work->row, 0, VARIABLE_LOOSENS))
		return CODE_OK;
	return refuse_critical(work);
}

static enum code guard_valid(struct ops_catalog_work *work)
{
	ops_world_check(work->world);
	return work->world->n_findings > 0 ? code_refuse(work->error, CODE_INVALID) : CODE_OK;
}

static enum code guard_change(struct ops_catalog_work *work)
{
	return db_rows_bool(work->row, 0, VARIABLE_SAME) ? code_refuse(work->error, CODE_NO_CHANGE) : CODE_OK;
}

/* What the world is to be. */
static enum code apply(struct ops_catalog_work *work)
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
static enum code (*const steps[])(struct ops_catalog_work *) = {
	guard_match, apply, guard_references, guard_freeze, guard_lock, guard_critical, guard_valid,
	guard_change,
};

enum code ops_catalog_judge(struct ops_catalog_work *work)
{
	enum code code = CODE_OK;

	for (size_t i = 0; code == CODE_OK && i < sizeof steps / sizeof *steps; i++)
		code = steps[i](work);
	return code;
}
