#ifndef CVN_OPS_VARIABLE_H
#define CVN_OPS_VARIABLE_H
/* The definition of a parameter: as it was sent, as the core takes it, and as the database keeps it. */
#include "workerlib/core/param.h"

struct ops_world;
struct text;

/* A definition as it was sent; NULL: not set. It need not be canonical. */
struct ops_variable {
	const char *type, *category;
	const char *allowed_values; /* a JSON array of strings */
	const char *default_value, *min_value, *max_value;
	const char *description, *group_name, *unit; /* NULL as good as empty */
	bool required, deprecated, hot_reloadable, critical, excluded_from_ftf;
};

/* Finds what is wrong with the texts that are only shown. */
void ops_variable_check(struct ops_world *, const struct ops_variable *);

/*
 * The parameter that it defines; its texts are borrowed from the variable and from room, which has
 * PARAM_TEXTS places. Finds everything that is wrong with it (CODE_BAD_DEFINITION), each under its
 * member's name; then the parameter is not to be used.
 */
void ops_variable_define(struct ops_world *, const char *name, const struct ops_variable *,
			 char (*room)[VALUE_MAX + 1], struct param *);

/* Adds the row of the catalog as canonical JSON, without what the database adds to it. */
void ops_variable_write(const struct param *, const struct ops_variable *, struct text *);

#endif
