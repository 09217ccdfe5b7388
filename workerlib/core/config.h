#ifndef CVN_CORE_CONFIG_H
#define CVN_CORE_CONFIG_H
/*
 * A resolved configuration, and what a set of changes would do to it. The same lines decide in the API (under
 * the row lock), in the worker (before it applies) and in the browser (at each keystroke). Pure: the caller
 * gives all memory.
 */
#include <stdbool.h>
#include <stddef.h>

#include "workerlib/core/param.h"
#include "workerlib/core/rule.h"

/* Parallel arrays sorted by strcmp on the name. values[i] is canonical; NULL: the parameter has no value. */
struct config {
	const struct param *params;
	const char *const *values;
	size_t n;
	const struct rule *rules;
	size_t n_rules;
};

/* value NULL: back to the catalog's default. */
struct change {
	const char *name;
	const char *value;
};

/* Sorts changes by name. False: a name stands there twice. */
bool config_sort_changes(struct change *, size_t n);

struct violation {
	const char *name; /* the parameter, borrowed */
	struct error error;
};

struct diff_item {
	const char *name;
	const char *old_value; /* NULL: had none */
	const char *new_value; /* NULL: has none */
};

/* Index of a name in config->params, or SIZE_MAX. Binary search. */
size_t config_find(const struct config *, const char *name, size_t n);

/*
 * Lays the changes, sorted and each name once, over the configuration. canonical[i] is room for the text of
 * changes[i]; proposed[] has config->n places and gets the resolved values afterwards (pointing into config,
 * canonical or defaults); diff[] has n places. Fills diff (only what really differs, by name) and violations:
 * every one up to max_violations (n_violations counts them all): unknown and deprecated parameters (a
 * deprecated one may go back to its default), grammar, bounds, allowed values, required ones without value,
 * then every rule over other parameters than these that is violated or cannot be evaluated, once for each
 * parameter it names (under the rule's own name, if it names none).
 */
struct config_result {
	const char **proposed;
	struct diff_item *diff;
	size_t n_diff;
	struct violation *violations;
	size_t n_violations;
};
void config_apply(const struct config *, const struct change *, size_t n, char (*canonical)[VALUE_MAX + 1],
		  size_t max_violations, struct config_result *);

/*
 * Whether a configuration is valid as it stands: every value again (in canonical form: CODE_INVALID if not),
 * the required ones, and every rule over values that did not fail. Returns the number of violations, of
 * which the first max_violations are in the array.
 */
size_t config_check(const struct config *, struct violation *, size_t max_violations);

/*
 * SHA-256, as 64 lower-case hex digits, of the canonical text {"NAME":"value",...}, without the
 * parameters that have no value; what workers report.
 */
void config_hash(const struct config *, char out[65]);

/*
 * What an approval is bound to: SHA-256 of the canonical text
 * {"changes":[{"name":...,"new":...,"old":...},...],"environment":"..."}; a missing value is null.
 */
void config_content_hash(const char *environment, const struct diff_item *, size_t n, char out[65]);

#endif
