#ifndef CVN_OPS_CATALOG_H
#define CVN_OPS_CATALOG_H
/*
 * Changing the catalog and the coherence rules: under one lock that keeps every environment
 * still, judged by the core for all of them, and where values resolve otherwise, written as
 * versions there in the same transaction.
 */
#include "fcgi/ops/ops.h"
#include "fcgi/ops/ops_config.h"
#include "fcgi/ops/ops_variable.h"
#include "fcgi/ops/ops_world.h"
#include "fcgi/proc/text.h"

struct ops_catalog_change {
	const char *name;
	bool create;		/* there must be none of this name */
	struct ops_match match; /* else: the version of its row that the writer has seen */
	const char *reason;	/* NULL as good as empty */
	const char *request_id;
	const struct who *who;
};

/*
 * All four write, or say why not, in this order: CODE_PRECONDITION_REQUIRED, CODE_INVALID (of the
 * definition or the reason alone, the findings; not of a rule that is put, which has them among all others),
 * CODE_NOT_FOUND, CODE_EXISTS, CODE_STALE (world->version), CODE_REFERENCED, CODE_FROZEN
 * (world->frozen_seconds) and CODE_LOCKED of an environment where a value would be another one,
 * CODE_CRITICAL_REQUIRES_APPROVAL (the environments), CODE_INVALID (all findings in all environments),
 * CODE_NO_CHANGE. The role was checked before. A name that was deleted exists for ever. The caller must free
 * the world with ops_world_free().
 *
 * The writes answer the new row as JSON, and its version.
 */
enum code ops_catalog_put(struct ops *, const struct ops_catalog_change *, const struct ops_variable *,
			  struct ops_world *, int64_t *version, struct text *json, struct error *);
enum code ops_catalog_put_rule(struct ops *, const struct ops_catalog_change *, const char *expression,
			       const char *message, struct ops_world *, int64_t *version, struct text *json,
			       struct error *);

/* Neither If-Match nor a reason is needed. */
enum code ops_catalog_delete(struct ops *, const struct ops_catalog_change *, struct ops_world *,
			     struct error *);
enum code ops_catalog_delete_rule(struct ops *, const struct ops_catalog_change *, struct ops_world *,
				  struct error *);

/* {"entries":[...]} of one parameter, also of one that was deleted. */
enum code ops_catalog_history(struct ops *, const char *name, struct text *json, struct error *);

#endif
