#include "workerlib/core/param.h"

#include <string.h>

#include "workerlib/core/list.h"
#include "workerlib/core/name.h"
#include "workerlib/core/scan.h"
#include "workerlib/core/utf8.h"

/*
 * As strcmp, of a name that ends after n bytes; *same:
 * how many are known to be alike, and then how many are.
 */
static int compare_names(const char *name, size_t n, const char *with, size_t *same)
{
	size_t i = *same;

	while (i < n && with[i] != '\0' && name[i] == with[i])
		i++;
	*same = i;
	return (i < n ? (unsigned char)name[i] : 0) - (unsigned char)with[i];
}

/* What the names on either side begin with alike, those between them do too: it is compared once. */
size_t param_find(const struct param *params, size_t n_params, const char *name, size_t n)
{
	size_t from = 0, to = n_params, before = 0, after = 0;

	while (from < to) {
		const size_t middle = from + (to - from) / 2;
		size_t same = before < after ? before : after;
		const int order = compare_names(name, n, params[middle].name, &same);

		if (order == 0)
			return middle;
		if (order < 0) {
			to = middle;
			after = same;
		} else {
			from = middle + 1;
			before = same;
		}
	}
	return SIZE_MAX;
}

static enum code refuse(struct error *e, enum code code, const char *got, const char *words,
			const char *limit)
{
	char quoted[UTF8_QUOTED_MAX + 1];

	return code_error(e, code, utf8_quote(got, strlen(got), quoted), words, limit, NULL);
}

static enum code check_bounds(const struct param *p, const char *value, struct error *e)
{
	if (!value_ordered(p->type))
		return CODE_OK;
	if (p->min_value && value_compare(p->type, value, p->min_value) < 0)
		return refuse(e, CODE_BELOW_MINIMUM, value, " is below the minimum, ", p->min_value);
	if (p->max_value && value_compare(p->type, value, p->max_value) > 0)
		return refuse(e, CODE_ABOVE_MAXIMUM, value, " is above the maximum, ", p->max_value);
	return CODE_OK;
}

/* One value, or one item of a list. */
static enum code check_allowed(const struct param *p, const char *value, size_t n, struct error *e)
{
	if (!p->allowed_values ? p->type != VALUE_ENUM : list_count(p->allowed_values, value, n) > 0)
		return CODE_OK;
	return refuse(e, CODE_NOT_ALLOWED, value, " is not one of ",
		      p->allowed_values ? p->allowed_values : "[]");
}

static enum code check_items(const struct param *p, const char *value, struct error *e)
{
	char item[VALUE_STRING_MAX + 1];
	enum code code = CODE_OK;
	struct scan_list list;
	size_t n;

	if (!p->allowed_values)
		return CODE_OK;
	scan_list_open(&list, value, strlen(value), NULL);
	while (code == CODE_OK && scan_list_next(&list, item, VALUE_STRING_MAX, &n))
		code = check_allowed(p, item, n, e);
	return code;
}

enum code param_check(const struct param *p, const char *text, size_t n, char out[VALUE_MAX + 1],
		      struct error *e)
{
	enum code code = value_canonical(p->type, text, n, out, e);

	if (code == CODE_OK)
		code = check_bounds(p, out, e);
	if (code == CODE_OK)
		code = p->type == VALUE_LIST ? check_items(p, out, e) : check_allowed(p, out, strlen(out), e);
	if (code != CODE_OK)
		out[0] = '\0';
	return code;
}

/* The type of one allowed value: of a list they are its items. */
static enum value_type item_type(enum value_type type)
{
	return type == VALUE_LIST ? VALUE_STRING : type;
}

static enum code undefined(struct error *e, const char *what, const char *why)
{
	return code_error(e, CODE_BAD_DEFINITION, what, why, NULL);
}

/* Adds one allowed value in its canonical form. */
static enum code add_allowed(struct list_writer *writer, enum value_type type, const char *item, size_t n,
			     struct error *e)
{
	char canonical[VALUE_MAX + 1];
	struct error wrong;

	if (n > VALUE_STRING_MAX)
		return undefined(e, "allowed_values: ", "an item of more than 1024 bytes");
	if (value_canonical(type, item, n, canonical, &wrong) != CODE_OK)
		return undefined(e, "allowed_values: ", wrong.detail);
	list_add(writer, canonical, strlen(canonical));
	return CODE_OK;
}

static enum code check_no_repeats(const char *allowed, struct error *e)
{
	char item[VALUE_STRING_MAX + 1];
	struct scan_list list;
	size_t n;

	scan_list_open(&list, allowed, strlen(allowed), NULL);
	while (scan_list_next(&list, item, VALUE_STRING_MAX, &n))
		if (list_count(allowed, item, n) > 1)
			return refuse(e, CODE_BAD_DEFINITION, item, " stands twice in ", "allowed_values");
	return CODE_OK;
}

enum code param_canonical_allowed(enum value_type type, const char *text, size_t n, char out[VALUE_MAX + 1],
				  struct error *e)
{
	char item[VALUE_STRING_MAX + 1];
	struct list_writer writer;
	struct scan_list list;
	enum code code;

	out[0] = '\0';
	code = scan_list_open(&list, text, n, e);
	if (code != CODE_OK)
		return code;
	list_start(&writer, out);
	while (code == CODE_OK && scan_list_next(&list, item, VALUE_STRING_MAX, &n))
		code = add_allowed(&writer, item_type(type), item, n, e);
	if (code == CODE_OK)
		code = list_end(&writer, e);
	if (code == CODE_OK)
		code = check_no_repeats(out, e);
	if (code != CODE_OK)
		out[0] = '\0';
	return code;
}

static void make_canonical(enum value_type type, const char **text, char room[VALUE_MAX + 1])
{
	if (*text && value_canonical(type, *text, strlen(*text), room, NULL) == CODE_OK)
		*text = room;
}

void param_canonical(struct param *p, char room[PARAM_TEXTS][VALUE_MAX + 1])
{
	const char *const allowed = p->allowed_values;

	if (allowed && param_canonical_allowed(p->type, allowed, strlen(allowed), room[0], NULL) == CODE_OK)
		p->allowed_values = room[0];
	make_canonical(p->type, &p->default_value, room[1]);
	make_canonical(p->type, &p->min_value, room[2]);
	make_canonical(p->type, &p->max_value, room[3]);
}

static enum code define_allowed(const struct param *p, struct error *e)
{
	char canonical[VALUE_MAX + 1];
	struct error wrong;

	if (!p->allowed_values)
		return p->type == VALUE_ENUM ? undefined(e, "an enum", " needs allowed_values") : CODE_OK;
	if (param_canonical_allowed(p->type, p->allowed_values, strlen(p->allowed_values), canonical,
				    &wrong) != CODE_OK)
		return undefined(e, wrong.detail, "");
	if (strcmp(canonical, "[]") == 0)
		return undefined(e, "allowed_values", " allows nothing");
	return CODE_OK;
}

/* A bound or default, NULL when there is none: of the type, in canonical form. */
static enum code define_value(const struct param *p, const char *which, const char *value, struct error *e)
{
	char canonical[VALUE_MAX + 1];
	struct error wrong;

	if (!value)
		return CODE_OK;
	if (value_canonical(p->type, value, strlen(value), canonical, &wrong) != CODE_OK)
		return code_error(e, CODE_BAD_DEFINITION, which, ": ", wrong.detail, NULL);
	if (strcmp(canonical, value) != 0)
		return code_error(e, CODE_BAD_DEFINITION, which, " is to be written ", canonical, NULL);
	return CODE_OK;
}

static enum code define_bounds(const struct param *p, struct error *e)
{
	enum code code;

	if ((p->min_value || p->max_value) && !value_ordered(p->type))
		return undefined(e, "there are no bounds of type ", value_type_name(p->type));
	code = define_value(p, "min_value", p->min_value, e);
	if (code == CODE_OK)
		code = define_value(p, "max_value", p->max_value, e);
	if (code != CODE_OK || !p->min_value || !p->max_value)
		return code;
	if (value_compare(p->type, p->min_value, p->max_value) > 0)
		return undefined(e, "min_value", " is above max_value");
	return CODE_OK;
}

static enum code define_default(const struct param *p, struct error *e)
{
	char canonical[VALUE_MAX + 1];
	struct error wrong;
	enum code code = define_value(p, "default_value", p->default_value, e);

	if (code != CODE_OK || !p->default_value)
		return code;
	if (param_check(p, p->default_value, strlen(p->default_value), canonical, &wrong) != CODE_OK)
		return undefined(e, "default_value: ", wrong.detail);
	return CODE_OK;
}

enum code param_define(const struct param *p, struct error *e)
{
	enum code code;

	if (!name_is_parameter(p->name, strlen(p->name)))
		return undefined(e, "the name is not of the form ", "[A-Z][A-Z0-9_]{1,62}");
	code = define_allowed(p, e);
	if (code == CODE_OK)
		code = define_bounds(p, e);
	if (code == CODE_OK)
		code = define_default(p, e);
	return code;
}
