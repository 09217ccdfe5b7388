#ifndef CVN_CORE_PARAM_H
#define CVN_CORE_PARAM_H
/* A parameter as the catalog defines it, and whether a text is a value of it. */
#include <stdbool.h>
#include <stddef.h>

#include "workerlib/core/boundary.h"
#include "workerlib/core/value.h"

/* Texts are borrowed, NUL-terminated; NULL: not set. Bounds and default are canonical values of the type. */
struct param {
	const char *name;
	const char *allowed_values; /* a canonical list, of canonical values of the type */
	const char *default_value;
	const char *min_value;
	const char *max_value;
	enum value_type type;
	enum category category;
	bool required;
	bool deprecated;
	bool hot_reloadable;
	bool critical;
	bool excluded_from_ftf;
};

/*
 * Grammar, then bounds, then allowed values; a list is checked item by item against allowed_values, and
 * min_value and max_value of a list or string do not exist. Writes the canonical text. CODE_OK, or why not:
 * CODE_BAD_*, CODE_TOO_LONG, CODE_BELOW_MINIMUM, CODE_ABOVE_MAXIMUM, CODE_NOT_ALLOWED, with what was got and
 * what is allowed in the detail.
 */
enum code param_check(const struct param *, const char *text, size_t n, char out[VALUE_MAX + 1], struct error *);

/* Whether the definition itself makes sense: name, bounds of the right type and order, default within them. */
enum code param_define(const struct param *, struct error *);

#endif
