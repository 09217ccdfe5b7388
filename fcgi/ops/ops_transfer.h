#ifndef CVN_OPS_TRANSFER_H
#define CVN_OPS_TRANSFER_H
/*
 * Values that come from elsewhere: a document that was exported once, or another environment as it is now.
 * Both are change sets that submit themselves, at the same door as all others.
 */
#include "fcgi/ops/ops.h"
#include "fcgi/ops/ops_change.h"

struct ops_transfer {
	/* Of an import with the document's values; of a promotion without changes. */
	struct ops_save save;
	/* Only says what it would do: judges nothing and writes nothing. */
	bool plan;
	/* Of an import, as its document says; of a promotion the environment and, unless 0, its version. */
	struct ops_origin origin;
	/* Of a promotion, a JSON array of texts; NULL: all that differ. */
	const char *names;
};

/*
 * As ops_change_propose(), with what it can refuse; with `plan` the proposal is the answer and nothing is
 * changed. A promotion is CODE_FORBIDDEN for who holds no role in the environment it comes from.
 */
enum code ops_transfer_import(struct ops *, const struct ops_transfer *, struct ops_changed *,
			      struct ops_proposal *, struct error *);
enum code ops_transfer_promote(struct ops *, const struct ops_transfer *, struct ops_changed *,
			       struct ops_proposal *, struct error *);

#endif
