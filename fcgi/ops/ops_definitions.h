#ifndef CVN_OPS_DEFINITIONS_H
#define CVN_OPS_DEFINITIONS_H
/*
 * The catalog and the rules in the core's terms, as this process read them last. They go by the
 * catalog's stamp, which is another one after every statement that wrote either: whoever reads the
 * stamp under the catalog's lock, or in one snapshot with the rest, knows whether these are the ones in
 * force, and reads them only where they are not.
 */
#include <stdbool.h>
#include <stddef.h>

#include "workerlib/core/param.h"
#include "workerlib/core/rule.h"

struct db;
struct db_rows;

/* All texts are borrowed from the rows. */
struct ops_definitions {
	struct db_rows *params_rows, *rules_rows;
	struct param *params; /* sorted by name */
	size_t n;
	struct rule *rules; /* sorted by name */
	size_t n_rules;
	char stamp[37];
	const char *unknown; /* a parameter of a type or category that the core has not; NULL: none */
	unsigned holders;
};

/*
 * Queues the reads. What came back is made of both,
 * which are theirs then; the caller must drop what it gets.
 */
void ops_definitions_send(struct db *, struct db_rows **params, struct db_rows **rules);
struct ops_definitions *ops_definitions_make(const char *stamp, struct db_rows *params,
					     struct db_rows *rules);

/* NULL are none. */
bool ops_definitions_are(const struct ops_definitions *, const char *stamp);

/* One more who holds them; one less: the last one frees them. NULL is let be. */
struct ops_definitions *ops_definitions_hold(struct ops_definitions *);
void ops_definitions_drop(struct ops_definitions *);

/* One row of the parameters (false: of a type or category that the core has not), and one of the rules. */
bool ops_definitions_param(const struct db_rows *, size_t i, struct param *);
struct rule ops_definitions_rule(const struct db_rows *, size_t i);

#endif
