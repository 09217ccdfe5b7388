#ifndef CVN_CORE_PARAM_H
#define CVN_CORE_PARAM_H
/* A parameter as the catalog defines it, and whether a text is a value of it. */
#include <stdbool.h>
#include <stddef.h>

#include "workerlib/core/boundary.h"
#include "workerlib/core/value.h"

/*
 * Texts are borrowed, NUL-terminated; NULL: not set. Bounds and default are canonical values of the type.
 * An enum without allowed values has none.
 */
struct param {
	const char *name;
	/* A JSON array of canonical values of the type; for a list, of its items. */
	const char *allowed_values;
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

/* Index of the n bytes of name among params, which are sorted by strcmp on the name; or SIZE_MAX. */
size_t param_find(const struct param *params, size_t n_params, const char *name, size_t n);

/*
 * Grammar, then bounds, then allowed values; a list is checked item by item against allowed_values, and
 * min_value and max_value of a list or string do not exist. Writes the canonical text. CODE_OK, or why not:
 * CODE_BAD_*, CODE_TOO_LONG, CODE_BELOW_MINIMUM, CODE_ABOVE_MAXIMUM, CODE_NOT_ALLOWED, with what was got and
 * what is allowed in the detail; then out is empty.
 */
enum code param_check(const struct param *, const char *text, size_t n, char out[VALUE_MAX + 1],
		      struct error *);

/*
 * The canonical text of a list of allowed values: each item canonical for the type, none twice. CODE_OK,
 * CODE_BAD_DEFINITION with the item that is wrong, CODE_BAD_LIST, CODE_TOO_LONG; then out is empty.
 */
enum code param_canonical_allowed(enum value_type, const char *text, size_t n, char out[VALUE_MAX + 1],
				  struct error *);

/*
 * Writes allowed values, default and bounds as they are stored: each text that is one of the type becomes its
 * canonical form, in room, which must outlive the definition. What is none stays, for
 * param_define() to say why.
 */
enum { PARAM_TEXTS = 4 };
void param_canonical(struct param *, char room[PARAM_TEXTS][VALUE_MAX + 1]);

/*
 * Whether the definition itself makes sense: name, allowed values (an enum has some), bounds of
 * an ordered type and in order, default among them; all of them canonical. CODE_OK, or
 * CODE_BAD_DEFINITION with the reason.
 */
enum code param_define(const struct param *, struct error *);

#endif
