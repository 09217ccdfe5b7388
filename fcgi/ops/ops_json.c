#include "fcgi/ops/ops_json.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/proc/need.h"

static const int64_t safe_integer = (INT64_C(1) << 53) - 1;

/* json-c clamps what does not fit, so that is beyond it too. A fraction or an exponent makes a double. */
static bool is_unsafe(struct json_object *value)
{
	if (json_object_is_type(value, json_type_double))
		return true;
	if (!json_object_is_type(value, json_type_int))
		return false;
	return json_object_get_int64(value) > safe_integer || json_object_get_int64(value) < -safe_integer;
}

static const char *unsafe_item(struct json_object *array)
{
	const char *found = NULL;

	for (size_t i = 0; found == NULL && i < json_object_array_length(array); i++)
		found = ops_json_unsafe(json_object_array_get_idx(array, i));
	return found;
}

static const char *unsafe_member(struct json_object *object)
{
	struct json_object_iterator at = json_object_iter_begin(object), end = json_object_iter_end(object);
	const char *found = NULL;

	for (; found == NULL && !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
		found = ops_json_unsafe(json_object_iter_peek_value(&at));
	return found;
}

const char *ops_json_unsafe(struct json_object *value)
{
	if (json_object_is_type(value, json_type_array))
		return unsafe_item(value);
	if (json_object_is_type(value, json_type_object))
		return unsafe_member(value);
	return is_unsafe(value) ? json_object_to_json_string(value) : NULL;
}

static void write_array(struct canon *json, struct json_object *array)
{
	canon_array(json);
	for (size_t i = 0; i < json_object_array_length(array); i++)
		ops_json_write(json, json_object_array_get_idx(array, i));
	canon_end(json, ']');
}

static int compare_names(const void *left, const void *right)
{
	return canon_order(*(const char *const *)left, *(const char *const *)right);
}

static void write_object(struct canon *json, struct json_object *object)
{
	size_t n = (size_t)json_object_object_length(object), i = 0;
	struct json_object_iterator at = json_object_iter_begin(object), end = json_object_iter_end(object);
	const char **names = need_items(n, sizeof *names);

	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
		names[i++] = json_object_iter_peek_name(&at);
	qsort(names, n, sizeof *names, compare_names);
	canon_object(json);
	for (i = 0; i < n; i++) {
		canon_key(json, names[i]);
		ops_json_write(json, json_object_object_get(object, names[i]));
	}
	canon_end(json, '}');
	free(names);
}

void ops_json_write(struct canon *json, struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		canon_null(json);
		break;
	case json_type_boolean:
		canon_bool(json, json_object_get_boolean(value));
		break;
	case json_type_int:
		canon_integer(json, json_object_get_int64(value));
		break;
	case json_type_string:
		canon_string(json, json_object_get_string(value), (size_t)json_object_get_string_len(value));
		break;
	case json_type_array:
		write_array(json, value);
		break;
	case json_type_object:
		write_object(json, value);
		break;
	case json_type_double:
		json->broken = true;
		break;
	}
}

size_t ops_json_pack(char *json, size_t n)
{
	bool quoted = false;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (!quoted && strchr(" \t\r\n", json[i]) != NULL)
			continue;
		if (quoted && json[i] == '\\') {
			json[kept++] = json[i++];
			if (i == n)
				break;
		} else if (json[i] == '"') {
			quoted = !quoted;
		}
		json[kept++] = json[i];
	}
	return kept;
}
