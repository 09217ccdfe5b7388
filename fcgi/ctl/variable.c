#include "fcgi/ctl/variable.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "workerlib/core/value.h"

/* What a definition is made of, and what it is where it is left out, as JSON. */
static const struct member {
	const char *name, *absent;
	enum { AS_IT_IS, A_VALUE, VALUES } kind; /* values have a canonical form */
} members[] = {
	{"type", "null", AS_IT_IS},
	{"category", "null", AS_IT_IS},
	{"allowed_values", "null", VALUES},
	{"default_value", "null", A_VALUE},
	{"min_value", "null", A_VALUE},
	{"max_value", "null", A_VALUE},
	{"description", "\"\"", AS_IT_IS},
	{"group_name", "\"\"", AS_IT_IS},
	{"unit", "\"\"", AS_IT_IS},
	{"required", "false", AS_IT_IS},
	{"deprecated", "false", AS_IT_IS},
	{"hot_reloadable", "true", AS_IT_IS},
	{"critical", "false", AS_IT_IS},
	{"excluded_from_ftf", "false", AS_IT_IS},
};
enum { MEMBERS = sizeof members / sizeof members[0] };

/* What the server says of a definition, or the file of how it is written, and not part of it. */
static const char *const beside[] = {"name", "reason", "version", "updated_at", "updated_by"};

char *variable_value(struct json_object *variable, const char *text)
{
	char *out = mem_must(malloc(VALUE_MAX + 1));
	enum value_type type;

	if (value_type_from_name(member_text(variable, "type", ""), &type) &&
	    value_canonical(type, text, strlen(text), out, NULL) == CODE_OK)
		return out;
	free(out);
	return mem_must(strdup(text));
}

/* A text as a value; anything else as it is. */
static struct json_object *canonical(struct json_object *variable, struct json_object *value)
{
	if (!json_object_is_type(value, json_type_string))
		return json_object_get(value);
	char *text = variable_value(variable, json_object_get_string(value));
	struct json_object *made = mem_must(json_object_new_string(text));
	free(text);
	return made;
}

static struct json_object *canonical_list(struct json_object *variable, struct json_object *list)
{
	if (!json_object_is_type(list, json_type_array))
		return json_object_get(list);
	struct json_object *made = mem_must(json_object_new_array());
	for (size_t i = 0; i < member_count(list); i++)
		member_append(made, canonical(variable, json_object_array_get_idx(list, i)));
	return made;
}

struct json_object *variable_whole(struct json_object *variable)
{
	struct json_object *whole = mem_must(json_object_new_object());

	for (size_t i = 0; i < MEMBERS; i++) {
		const struct member *m = &members[i];
		struct json_object *value = NULL;

		if (!json_object_object_get_ex(variable, m->name, &value))
			member_add(whole, m->name, json_tokener_parse(m->absent));
		else if (m->kind == VALUES)
			member_add(whole, m->name, canonical_list(variable, value));
		else if (m->kind == A_VALUE)
			member_add(whole, m->name, canonical(variable, value));
		else
			member_add(whole, m->name, json_object_get(value));
	}
	return whole;
}

static bool is_known(const char *name)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		if (strcmp(name, members[i].name) == 0)
			return true;
	}
	for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
		if (strcmp(name, beside[i]) == 0)
			return true;
	}
	return false;
}

const char *variable_unknown_member(struct json_object *variable)
{
	json_object_object_foreach (variable, name, value) {
		(void)value;
		if (!is_known(name))
			return name;
	}
	return NULL;
}

struct json_object *variable_differences(struct json_object *left, struct json_object *right)
{
	struct json_object *list = mem_must(json_object_new_array());

	for (size_t i = 0; i < MEMBERS; i++) {
		struct json_object *l = json_object_object_get(left, members[i].name),
				   *r = json_object_object_get(right, members[i].name);

		if (json_object_equal(l, r))
			continue;
		struct json_object *item = mem_must(json_object_new_object());
		member_add_text(item, "name", members[i].name);
		member_add(item, "left", json_object_get(l));
		member_add(item, "right", json_object_get(r));
		member_append(list, item);
	}
	return list;
}
