#ifndef CVN_API_TARGET_H
#define CVN_API_TARGET_H
/*
 * The raw target of a request: split first, then each segment decoded, once. What decodes to a control byte,
 * to text that is not UTF-8, or not at all, is refused.
 */
#include <stddef.h>

#include "workerlib/core/code.h"

enum { TARGET_SEGMENTS = 8, TARGET_QUERY = 16, TARGET_MAX = 4096 };

struct target_query {
	const char *name, *value;
};

struct target {
	char *memory; /* owns every text */
	const char *segments[TARGET_SEGMENTS];
	size_t n_segments; /* below /api */
	struct target_query query[TARGET_QUERY];
	size_t n_query;
};

/*
 * CODE_OK; CODE_MALFORMED; CODE_NOT_FOUND when it is not
 * below /api/ or too deep. target_free() in any case.
 */
enum code target_read(const char *raw, struct target *, struct error *);
void target_free(struct target *);

/* NULL: not there. */
const char *target_query(const struct target *, const char *name);

#endif
