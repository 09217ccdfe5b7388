#ifndef CVN_OPS_CONFIG_H
#define CVN_OPS_CONFIG_H
/* Reading, planning and saving the configuration of an environment. */
#include "fcgi/ops/ops.h"
#include "fcgi/ops/ops_door.h"
#include "fcgi/ops/ops_proposal.h"

struct who;

/*
 * The whole configuration as JSON, of the environment of the sight. json is empty when it comes. known:
 * what the caller has, or NULL; when that is current, json stays empty. What was seen already is not asked
 * again: *source says where the answer is from.
 */
enum ops_source { SOURCE_READ, SOURCE_KEPT, SOURCE_KNOWN };
enum code ops_config_get(struct ops *, const struct ops_sight *, const struct ops_match *known,
			 int64_t *version, enum ops_source *source, struct text *json, struct error *);
enum code ops_config_at(struct ops *, const char *environment, int64_t version, struct text *json,
			struct error *);
enum code ops_config_get_one(struct ops *, const char *environment, const char *name, int64_t *version,
			     struct text *json, struct error *);
/*
 * The same as a document to keep and to import again;
 * past: the digits of a version, or NULL for the current one.
 */
enum code ops_config_export(struct ops *, const char *environment, const char *past, int64_t *version,
			    struct text *json, struct error *);
enum code ops_config_compare(struct ops *, const char *left, const char *right, struct text *json,
			     struct error *);

/* Changes need not be sorted; they are sorted in place. */
struct ops_save {
	const char *environment;
	struct change *changes;
	size_t n;
	const char *reason; /* NULL as good as empty */
	const char *request_id;
	const struct who *who;
	struct ops_match match;
};

/* The door that a save, or the change set that comes of it, goes through; both outlive it. */
struct ops_door ops_config_door(const struct ops_save *, struct ops_proposal *);

struct ops_saved {
	int64_t version;
	int64_t change_id;
};

/*
 * What a save by this operator would do.
 * The caller must free the proposal with ops_proposal_free(), whatever is returned.
 */
enum code ops_config_plan(struct ops *, const struct who *, const char *environment, struct change *,
			  size_t n, struct ops_proposal *, struct error *);

/*
 * Writes, or says why not, in this order: CODE_NOT_FOUND, CODE_FROZEN
 * (proposal->frozen_seconds), CODE_LOCKED, CODE_PRECONDITION_REQUIRED, CODE_STALE
 * (proposal->version and the diff against it), CODE_CRITICAL_REQUIRES_APPROVAL, CODE_INVALID
 * (the violations), CODE_NO_CHANGE. The role was checked before. All is judged under the row
 * lock, in the transaction that writes. The caller must free the proposal likewise.
 */
enum code ops_config_save(struct ops *, const struct ops_save *, struct ops_saved *, struct ops_proposal *,
			  struct error *);

#endif
