#ifndef CVN_OPS_WORLD_H
#define CVN_OPS_WORLD_H
/*
 * The catalog, the rules and every environment as they are under the catalog's lock, and what would be wrong
 * in any of them after a change of the catalog or of a rule. The core decides, as it does for a save.
 */
#include "fcgi/ops/ops.h"
#include "workerlib/core/config.h"

struct db_rows;

/* environment NULL: the definition itself. Texts are borrowed from the world or from who asked. */
struct ops_finding {
	const char *environment;
	const char *name;
	struct error error;
};

struct ops_world {
	/* As read: the rows own every text below. */
	struct db_rows *lock, *environments, *params_rows, *entries, *rules_rows;
	struct param *params; /* sorted by name */
	size_t n;
	struct rule *rules; /* sorted by name */
	size_t n_rules;
	struct ops_finding *findings;
	size_t n_findings;
	size_t n_kept; /* of these, the first ones are not of the world, and stay when it is read anew */
	/* Of a refusal. */
	int64_t frozen_seconds;
	int64_t version; /* of the row that was written to, before */
};

/* What it holds, and leaves it as {0}. */
void ops_world_free(struct ops_world *);

/*
 * Queues the lock and the reads; takes in what came back.
 * CODE_OK, or CODE_INTERNAL as of ops_proposal_read().
 */
void ops_world_send(struct db *, struct ops_world *);
enum code ops_world_read(struct ops_world *, struct error *);

/* Puts a parameter or a rule in the place of the one of that name, or among the others; takes one out. */
void ops_world_put_param(struct ops_world *, const struct param *);
void ops_world_drop_param(struct ops_world *, const char *name);
void ops_world_put_rule(struct ops_world *, const struct rule *);
void ops_world_drop_rule(struct ops_world *, const char *name);

/* NULL: there is none. */
const struct param *ops_world_param(const struct ops_world *, const char *name);

/* Adds a finding. */
void ops_world_find(struct ops_world *, const char *environment, const char *name, const struct error *);

/* Finds a text (NULL: none) that is only shown, where it is longer than `most` bytes or is no text. */
void ops_world_check_text(struct ops_world *, const char *name, const char *text, size_t most);

/* Finds what is wrong with every rule and in every environment. */
void ops_world_check(struct ops_world *);

/* Finds what would be wrong in an environment that sets nothing itself. */
void ops_world_check_defaults(struct ops_world *, const char *environment);

/* The i-th environment, in the order of locks. */
struct ops_environment {
	const char *name;
	int64_t version;
	const char *locked_by; /* NULL: nobody */
	int64_t frozen_seconds;
};
size_t ops_world_count(const struct ops_world *);
struct ops_environment ops_world_environment(const struct ops_world *, size_t i);

/* Whether the environment sets the parameter itself. */
bool ops_world_has_entry(const struct ops_world *, const char *environment, const char *name);

#endif
