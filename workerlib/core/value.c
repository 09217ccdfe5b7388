#include "workerlib/core/value.h"

#include <string.h>

#include "workerlib/core/decimal.h"
#include "workerlib/core/duration.h"
#include "workerlib/core/integer.h"
#include "workerlib/core/list.h"
#include "workerlib/core/utf8.h"

static enum code refuse(struct error *e, enum code code, const char *text, size_t n, const char *why)
{
	char quoted[UTF8_QUOTED_MAX + 1];

	if (!why)
		why = code_message(code);
	return code_error(e, code, utf8_quote(text, n, quoted), ": ", why, NULL);
}

static enum code canonical_bool(const char *text, size_t n, char *out, struct error *e)
{
	if (n == 4 && memcmp(text, "true", 4) == 0)
		strcpy(out, "true");
	else if (n == 5 && memcmp(text, "false", 5) == 0)
		strcpy(out, "false");
	else
		return refuse(e, CODE_BAD_BOOL, text, n, NULL);
	return CODE_OK;
}

static enum code canonical_int(const char *text, size_t n, char *out, struct error *e)
{
	int64_t i;

	if (!integer_read(text, n, &i))
		return refuse(e, CODE_BAD_INT, text, n, NULL);
	integer_write(i, out);
	return CODE_OK;
}

static enum code canonical_decimal(const char *text, size_t n, char *out, struct error *e)
{
	struct decimal d;
	const char *const wrong = decimal_read(&d, text, n, VALUE_DECIMAL_DIGITS);

	if (wrong)
		return refuse(e, CODE_BAD_DECIMAL, text, n, wrong);
	decimal_write(&d, out);
	return CODE_OK;
}

static enum code canonical_string(const char *text, size_t n, char *out, struct error *e)
{
	if (n > VALUE_STRING_MAX)
		return code_error(e, CODE_TOO_LONG, "more than 1024 bytes", NULL);
	if (!utf8_is_text(text, n))
		return code_refuse(e, CODE_BAD_STRING);
	memcpy(out, text, n);
	out[n] = '\0';
	return CODE_OK;
}

static enum code canonical_duration(const char *text, size_t n, char *out, struct error *e)
{
	int64_t milliseconds;
	const char *const wrong = duration_read(text, n, &milliseconds);

	if (wrong)
		return refuse(e, CODE_BAD_DURATION, text, n, wrong);
	duration_write(milliseconds, out);
	return CODE_OK;
}

static int compare_ints(const char *a, const char *b)
{
	const int64_t x = value_as_int(a), y = value_as_int(b);

	return (x > y) - (x < y);
}

static int compare_decimals(const char *a, const char *b)
{
	struct decimal x = { 0 }, y = { 0 };

	decimal_read(&x, a, strlen(a), VALUE_DECIMAL_DIGITS);
	decimal_read(&y, b, strlen(b), VALUE_DECIMAL_DIGITS);
	return decimal_compare(&x, &y);
}

static int compare_durations(const char *a, const char *b)
{
	const int64_t x = value_as_milliseconds(a), y = value_as_milliseconds(b);

	return (x > y) - (x < y);
}

static const struct type {
	const char *name;
	enum code (*canonical)(const char *text, size_t n, char *out, struct error *);
	int (*compare)(const char *a, const char *b); /* NULL: has no order */
} types[VALUE_TYPES] = {
	[VALUE_BOOL] = { "bool", canonical_bool, NULL },
	[VALUE_INT] = { "int", canonical_int, compare_ints },
	[VALUE_DECIMAL] = { "decimal", canonical_decimal, compare_decimals },
	[VALUE_STRING] = { "string", canonical_string, NULL },
	[VALUE_ENUM] = { "enum", canonical_string, NULL },
	[VALUE_DURATION] = { "duration", canonical_duration, compare_durations },
	[VALUE_LIST] = { "list", list_canonical, NULL },
};

const char *value_type_name(enum value_type type)
{
	return types[type].name;
}

bool value_type_from_name(const char *name, enum value_type *type)
{
	unsigned i;

	for (i = 0; i < VALUE_TYPES; i++)
		if (strcmp(types[i].name, name) == 0) {
			*type = (enum value_type)i;
			return true;
		}
	return false;
}

enum code value_canonical(enum value_type type, const char *text, size_t n, char out[VALUE_MAX + 1],
			  struct error *e)
{
	out[0] = '\0';
	return types[type].canonical(text, n, out, e);
}

bool value_ordered(enum value_type type)
{
	return types[type].compare != NULL;
}

int value_compare(enum value_type type, const char *a, const char *b)
{
	return types[type].compare(a, b);
}

bool value_as_bool(const char *canonical)
{
	return canonical[0] == 't';
}

int64_t value_as_int(const char *canonical)
{
	int64_t i = 0;

	integer_read(canonical, strlen(canonical), &i);
	return i;
}

double value_as_decimal(const char *canonical)
{
	return decimal_nearest(canonical);
}

int64_t value_as_milliseconds(const char *canonical)
{
	int64_t milliseconds = 0;

	duration_read(canonical, strlen(canonical), &milliseconds);
	return milliseconds;
}
