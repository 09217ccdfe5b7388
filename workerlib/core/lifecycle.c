#include "workerlib/core/lifecycle.h"

#include <string.h>

enum {
	APPLICABLE = LIFECYCLE_BASE_MOVED | LIFECYCLE_INVALID | LIFECYCLE_LOCKED | LIFECYCLE_FROZEN,
	DECIDED = LIFECYCLE_OWN | LIFECYCLE_CONTENT_CHANGED,
};

static const struct lifecycle_row rows[] = {
	{ .from = LIFECYCLE_DRAFT, .event = LIFECYCLE_EDIT, .to = LIFECYCLE_DRAFT,
	  .role = LIFECYCLE_EDITOR,
	  .sentence = "An edited draft stays a draft, with a content hash of its own." },
	{ .from = LIFECYCLE_PENDING_APPROVAL, .event = LIFECYCLE_EDIT, .to = LIFECYCLE_DRAFT,
	  .role = LIFECYCLE_EDITOR,
	  .sentence = "Who edits a submitted change set takes it back: it is a draft again,"
		      " to be submitted anew." },
	{ .from = LIFECYCLE_DRAFT, .event = LIFECYCLE_REBASE, .to = LIFECYCLE_DRAFT,
	  .role = LIFECYCLE_EDITOR,
	  .sentence = "A rebased draft stays a draft, with its diff against the current version." },
	{ .from = LIFECYCLE_PENDING_APPROVAL, .event = LIFECYCLE_REBASE, .to = LIFECYCLE_PENDING_APPROVAL,
	  .role = LIFECYCLE_EDITOR,
	  .sentence = "A rebased change set stays submitted; its new hash voids what an approver saw"
		      " before." },
	{ .from = LIFECYCLE_DRAFT, .event = LIFECYCLE_SUBMIT, .to = LIFECYCLE_PENDING_APPROVAL,
	  .role = LIFECYCLE_EDITOR,
	  .when = LIFECYCLE_CRITICAL, .guards = LIFECYCLE_INVALID,
	  .sentence = "A change set with a critical parameter waits for somebody else's approval." },
	{ .from = LIFECYCLE_DRAFT, .event = LIFECYCLE_SUBMIT, .to = LIFECYCLE_APPROVED,
	  .role = LIFECYCLE_EDITOR,
	  .unless = LIFECYCLE_CRITICAL, .guards = APPLICABLE,
	  .sentence = "A change set without a critical parameter needs no approval." },
	{ .from = LIFECYCLE_PENDING_APPROVAL, .event = LIFECYCLE_APPROVE, .to = LIFECYCLE_APPROVED,
	  .role = LIFECYCLE_APPROVER, .guards = DECIDED | APPLICABLE,
	  .sentence = "Somebody else approves exactly the content that they saw,"
		      " on the base it was made for." },
	{ .from = LIFECYCLE_PENDING_APPROVAL, .event = LIFECYCLE_REJECT, .to = LIFECYCLE_REJECTED,
	  .role = LIFECYCLE_APPROVER, .guards = LIFECYCLE_OWN,
	  .sentence = "Somebody else rejects it, and that is its end." },
	{ .from = LIFECYCLE_DRAFT, .event = LIFECYCLE_WITHDRAW, .to = LIFECYCLE_WITHDRAWN,
	  .role = LIFECYCLE_EDITOR,
	  .sentence = "A draft is given up." },
	{ .from = LIFECYCLE_PENDING_APPROVAL, .event = LIFECYCLE_WITHDRAW, .to = LIFECYCLE_WITHDRAWN,
	  .role = LIFECYCLE_EDITOR,
	  .sentence = "A submitted change set is withdrawn before anybody decided on it." },
	{ .from = LIFECYCLE_APPROVED, .event = LIFECYCLE_ACTIVATE, .to = LIFECYCLE_ACTIVE,
	  .role = LIFECYCLE_PLATFORM,
	  .guards = APPLICABLE,
	  .sentence = "What is approved is written and becomes a version, in the transaction that approved"
		      " it." },
	{ .from = LIFECYCLE_ACTIVE, .event = LIFECYCLE_SUPERSEDE, .to = LIFECYCLE_SUPERSEDED,
	  .role = LIFECYCLE_PLATFORM,
	  .sentence = "None of its values is in force any more." },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* In the order in which they refuse. */
static const struct {
	enum lifecycle_fact fact;
	enum code code;
} refusals[] = {
	{ LIFECYCLE_OWN, CODE_OWN_CHANGE },
	{ LIFECYCLE_FROZEN, CODE_FROZEN },
	{ LIFECYCLE_LOCKED, CODE_LOCKED },
	{ LIFECYCLE_CONTENT_CHANGED, CODE_STALE_APPROVAL },
	{ LIFECYCLE_BASE_MOVED, CODE_STALE_APPROVAL },
	{ LIFECYCLE_INVALID, CODE_INVALID },
};

#define NAME(enumerator, name) [enumerator] = name,
static const char *const state_names[] = { LIFECYCLE_STATES(NAME) };
static const char *const event_names[] = { LIFECYCLE_EVENTS(NAME) };
#undef NAME

static const struct lifecycle_row *find(enum lifecycle_state from, enum lifecycle_event event, unsigned facts)
{
	const struct lifecycle_row *row;

	for (row = rows; row < rows + ROWS; row++)
		if (row->from == from && row->event == event && (facts & row->when) == row->when &&
		    (facts & row->unless) == 0)
			return row;
	return NULL;
}

enum code lifecycle_next(enum lifecycle_state from, enum lifecycle_event event, unsigned facts,
			 const struct lifecycle_row **row)
{
	size_t i;

	*row = find(from, event, facts);
	if (!*row)
		return CODE_WRONG_STATE;
	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if ((*row)->guards & facts & refusals[i].fact)
			return refusals[i].code;
	return CODE_OK;
}

const struct lifecycle_row *lifecycle_row(size_t i)
{
	return i < ROWS ? &rows[i] : NULL;
}

const char *lifecycle_state_name(enum lifecycle_state state)
{
	return state_names[state];
}

const char *lifecycle_event_name(enum lifecycle_event event)
{
	return event_names[event];
}

bool lifecycle_state_from_name(const char *name, enum lifecycle_state *state)
{
	unsigned i;

	for (i = 0; i < LIFECYCLE_STATE_COUNT; i++)
		if (strcmp(state_names[i], name) == 0) {
			*state = (enum lifecycle_state)i;
			return true;
		}
	return false;
}
