#include "fcgi/ops/ops_variable.h"

#include <string.h>

#include "fcgi/ops/ops_json.h"
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

enum code ops_variable_define(const char *name, const struct ops_variable *variable,
			      char (*room)[VALUE_MAX + 1], struct param *param, struct error *error)
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
