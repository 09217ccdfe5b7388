#ifndef CVN_WORKERLIB_REGISTRY_H
#define CVN_WORKERLIB_REGISTRY_H
/*
 * The names a worker has ever seen, each with a slot for life: handles outlive what comes and goes.
 *
 * Names are added by one thread at a time, its caller's lock around it, and found by any at any
 * time without one: a name that is there stays where it is, and so does every index that was
 * ever current, until the registry is freed.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/snapshot.h"

struct registry_index;

struct registry_name {
	uint64_t hash;
	uint32_t slot;
	atomic_uint handles; /* 0: none was given out; else the type of those that were, and one */
	char name[];
};

struct registry {
	struct registry_name **names; /* sorted by name; an empty registry is all zeros */
	struct registry_name **slots; /* the same by slot */
	size_t n, room;
	_Atomic(struct registry_index *) index;
	struct arena arena;
};

/* Gives every parameter of the snapshot its slot. False: no memory; the names so far stay. */
bool registry_place(struct registry *, struct snapshot *);

/* NULL: never seen. Valid as long as the registry. Takes no lock. */
struct registry_name *registry_find(const struct registry *, const char *name);

void registry_free(struct registry *);

#endif
