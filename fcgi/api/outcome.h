#ifndef CVN_API_OUTCOME_H
#define CVN_API_OUTCOME_H
/*
 * What every write of configuration says when it is done,
 * or refused: the same words for a save and a change set.
 */
#include <stdint.h>

#include "workerlib/core/canon.h"
#include "workerlib/core/code.h"

struct ops_changed;
struct ops_proposal;
struct reply;
struct request;
struct server;

/* The JSON array [{"name","old","new"}]. */
void outcome_put_diff(struct canon *, const struct ops_proposal *);

/*
 * What a refusal says beyond its code: Retry-After,
 * current_version with the diff as it would be now, errors (of what would be invalid, or needs approval).
 */
void outcome_explain(struct reply *, enum code, const struct ops_proposal *);

/* config_change_saved in the log, a line a parameter. */
void outcome_tell_saved(const struct server *, const struct request *, const char *environment,
			const char *author, int64_t version, const struct ops_proposal *);

/*
 * Ends a request about a change set: with CODE_OK its JSON, the ETag of the version it became, its
 * Location where the reply's status is 201, and the event in the log, else what explains the refusal. Frees
 * both, and returns the code.
 */
enum code outcome_change(const struct server *, const struct request *, struct reply *, const char *event,
			 enum code, struct ops_changed *, struct ops_proposal *);

#endif
