#include "fcgi/ctl/member.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "fcgi/ctl/mem.h"

/* The member, or NULL where there is none or it is null. */
static struct json_object *member(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, name, &value))
		return NULL;
	return value;
}

static struct json_object *member_of(struct json_object *object, const char *name, enum json_type type)
{
	struct json_object *value = member(object, name);

	return json_object_is_type(value, type) ? value : NULL;
}

const char *member_text(struct json_object *object, const char *name, const char *fallback)
{
	struct json_object *value = member(object, name);

	return value == NULL ? fallback : json_object_get_string(value);
}

int64_t member_int(struct json_object *object, const char *name, int64_t fallback)
{
	struct json_object *value = member_of(object, name, json_type_int);

	return value == NULL ? fallback : json_object_get_int64(value);
}

bool member_true(struct json_object *object, const char *name)
{
	struct json_object *value = member_of(object, name, json_type_boolean);

	return value != NULL && json_object_get_boolean(value);
}

struct json_object *member_object(struct json_object *object, const char *name)
{
	return member_of(object, name, json_type_object);
}

struct json_object *member_list(struct json_object *object, const char *name)
{
	return member_of(object, name, json_type_array);
}

size_t member_count(struct json_object *list)
{
	return list == NULL ? 0 : json_object_array_length(list);
}

bool member_holds(struct json_object *list, const char *text)
{
	for (size_t i = 0; i < member_count(list); i++) {
		const char *item = json_object_get_string(json_object_array_get_idx(list, i));

		if (item != NULL && strcmp(item, text) == 0)
			return true;
	}
	return false;
}

char *member_joined(struct json_object *list)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = mem_must(open_memstream(&text, &n));

	for (size_t i = 0; i < member_count(list); i++) {
		const char *item = json_object_get_string(json_object_array_get_idx(list, i));

		fprintf(f, "%s%s", i > 0 ? ", " : "", item == NULL ? "null" : item);
	}
	return mem_must(fclose(f) == 0 ? text : NULL);
}

void member_add(struct json_object *object, const char *name, struct json_object *value_take)
{
	if (json_object_object_add(object, name, value_take) < 0)
		mem_must(NULL);
}

void member_add_text(struct json_object *object, const char *name, const char *text)
{
	member_add(object, name, mem_must(json_object_new_string(text)));
}

void member_append(struct json_object *list, struct json_object *value_take)
{
	if (json_object_array_add(list, value_take) < 0)
		mem_must(NULL);
}

void member_append_text(struct json_object *list, const char *text)
{
	member_append(list, mem_must(json_object_new_string(text)));
}
