#ifndef CVN_OPS_CATALOG_JUDGE_H
#define CVN_OPS_CATALOG_JUDGE_H
/* What a change of the catalog or of the rules does to the world under the lock, and whether it may. */
#include "fcgi/ops/ops_catalog.h"

/* A change on its way through the transaction. */
struct ops_catalog_work {
	struct ops *ops;
	const struct ops_catalog_change *change;
	struct ops_world *world;
	struct error *error;
	bool is_rule;
	const struct param *param; /* NULL: a rule, or it goes */
	const struct rule *rule;   /* NULL: a parameter, or it goes */
	const char *definition;	   /* of the parameter, as JSON */
	struct db_rows *row;	   /* what is there */
	const char *old_default;
	bool critical;		   /* it is, or is to be */
	struct db_rows *written;
	enum code code; /* why it ended, when the database is not the reason */
};

/* Lays the change over the world, in the course of the guards, which are in the order of ops_catalog.h. */
enum code ops_catalog_judge(struct ops_catalog_work *);

/* Whether the i-th environment, as it comes back, gets another value. */
bool ops_catalog_judge_affects(const struct ops_catalog_work *, size_t i, struct ops_environment *);

/* The default that the parameter is to have; NULL: none, or it goes. */
const char *ops_catalog_judge_default(const struct ops_catalog_work *);

#endif
