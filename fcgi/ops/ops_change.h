#ifndef CVN_OPS_CHANGE_H
#define CVN_OPS_CHANGE_H
/*
 * Change sets: what was proposed, who decides, and the version it becomes. The lifecycle of the core says
 * what may follow; all is judged at the door (ops_door.h), under the row lock of the environment.
 */
#include "fcgi/ops/ops.h"
#include "fcgi/ops/ops_config.h"
#include "fcgi/proc/text.h"
#include "workerlib/core/lifecycle.h"

struct who;

/* A change set as it is now, as JSON, and what a log wants to know of it. {0} to begin with. */
struct ops_changed {
	struct text json;
	int64_t id;
	int64_t version;      /* the version it became; 0: it is not applied */
	char environment[32];
	char author[65];
};
void ops_changed_free(struct ops_changed *);

/*
 * Drafts what `save` describes, and with `submit` goes on as ops_change_act() with LIFECYCLE_SUBMIT does.
 * Refused as a draft with CODE_NOT_FOUND, CODE_PRECONDITION_REQUIRED, CODE_STALE, CODE_INVALID or
 * CODE_NO_CHANGE: what is not valid is not stored. The caller must free the proposal with ops_proposal_free()
 * and the result with ops_changed_free(), whatever is returned; so for all that follow.
 */
enum code ops_change_create(struct ops *, const struct ops_save *, bool submit, struct ops_changed *,
			    struct ops_proposal *, struct error *);

/* Where values came from, as far as it is known: NULL and 0 are not said. */
struct ops_origin {
	const char *environment;
	int64_t version, catalog_version;
};

/* How a change set that submits itself comes to be: what it is called, and where its changes come from. */
struct ops_change_way {
	const char *kind;
	struct ops_door_items items; /* {0}: they are the save's */
	/* Of items that are the values of an environment, which is their origin; else it stands below. */
	struct ops_door_source source;
	struct ops_origin origin;
};

/*
 * As ops_change_create() with `submit`. CODE_FORBIDDEN: not an editor there; CODE_STALE is about
 * the environment, or about the source where that is not at the version that the caller has seen
 * (proposal->source_version).
 */
enum code ops_change_propose(struct ops *, const struct ops_save *, const struct ops_change_way *,
			     struct ops_changed *, struct ops_proposal *, struct error *);

/*
 * Sets what an entry of the history set, or with `before` what was there before it, by a change set that
 * submits itself. The environment, changes and n of `save` are not read. CODE_FORBIDDEN: not an editor there.
 */
enum code ops_change_restore(struct ops *, int64_t history_id, bool before, const struct ops_save *,
			     struct ops_changed *, struct ops_proposal *, struct error *);

/* What somebody does to a change set. */
struct ops_change_act {
	int64_t id;
	enum lifecycle_event event;
	const struct who *who;
	const char *request_id;
	struct change *changes;	  /* LIFECYCLE_EDIT: what it changes from now on, and why */
	size_t n;
	const char *reason;	  /* NULL: as before */
	const char *content_hash; /* LIFECYCLE_APPROVE: what is approved */
	const char *comment;	  /* NULL: none */
};

/*
 * CODE_NOT_FOUND, CODE_FORBIDDEN (the lifecycle names the role, the environment is the change set's),
 * CODE_WRONG_STATE, or what the guards of the lifecycle's row say.
 */
enum code ops_change_act(struct ops *, const struct ops_change_act *, struct ops_changed *,
			 struct ops_proposal *, struct error *);

/*
 * One change set with its events and its propagation.
 * CODE_FORBIDDEN for who has no role in its environment.
 */
enum code ops_change_get(struct ops *, const struct who *, int64_t id, struct text *json, struct error *);

/*
 * Of the environments where who holds a role. Filters may be NULL; after is the next_id of the page before.
 * json gets the array; next_id 0: the last page.
 */
struct ops_change_filter {
	const char *environment, *state, *created_by, *request_id, *after, *limit;
};
enum code ops_change_list(struct ops *, const struct who *, const struct ops_change_filter *,
			  int64_t *next_id, struct text *json, struct error *);

#endif
