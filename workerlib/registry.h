#ifndef CVN_WORKERLIB_REGISTRY_H
#define CVN_WORKERLIB_REGISTRY_H
/*
 * The names a worker has ever seen, each with a slot for life: handles outlive what comes and goes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/snapshot.h"

struct registry_name {
	const char *name;
	uint32_t slot;
};

struct registry {
	struct registry_name *names; /* sorted by name; an empty registry is all zeros */
	size_t n, room;
	struct arena arena;
};

/* Gives every parameter of the snapshot its slot. False: no memory; the names so far stay. */
bool registry_place(struct registry *, struct snapshot *);

/* NULL: never seen. Valid until the next registry_place(). */
const struct registry_name *registry_find(const struct registry *, const char *name);

void registry_free(struct registry *);

#endif
