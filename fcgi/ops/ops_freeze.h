#ifndef CVN_OPS_FREEZE_H
#define CVN_OPS_FREEZE_H
/* When nobody writes an environment (freeze windows), and who alone does (its lock). */
#include "fcgi/ops/ops.h"
#include "fcgi/proc/text.h"
#include "workerlib/core/config.h"

struct who;

/* {"freeze_windows":[...]}, of the environments where who holds a role. */
enum code ops_freeze_list(struct ops *, const struct who *, struct text *json, struct error *);

/* environment may be *; times are RFC 3339, weekly is JSON; any may be NULL. */
struct ops_freeze {
	const char *environment, *starts_at, *ends_at, *weekly, *reason;
	bool starts_well, ends_well; /* the times have the form of one */
};

/*
 * A new window, as JSON. CODE_FORBIDDEN: not an admin of what it freezes; CODE_NOT_FOUND: no such
 * environment; CODE_INVALID: faults says all that is wrong.
 */
enum { FREEZE_FAULTS = 4 };
struct ops_freeze_faults {
	struct violation at[FREEZE_FAULTS];
	size_t n;
};
enum code ops_freeze_create(struct ops *, const struct ops_freeze *, const struct who *,
			    struct ops_freeze_faults *, int64_t *id, struct text *json, struct error *);

/* CODE_NOT_FOUND, CODE_FORBIDDEN. */
enum code ops_freeze_delete(struct ops *, int64_t id, const struct who *, struct error *);

/*
 * Takes the lock, or keeps it; json is {"environment","locked_by","locked_at"}. CODE_LOCKED:
 * somebody else has it.
 */
enum code ops_freeze_lock(struct ops *, const char *environment, const struct who *, struct text *json,
			  struct error *);

/*
 * Gives it up, where there is one.
 * CODE_LOCKED: somebody else has it, and who asks is not an admin there either.
 */
enum code ops_freeze_unlock(struct ops *, const char *environment, const struct who *, struct error *);

#endif
