#ifndef CVN_OPS_DOOR_H
#define CVN_OPS_DOOR_H
/*
 * The one door of configuration. Whoever writes it, or drafts, submits or approves a change of
 * it, comes through here: the same reads under the environment's row lock, the same guards from
 * one table in one order, the same write.
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

/*
 * Changes that are read with the rest:
 * sends a statement whose rows are of CHANGE_ITEM_*, sorted as strcmp does.
 */
struct ops_door_items {
	void (*send)(struct db *, const void *arg, struct db_rows **); /* NULL: the changes are given */
	const void *arg;
};

/* The environment that such changes are the values of. */
struct ops_door_source {
	const char *environment; /* NULL: they are of none */
	int64_t version;	 /* that the caller has seen; 0: whatever is current */
};

/* Who wants to do what to an environment. All texts are borrowed. */
struct ops_door {
	struct ops_proposal *proposal;
	const char *environment;
	const struct change *changes; /* given, and sorted; or else: */
	size_t n;
	struct ops_door_items items;
	struct ops_door_source source;
	const char *author;	  /* whose change it is: a lock is judged by it */
	const char *editor;	  /* who edited it last; NULL: nobody */
	const char *actor;	  /* who asks */
	struct ops_match match;
	int64_t change_id;	  /* 0: none yet */
	const char *stored_hash;  /* what the change set has been submitted with */
	const char *seen_hash;	  /* what an approver saw */
};

/*
 * Guards beside those of the lifecycle, and what a save meets,
 * for it is draft, approved and active in one.
 */
enum door_guard {
	DOOR_MATCH = 1 << 8,
	DOOR_SOURCE = 1 << 9,
	DOOR_NO_CHANGE = 1 << 10,
	DOOR_DRAFT = LIFECYCLE_INVALID | DOOR_NO_CHANGE,
	DOOR_SAVE = LIFECYCLE_FROZEN | LIFECYCLE_LOCKED | DOOR_MATCH | LIFECYCLE_CRITICAL | DOOR_DRAFT,
};

/* Takes the row lock and sends what has to be known. To be flushed by the caller, with ops_door_flush(). */
void ops_door_send_lock(struct db *, const struct ops_door *);

/*
 * db_flush() and, where the definitions in force are not
 * those that this process knows, a read of them as well.
 */
enum db_outcome ops_door_flush(struct ops *, const struct ops_door *);

/* What was read, in the core's terms: CODE_OK, CODE_NOT_FOUND for an unknown environment, CODE_INTERNAL. */
enum code ops_door_take_reads(const struct ops *, const struct ops_door *, struct error *);

/* Lays the changes over what was read; reason as of ops_proposal_apply(). */
void ops_door_apply(const struct ops_door *, const char *reason);

/*
 * The same without a lock and without a judgement:
 * what the changes would do now. Codes as of ops_door_take_reads().
 */
enum code ops_door_plan(struct ops *, const struct ops_door *, struct error *);

/*
 * The code of the first of these guards that refuses what the proposal says, in this order: CODE_OWN_CHANGE,
 * CODE_FROZEN, CODE_LOCKED, CODE_STALE_APPROVAL (other content, then another base),
 * CODE_PRECONDITION_REQUIRED or CODE_STALE (of the environment, then of the source),
 * CODE_CRITICAL_REQUIRES_APPROVAL, CODE_INVALID, CODE_NO_CHANGE; or CODE_OK.
 */
enum code ops_door_judge(const struct ops_door *, unsigned guards, struct error *);

/* All the guards that would refuse: the facts that the lifecycle decides by. */
unsigned ops_door_facts(const struct ops_door *);

/* The write, as config_write() in SQL takes it; approved_by NULL: nobody had to. */
struct ops_door_write {
	const char *kind, *reason, *approved_by, *request_id;
};
void ops_door_send_write(struct db *, const struct ops_door *, const struct ops_door_write *,
			 struct db_rows **);

#endif
