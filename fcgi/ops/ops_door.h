#ifndef CVN_OPS_DOOR_H
#define CVN_OPS_DOOR_H
/*
 * The one door of configuration. Whoever writes it, or drafts, submits or approves a change of it, comes through here:
 * the same reads under the environment's row lock, the same guards from one table in one order, the same write.
 */
#include "fcgi/db/db.h"
#include "fcgi/ops/ops.h"
#include "fcgi/ops/ops_proposal.h"
#include "workerlib/core/lifecycle.h"

/* The versions that a caller names: what a writer believes to be current, or what a reader has. */
enum { OPS_MATCH_MAX = 16 };
struct ops_match {
	bool given;
	bool any; /* whatever is current */
	size_t n; /* 0: tags that are nobody's */
	int64_t versions[OPS_MATCH_MAX];
};

bool ops_match_holds(const struct ops_match *, int64_t version);

/* Who wants to do what to an environment. All texts are borrowed. */
struct ops_door {
	struct ops_proposal *proposal;
	const char *environment;
	const char *author;	  /* whose change it is: a lock is judged by it */
	const char *editor;	  /* who edited it last; NULL: nobody */
	const char *actor;	  /* who asks */
	struct ops_match match;
	int64_t change_id;	  /* 0: none yet */
	const char *stored_hash;  /* what the change set has been submitted with */
	const char *seen_hash;	  /* what an approver saw */
};

/* Guards beside those of the lifecycle, and what a save meets, for it is draft, approved and active in one. */
enum door_guard {
	DOOR_MATCH = 1 << 8,
	DOOR_NO_CHANGE = 1 << 9,
	DOOR_DRAFT = LIFECYCLE_INVALID | DOOR_NO_CHANGE,
	DOOR_SAVE = LIFECYCLE_FROZEN | LIFECYCLE_LOCKED | DOOR_MATCH | LIFECYCLE_CRITICAL | DOOR_DRAFT,
};

/* Sends what has to be known: under the row lock, or (after the state) without. To be flushed by the caller. */
void ops_door_send_lock(struct db *, const struct ops_door *);
void ops_door_send_reads(struct db *, const struct ops_door *);

/* What was read, in the core's terms: CODE_OK, CODE_NOT_FOUND for an unknown environment, CODE_INTERNAL. */
enum code ops_door_take_reads(const struct ops *, const struct ops_door *, struct error *);

/*
 * The code of the first of these guards that refuses what the proposal says, in this order: CODE_OWN_CHANGE,
 * CODE_FROZEN, CODE_LOCKED, CODE_STALE_APPROVAL (other content, then another base), CODE_PRECONDITION_REQUIRED or
 * CODE_STALE, CODE_CRITICAL_REQUIRES_APPROVAL, CODE_INVALID, CODE_NO_CHANGE; or CODE_OK.
 */
enum code ops_door_judge(const struct ops_door *, unsigned guards, struct error *);

/* All the guards that would refuse: the facts that the lifecycle decides by. */
unsigned ops_door_facts(const struct ops_door *);

/* The write, as config_write() in SQL takes it; approved_by NULL: nobody had to. */
struct ops_door_write {
	const char *kind, *reason, *approved_by, *request_id;
};
void ops_door_send_write(struct db *, const struct ops_door *, const struct ops_door_write *, struct db_rows **);

#endif
