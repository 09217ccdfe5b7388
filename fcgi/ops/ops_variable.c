#include "fcgi/ops/ops_variable.h"

#include <string.h>

#include "fcgi/ops/ops_world.h"
#include "fcgi/proc/text.h"
#include "workerlib/core/canon.h"
#include "workerlib/core/scan.h"

enum { DESCRIPTION_MAX = 4096, LABEL_MAX = 64 };

void ops_variable_check(struct ops_world *world, const struct ops_variable *variable)
{
	ops_world_check_text(world, "description", variable->description, DESCRIPTION_MAX);
	ops_world_check_text(world, "group_name", variable->group_name, LABEL_MAX);
	ops_world_check_text(world, "unit", variable->unit, LABEL_MAX);
}

static void find_unknown(struct ops_world *world, const char *member, const char *got)
{
	struct error error;

	code_error(&error, CODE_BAD_DEFINITION, "there is no ", member, " ", got, NULL);
	ops_world_find(world, NULL, member, &error);
}

/* Finds what the core says of a part of a definition; returns whether it has no objection. */
static bool is_right(struct ops_world *world, const char *member, const struct param *part)
{
	struct error error;

	if (param_define(part, &error) == CODE_OK)
		return true;
	ops_world_find(world, NULL, member, &error);
	return false;
}

/* The core stops at the first fault: it is asked of each member alone, then of what is right, together. */
static void find_faults(struct ops_world *world, const struct param *param)
{
	const bool is_enum = param->type == VALUE_ENUM;
	const char *some = is_enum ? "[\"-\"]" : NULL; /* an enum is none without */
	struct param part = {
		.name = param->name, .type = param->type, .allowed_values = param->allowed_values};
	bool right = is_right(world, "allowed_values", &part);

	part.allowed_values = some;
	part.min_value = param->min_value;
	const bool has_min = is_right(world, "min_value", &part);
	part.min_value = NULL;
	part.max_value = param->max_value;
	const bool has_max = is_right(world, "max_value", &part);
	part.min_value = param->min_value;
	right = has_min && has_max && is_right(world, "min_value", &part) && right;
	part = (struct param){.name = param->name, .type = is_enum ? VALUE_STRING : param->type,
			      .default_value = param->default_value};
	is_right(world, "default_value", right ? param : &part);
}

void ops_variable_define(struct ops_world *world, const char *name, const struct ops_variable *variable,
			 char (*room)[VALUE_MAX + 1], struct param *param)
{
	*param = (struct param){
		.name = name,
		.allowed_values = variable->allowed_values,
		.default_value = variable->default_value,
		.min_value = variable->min_value,
		.max_value = variable->max_value,
		.required = variable->required,
		.deprecated = variable->deprecated,
		.hot_reloadable = variable->hot_reloadable,
		.critical = variable->critical,
		.excluded_from_ftf = variable->excluded_from_ftf,
	};
	if (!category_from_name(variable->category, &param->category))
		find_unknown(world, "category", variable->category);
	if (!value_type_from_name(variable->type, &param->type)) {
		find_unknown(world, "type", variable->type);
		return; /* what the others are to be is said by the type */
	}
	param_canonical(param, room);
	find_faults(world, param);
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

void ops_variable_write(const struct param *param, const struct ops_variable *variable, struct text *text)
{
	struct canon json;

	canon_start(&json, text_put, text);
	canon_object(&json);
	put_allowed(&json, param->allowed_values);
	canon_member(&json, "category", variable->category);
	put_bool(&json, "critical", param->critical);
	canon_member(&json, "default_value", param->default_value);
	put_bool(&json, "deprecated", param->deprecated);
	canon_member(&json, "description", or_empty(variable->description));
	put_bool(&json, "excluded_from_ftf", param->excluded_from_ftf);
	canon_member(&json, "group_name", or_empty(variable->group_name));
	put_bool(&json, "hot_reloadable", param->hot_reloadable);
	canon_member(&json, "max_value", param->max_value);
	canon_member(&json, "min_value", param->min_value);
	put_bool(&json, "required", param->required);
	canon_member(&json, "type", variable->type);
	canon_member(&json, "unit", or_empty(variable->unit));
	canon_end(&json, '}');
}
