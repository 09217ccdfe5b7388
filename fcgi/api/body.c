#include "fcgi/api/body.h"

#include <json-c/json.h>
#include <string.h>

#include "fcgi/proc/need.h"
#include "workerlib/core/scan.h"

static const struct {
	enum json_type type;
	const char *said;
} types[] = {
	[BODY_TEXT] = {json_type_string, " must be a string"},
	[BODY_INTEGER] = {json_type_int, " must be a whole number"},
	[BODY_BOOL] = {json_type_boolean, " must be true or false"},
	[BODY_OBJECT] = {json_type_object, " must be an object"},
	[BODY_ARRAY] = {json_type_array, " must be an array"},
};

/*
 * Beyond it a number is not the same in every reader.
 * json-c clamps what does not fit, so that is beyond it too.
 */
static const int64_t safe_integer = 9007199254740991;

enum code body_parse(const char *bytes, size_t n, struct json_object **json, struct error *error)
{
	enum code code = scan_json(bytes, n, error);

	if (code != CODE_OK)
		return code;
	struct json_tokener *tokener = json_tokener_new_ex(SCAN_DEPTH + 1);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	*json = json_tokener_parse_ex(tokener, bytes, (int)n);
	json_tokener_free(tokener);
	if (*json != NULL && json_object_is_type(*json, json_type_object))
		return CODE_OK;
	body_free(*json);
	*json = NULL;
	return code_error(error, CODE_MALFORMED, "the body must be an object", NULL);
}

void body_free(struct json_object *json)
{
	json_object_put(json);
}

static bool is_known(const struct body_field *fields, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(fields[i].name, name) == 0)
			return true;
	}
	return false;
}

static enum code check_field(const struct body_field *field, bool found, struct json_object *value,
			     struct error *error)
{
	if (!found && field->required)
		return code_error(error, CODE_MALFORMED, field->name, " is missing", NULL);
	if (!found || (value == NULL && field->nullable))
		return CODE_OK;
	if (!json_object_is_type(value, types[field->type].type))
		return code_error(error, CODE_MALFORMED, field->name, types[field->type].said, NULL);
	if (field->type == BODY_INTEGER &&
	    (json_object_get_int64(value) > safe_integer || json_object_get_int64(value) < -safe_integer))
		return code_error(error, CODE_MALFORMED, field->name, " is out of range", NULL);
	return CODE_OK;
}

enum code body_fields(struct json_object *json, const struct body_field *fields, size_t n,
		      struct json_object **values, struct error *error)
{
	enum code code = CODE_OK;

	for (size_t i = 0; i < n && code == CODE_OK; i++) {
		bool found = json_object_object_get_ex(json, fields[i].name, &values[i]);
		code = check_field(&fields[i], found, values[i], error);
	}
	struct json_object_iterator at = json_object_iter_begin(json), end = json_object_iter_end(json);
	for (; code == CODE_OK && !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		const char *name = json_object_iter_peek_name(&at);
		if (!is_known(fields, n, name))
			code = code_error(error, CODE_MALFORMED, "there is no member ", name, NULL);
	}
	return code;
}

const char *body_text(struct json_object *value)
{
	return value == NULL ? NULL : json_object_get_string(value);
}

int64_t body_integer(struct json_object *value)
{
	return value == NULL ? 0 : json_object_get_int64(value);
}

bool body_bool(struct json_object *value, bool absent)
{
	return value == NULL ? absent : json_object_get_boolean(value);
}

const char *body_json(struct json_object *value)
{
	return value == NULL ? NULL : json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN);
}

enum code body_changes(struct json_object *json, struct change **changes, size_t *n, struct error *error)
{
	struct json_object_iterator at = json_object_iter_begin(json), end = json_object_iter_end(json);
	size_t i = 0, most = (size_t)json_object_object_length(json);

	if (most > BODY_CHANGES_MAX)
		return code_error(error, CODE_TOO_LARGE, "at most 4096 changes at once", NULL);
	*changes = need_items(most, sizeof **changes);
	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		struct json_object *value = json_object_iter_peek_value(&at);
		const char *name = json_object_iter_peek_name(&at);

		if (value != NULL && !json_object_is_type(value, json_type_string))
			return code_error(error, CODE_MALFORMED, "the value of ", name,
					  " must be a string or null", NULL);
		(*changes)[i++] = (struct change){name, body_text(value)};
	}
	*n = i;
	return CODE_OK;
}

/* An array whose items are all one thing. */
static bool is_array_of(struct json_object *array, bool (*is)(struct json_object *))
{
	for (size_t i = 0; array != NULL && i < json_object_array_length(array); i++) {
		if (!is(json_object_array_get_idx(array, i)))
			return false;
	}
	return true;
}

static bool is_text(struct json_object *value)
{
	return json_object_is_type(value, json_type_string);
}

static bool is_pending(struct json_object *value)
{
	static const struct body_field fields[] = {
		{"name", BODY_TEXT, true, false}, {"version", BODY_INTEGER, true, false}};
	struct json_object *values[2];

	return json_object_is_type(value, json_type_object) &&
	       body_fields(value, fields, 2, values, NULL) == CODE_OK;
}

enum code body_is_worker_detail(struct json_object *pending, struct json_object *restart_required,
				struct json_object *rejected, struct error *error)
{
	static const struct body_field fields[] = {
		{"version", BODY_INTEGER, true, false}, {"detail", BODY_TEXT, true, false}};
	struct json_object *values[2];

	if (!is_array_of(pending, is_pending))
		return code_error(error, CODE_MALFORMED, "pending must be an array of {name, version}", NULL);
	if (!is_array_of(restart_required, is_text))
		return code_error(error, CODE_MALFORMED, "restart_required must be an array of names", NULL);
	return rejected == NULL ? CODE_OK : body_fields(rejected, fields, 2, values, error);
}
