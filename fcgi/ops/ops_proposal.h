#ifndef CVN_OPS_PROPOSAL_H
#define CVN_OPS_PROPOSAL_H
/*
 * What a set of changes would do to an environment, computed by the core from rows that were read together. A
 * plan shows it; a save judges it under the row lock; both get it from here.
 */
#include "fcgi/ops/ops.h"
#include "fcgi/proc/text.h"
#include "workerlib/core/config.h"

struct db_rows;
struct ops_definitions;

struct ops_proposal {
	/* As read: the rows and the definitions own every text below. */
	struct db_rows *state, *values_rows, *items_rows;
	struct ops_definitions *definitions;
	int64_t version;
	const char *locked_by;	/* NULL: nobody */
	int64_t frozen_seconds; /* until the freeze ends; 0: not frozen */
	const char *frozen_until; /* the same as a time; NULL: not frozen, or only planned */
	int64_t workers;
	struct config config;
	struct param *params; /* critical as well where the writer made them easier to write */
	const char **values;
	struct change *items;	/* changes that were read with the rest, sorted */
	size_t n_items;
	int64_t source_version; /* of the environment that they come from; 0: they come from none */
	/* As computed. */
	const struct change *changes; /* the caller's, sorted */
	size_t n_changes;
	char (*canonical)[VALUE_MAX + 1];
	struct config_result result;
	char content_hash[65];
};

/* What it holds, and leaves it as {0}. */
void ops_proposal_free(struct ops_proposal *);

/*
 * Takes in the rows, and holds the definitions that they go by. CODE_OK, or CODE_INTERNAL when the catalog
 * has a type or category that the core has not, or not the parameter of a value.
 */
enum code ops_proposal_read(struct ops_proposal *, struct ops_definitions *, struct error *);

/*
 * Takes in the changes that were read, if any: rows of CHANGE_ITEM_*.
 * from_source: they say which version they are of.
 */
void ops_proposal_read_items(struct ops_proposal *, bool from_source);

/*
 * Whether a text is printable, as a value is, but for its lines:
 * who decides or looks back must read what was written.
 */
bool ops_proposal_is_prose(const char *text);

/* CODE_OK; CODE_REASON_REQUIRED for a blank one; CODE_TOO_LONG; CODE_BAD_STRING: it is no prose. */
enum code ops_proposal_check_reason(const char *reason, struct error *);

/*
 * Lays the changes over it; they must be sorted and outlive it. reason NULL: nobody asked for one; one that
 * is blank or too long is a violation like any other.
 */
void ops_proposal_apply(struct ops_proposal *, const char *environment, const struct change *, size_t n,
			const char *reason);

/* The definition of the i-th item of the diff. */
const struct param *ops_proposal_param(const struct ops_proposal *, size_t i);

/*
 * The name of the i-th change, if it is of a critical
 * parameter and would change it or is not valid; else NULL.
 */
const char *ops_proposal_critical(const struct ops_proposal *, size_t i);

/* {"NAME":"canonical text"|null,...} of what really changes, and [{"name","new","old"},...]. */
void ops_proposal_changes(const struct ops_proposal *, struct text *json);
void ops_proposal_diff(const struct ops_proposal *, struct text *json);

#endif
