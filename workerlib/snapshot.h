#ifndef CVN_WORKERLIB_SNAPSHOT_H
#define CVN_WORKERLIB_SNAPSHOT_H
/*
 * A configuration as it was at one version: parameters, values, rules, and a slot per parameter in the
 * machine's form, for reading. Built by one thread; immutable once it is sealed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/arena.h"
#include "workerlib/core/config.h"
#include "workerlib/cvnworker.h"

enum { SNAPSHOT_STAMP = 37 };

/* What a read through a handle touches. A slot whose parameter is not there is all zeros. */
struct slot {
	int64_t integer; /* int; milliseconds of a duration; 0 or 1 */
	double real;     /* decimal, int */
	const char *text;
	const struct param *param;
};

struct snapshot {
	/* For the reader. */
	const struct slot *slots;
	size_t n_slots;
	int64_t version;
	char hash[65];

	/* The configuration, sorted by name. */
	int64_t catalog_version;
	char catalog_stamp[SNAPSHOT_STAMP]; /* which catalog of that version; "": not known */
	struct param *params;
	const char **values;
	uint32_t *slot_of; /* by index: the parameter's place in slots */
	size_t n, room;
	struct rule *rules;
	size_t n_rules, room_rules;
	char defect[256]; /* why it cannot be used, as found while it was built; "" */

	/* For its owner, under the owner's lock. */
	struct snapshot *next;
	uint64_t epoch;
	unsigned refs;
	struct arena arena;
};

/* Room for so many parameters and rules. One reference is the caller's. NULL: no memory. */
struct snapshot *snapshot_new(int64_t version, int64_t catalog_version, size_t params, size_t rules);
void snapshot_unref(struct snapshot *); /* frees it with the last reference; NULL does nothing */

/* Adds a copy, in order of names; value may be NULL. False: no memory, or no room. */
bool snapshot_add_param(struct snapshot *, const struct param *, const char *value);
bool snapshot_add_rule(struct snapshot *, const struct rule *);

/* Says which catalog it is of; NULL: not known. */
void snapshot_stamp(struct snapshot *, const char *stamp);

/* Whether that is its catalog, as far as is known: a backup may lead to another of the same version. */
bool snapshot_is_of(const struct snapshot *, int64_t catalog_version, const char *stamp);

/* An unsealed copy as of other versions, values[i] being that of params[i]. NULL: no memory. */
struct snapshot *snapshot_with(const struct snapshot *, int64_t version, int64_t catalog_version,
			       const char *const *values);
struct snapshot *snapshot_copy(const struct snapshot *); /* unsealed; NULL: no memory */

/* Keeps the first reason for which the snapshot must be refused. */
void snapshot_refuse(struct snapshot *, const char *what, const char *why);

/*
 * Every definition, value and rule, by the core: 0 or CVN_E_INVALID. Given one that passed before (or NULL),
 * a parameter that stands there with the same definition and value is not looked at again.
 */
int snapshot_check(const struct snapshot *, const struct snapshot *passed, cvn_error *);

/* The rules alone: what a mixed configuration must pass, its values having passed one by one. */
bool snapshot_passes_rules(const struct snapshot *);

/* After slot_of[] is filled: makes n_slots slots and the hash. False: no memory. */
bool snapshot_seal(struct snapshot *, size_t n_slots);

/*
 * A sealed mix: the parameters in the slots with newer[slot] come from `to`, all others from `from`; rules
 * and versions are those of `to`. NULL: no memory.
 */
struct snapshot *snapshot_mix(const struct snapshot *from, const struct snapshot *to, const bool *newer,
			      size_t n_slots);

/* The slot's content; a slot that the snapshot does not know is empty. */
const struct slot *snapshot_slot(const struct snapshot *, size_t slot);

/* Same type and same canonical text, or both without value, or both not there. */
bool snapshot_same(const struct slot *, const struct slot *);

/* What differs, by name; the caller must free() it. NULL: nothing (*n is 0) or no memory (SIZE_MAX). */
cvn_change *snapshot_diff(const struct snapshot *from, const struct snapshot *to, size_t *n);

#endif
