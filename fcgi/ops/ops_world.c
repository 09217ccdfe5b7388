#include "fcgi/ops/ops_world.h"

#include <stdlib.h>
#include <string.h>

#include "fcgi/db/db_catalog.h"
#include "fcgi/db/db_config.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_definitions.h"
#include "fcgi/proc/need.h"
#include "workerlib/core/utf8.h"

void ops_world_free(struct ops_world *world)
{
	db_rows_free(world->lock);
	db_rows_free(world->environments);
	db_rows_free(world->params_rows);
	db_rows_free(world->entries);
	db_rows_free(world->rules_rows);
	free(world->params);
	free(world->rules);
	free(world->findings);
	*world = (struct ops_world){.lock = NULL};
}

void ops_world_send(struct db *db, struct ops_world *world)
{
	db_catalog_send_lock(db, &world->lock);
	db_catalog_send_environments(db, &world->environments);
	db_catalog_send_entries(db, &world->entries);
	ops_definitions_send(db, &world->params_rows, &world->rules_rows);
}

/* Both arrays have room for one more. */
enum code ops_world_read(struct ops_world *world, struct error *error)
{
	free(world->params);
	free(world->rules);
	world->n_findings = world->n_kept;
	world->n = db_rows_count(world->params_rows);
	world->n_rules = db_rows_count(world->rules_rows);
	world->params = need_items(world->n + 1, sizeof *world->params);
	world->rules = need_items(world->n_rules + 1, sizeof *world->rules);
	for (size_t i = 0; i < world->n_rules; i++)
		world->rules[i] = ops_definitions_rule(world->rules_rows, i);
	for (size_t i = 0; i < world->n; i++) {
		if (!ops_definitions_param(world->params_rows, i, &world->params[i]))
			return code_error(error, CODE_INTERNAL, "the definition of ", world->params[i].name,
					  " is not understood", NULL);
	}
	return CODE_OK;
}

const struct param *ops_world_param(const struct ops_world *world, const char *name)
{
	size_t at = param_find(world->params, world->n, name, strlen(name));

	return at == SIZE_MAX ? NULL : &world->params[at];
}

void ops_world_drop_param(struct ops_world *world, const char *name)
{
	size_t at = param_find(world->params, world->n, name, strlen(name));

	if (at == SIZE_MAX)
		return;
	world->n--;
	memmove(&world->params[at], &world->params[at + 1], (world->n - at) * sizeof *world->params);
}

void ops_world_put_param(struct ops_world *world, const struct param *param)
{
	size_t at = 0;

	ops_world_drop_param(world, param->name);
	while (at < world->n && strcmp(world->params[at].name, param->name) < 0)
		at++;
	memmove(&world->params[at + 1], &world->params[at], (world->n - at) * sizeof *world->params);
	world->params[at] = *param;
	world->n++;
}

void ops_world_drop_rule(struct ops_world *world, const char *name)
{
	for (size_t at = 0; at < world->n_rules; at++) {
		if (strcmp(world->rules[at].name, name) != 0)
			continue;
		world->n_rules--;
		memmove(&world->rules[at], &world->rules[at + 1],
			(world->n_rules - at) * sizeof *world->rules);
		return;
	}
}

void ops_world_put_rule(struct ops_world *world, const struct rule *rule)
{
	size_t at = 0;

	ops_world_drop_rule(world, rule->name);
	while (at < world->n_rules && strcmp(world->rules[at].name, rule->name) < 0)
		at++;
	memmove(&world->rules[at + 1], &world->rules[at], (world->n_rules - at) * sizeof *world->rules);
	world->rules[at] = *rule;
	world->n_rules++;
}

void ops_world_find(struct ops_world *world, const char *environment, const char *name,
		    const struct error *error)
{
	struct ops_finding *more = need_items(world->n_findings + 1, sizeof *more);

	if (world->n_findings > 0)
		memcpy(more, world->findings, world->n_findings * sizeof *more);
	more[world->n_findings++] = (struct ops_finding){environment, name, *error};
	free(world->findings);
	world->findings = more;
}

void ops_world_check_text(struct ops_world *world, const char *name, const char *text, size_t most)
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

size_t ops_world_count(const struct ops_world *world)
{
	return db_rows_count(world->environments);
}

struct ops_environment ops_world_environment(const struct ops_world *world, size_t i)
{
	return (struct ops_environment){
		.name = db_rows_text(world->environments, i, WORLD_ENVIRONMENT),
		.version = db_rows_integer(world->environments, i, WORLD_VERSION),
		.locked_by = db_rows_text(world->environments, i, WORLD_LOCKED_BY),
		.frozen_seconds = db_rows_integer(world->environments, i, WORLD_FROZEN_SECONDS),
	};
}

static bool is_of(const struct ops_world *world, size_t entry, const char *environment)
{
	return entry < db_rows_count(world->entries) &&
	       strcmp(db_rows_text(world->entries, entry, ENTRY_ENVIRONMENT), environment) == 0;
}

bool ops_world_has_entry(const struct ops_world *world, const char *environment, const char *name)
{
	for (size_t i = 0; i < db_rows_count(world->entries); i++) {
		if (is_of(world, i, environment) &&
		    strcmp(db_rows_text(world->entries, i, ENTRY_NAME), name) == 0)
			return true;
	}
	return false;
}

/*
 * The values in force in an environment, whose entries begin at `entry`;
 * returns where those of the next one begin.
 */
static size_t resolve(const struct ops_world *world, const char *environment, size_t entry,
		      const char **values)
{
	for (size_t i = 0; i < world->n; i++) {
		int order = -1;

		while (is_of(world, entry, environment) &&
		       (order = strcmp(db_rows_text(world->entries, entry, ENTRY_NAME),
				       world->params[i].name)) < 0)
			entry++;
		values[i] = world->params[i].default_value;
		if (order == 0)
			values[i] = db_rows_text(world->entries, entry++, ENTRY_VALUE);
	}
	while (is_of(world, entry, environment))
		entry++;
	return entry;
}

/* A rule that cannot be read any more is said once, not for each environment. */
static bool check_rules(struct ops_world *world)
{
	const struct rule_scope scope = {.params = world->params, .n = world->n};
	size_t before = world->n_findings;

	for (size_t i = 0; i < world->n_rules; i++) {
		struct error error;
		if (rule_define(&world->rules[i], &scope, &error) != CODE_OK)
			ops_world_find(world, NULL, world->rules[i].name, &error);
	}
	return world->n_findings == before;
}

/* Room for what one environment is checked with. */
struct check {
	const char **values;
	struct violation *violations;
	size_t most;
};

static struct check check_start(const struct ops_world *world)
{
	/* One a value and one a required parameter, or what rules name: so all fit. */
	size_t most = 2 * world->n + world->n_rules * RULE_PARAMS;

	return (struct check){need_items(world->n, sizeof(char *)),
			      need_items(most, sizeof(struct violation)), most};
}

static void check_end(struct check *check)
{
	free(check->values);
	free(check->violations);
}

/* Resolves and checks one; returns as resolve(). */
static size_t check_one(struct ops_world *world, const char *environment, size_t entry,
			const struct check *check)
{
	const struct config config = {world->params, check->values, world->n, world->rules, world->n_rules};

	entry = resolve(world, environment, entry, check->values);
	size_t n = config_check(&config, check->violations, check->most);
	for (size_t i = 0; i < n; i++)
		ops_world_find(world, environment, check->violations[i].name, &check->violations[i].error);
	return entry;
}

void ops_world_check(struct ops_world *world)
{
	if (!check_rules(world))
		return;
	struct check check = check_start(world);
	for (size_t i = 0, entry = 0; i < ops_world_count(world); i++)
		entry = check_one(world, ops_world_environment(world, i).name, entry, &check);
	check_end(&check);
}

void ops_world_check_defaults(struct ops_world *world, const char *environment)
{
	struct check check = check_start(world);

	check_one(world, environment, db_rows_count(world->entries), &check);
	check_end(&check);
}
