#ifndef CVN_CORE_LIFECYCLE_H
#define CVN_CORE_LIFECYCLE_H
/*
 * The life of a change set: one table of states, events, roles and guards, a sentence per row, and a pure
 * function that reads it. Whoever moves a change set asks here, and SQL is tested against the same table.
 */
#include <stdbool.h>
#include <stddef.h>

#include "workerlib/core/code.h"

/* One X per row: enumerator, the name that is stored. */
#define LIFECYCLE_STATES(X)                              \
	X(LIFECYCLE_DRAFT, "draft")                      \
	X(LIFECYCLE_PENDING_APPROVAL, "pending_approval") \
	X(LIFECYCLE_APPROVED, "approved")                \
	X(LIFECYCLE_ACTIVE, "active")                    \
	X(LIFECYCLE_SUPERSEDED, "superseded")            \
	X(LIFECYCLE_REJECTED, "rejected")                \
	X(LIFECYCLE_WITHDRAWN, "withdrawn")

#define LIFECYCLE_EVENTS(X)            \
	X(LIFECYCLE_EDIT, "edit")           \
	X(LIFECYCLE_REBASE, "rebase")       \
	X(LIFECYCLE_SUBMIT, "submit")       \
	X(LIFECYCLE_APPROVE, "approve")     \
	X(LIFECYCLE_REJECT, "reject")       \
	X(LIFECYCLE_WITHDRAW, "withdraw")   \
	X(LIFECYCLE_ACTIVATE, "activate")   \
	X(LIFECYCLE_SUPERSEDE, "supersede")

/* Who may cause a row; the platform does what follows from another event in the same transaction. */
#define LIFECYCLE_ROLES(X)                \
	X(LIFECYCLE_PLATFORM, "platform") \
	X(LIFECYCLE_EDITOR, "editor")     \
	X(LIFECYCLE_APPROVER, "approver")

#define LIFECYCLE_ENUMERATOR(enumerator, name) enumerator,
enum lifecycle_state { LIFECYCLE_STATES(LIFECYCLE_ENUMERATOR) LIFECYCLE_STATE_COUNT };
enum lifecycle_event { LIFECYCLE_EVENTS(LIFECYCLE_ENUMERATOR) LIFECYCLE_EVENT_COUNT };
enum lifecycle_role { LIFECYCLE_ROLES(LIFECYCLE_ENUMERATOR) LIFECYCLE_ROLE_COUNT };
#undef LIFECYCLE_ENUMERATOR

/* What is the case, as found under the row lock; a bit each. A row's guards are the facts that forbid it. */
enum lifecycle_fact {
	LIFECYCLE_OWN = 1, /* who acts created it, or edited it last */
	LIFECYCLE_FROZEN = 2,
	LIFECYCLE_LOCKED = 4,          /* somebody else than its author holds the lock */
	LIFECYCLE_CONTENT_CHANGED = 8, /* its hash is not the one that the approver names */
	LIFECYCLE_BASE_MOVED = 16,     /* a parameter it touches has another value than when it was made */
	LIFECYCLE_INVALID = 32,        /* the core finds violations in what it would make */
	LIFECYCLE_CRITICAL = 64        /* by what the catalog says now, or said when it was submitted */
};

struct lifecycle_row {
	enum lifecycle_state from;
	enum lifecycle_event event;
	enum lifecycle_state to;
	enum lifecycle_role role;
	unsigned when;   /* facts that must be there for this row to be the one */
	unsigned unless; /* facts that must not */
	unsigned guards; /* facts that refuse it */
	const char *sentence;
};

/*
 * The row for an event in a state, by the facts. CODE_OK and *row; CODE_WRONG_STATE (no such row, *row is
 * NULL); or the code of the first guard that refuses, in the order of enum lifecycle_fact, with *row set.
 */
enum code lifecycle_next(enum lifecycle_state, enum lifecycle_event, unsigned facts,
			 const struct lifecycle_row **row);

/* The table, for dumps and tests: NULL past the last row. */
const struct lifecycle_row *lifecycle_row(size_t i);

const char *lifecycle_state_name(enum lifecycle_state);
const char *lifecycle_event_name(enum lifecycle_event);
bool lifecycle_state_from_name(const char *name, enum lifecycle_state *); /* false: no such state */

#endif
