#include "workerlib/registry.h"

#include <stdlib.h>
#include <string.h>

/* ---- the index: open addressing, at most half full ---- */

enum { INDEX_MIN = 128 };

struct registry_index {
	size_t mask;    /* cells, less one: they are a power of two */
	unsigned shift; /* what leaves of a hash the number of a cell */
	_Atomic(struct registry_name *) cells[];
};

static inline uint64_t word_at(const char *at, size_t n)
{
	uint64_t word = 0;

	memcpy(&word, at, n);
	return word;
}

/*
 * Eight bytes at a time, the last eight perhaps with some that were taken before, each with a factor of its
 * own, so that no product waits for another. What differs in a word moves up only: the upper half is folded
 * down before the last product, whose uppermost bits depend on everything.
 */
static inline uint64_t hash_of(const char *name, size_t n)
{
	const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15), step = 2 * UINT64_C(0xd1b54a32d192ed03);
	const size_t word = sizeof(uint64_t);
	uint64_t own = factor, hash = n;

	for (size_t i = 0; i + word < n; i += word, own += step)
		hash += own * word_at(name + i, word);
	hash += own * (n < word ? word_at(name, n) : word_at(name + n - word, word));
	return (hash ^ hash >> 32) * factor;
}

static inline struct registry_name *at_cell(const struct registry_index *index, size_t i)
{
	return atomic_load_explicit(&index->cells[i], memory_order_acquire);
}

static inline bool is_named(const struct registry_name *known, uint64_t hash, const char *name)
{
	return known->hash == hash && strcmp(known->name, name) == 0;
}

/* Each cell is looked into once: one that was empty may have another name a moment later. */
static inline struct registry_name *find(const struct registry_index *index, uint64_t hash, const char *name)
{
	size_t i = hash >> index->shift;
	struct registry_name *known;

	while ((known = at_cell(index, i)) != NULL && !is_named(known, hash, name))
		i = (i + 1) & index->mask;
	return known;
}

static void index_add(struct registry_index *index, struct registry_name *name)
{
	size_t i = name->hash >> index->shift;

	while (at_cell(index, i))
		i = (i + 1) & index->mask;
	atomic_store_explicit(&index->cells[i], name, memory_order_release);
}

/* A larger one of the same names takes its place; who still looks into the old one finds what was there. */
static bool grow_index(struct registry *r, size_t cells)
{
	struct registry_index *index;

	index = arena_take(&r->arena, sizeof(*index) + cells * sizeof(index->cells[0]));
	if (!index)
		return false;
	index->mask = cells - 1;
	for (index->shift = 64; cells > 1; cells /= 2)
		index->shift--;
	for (size_t i = 0; i < r->n; i++)
		index_add(index, r->slots[i]);
	atomic_store_explicit(&r->index, index, memory_order_release);
	return true;
}

struct registry_name *registry_find(const struct registry *r, const char *name)
{
	const struct registry_index *index = atomic_load_explicit(&r->index, memory_order_acquire);

	return index ? find(index, hash_of(name, strlen(name)), name) : NULL;
}

/* ---- names come ---- */

static bool widen(struct registry_name ***names, size_t room)
{
	struct registry_name **wider = reallocarray(*names, room, sizeof(**names));

	if (wider)
		*names = wider;
	return wider != NULL;
}

static bool make_room(struct registry *r)
{
	const struct registry_index *index = atomic_load(&r->index);
	size_t room = r->room ? 2 * r->room : INDEX_MIN / 2;

	if (r->n == r->room) {
		if (!widen(&r->names, room) || !widen(&r->slots, room))
			return false;
		r->room = room;
	}
	return (index && index->mask + 1 >= 2 * r->room) || grow_index(r, 2 * r->room);
}

/* Where the name belongs among the sorted. */
static size_t place_of(const struct registry *r, const char *name)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(r->names[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The name's slot: the old one, or the next. UINT32_MAX: no memory. */
static uint32_t slot_for(struct registry *r, const char *name)
{
	size_t n = strlen(name), at;
	uint64_t hash = hash_of(name, n);
	struct registry_name *known = r->n ? find(atomic_load(&r->index), hash, name) : NULL;

	if (known)
		return known->slot;
	if (r->n >= UINT32_MAX - 1 || !make_room(r))
		return UINT32_MAX;
	known = arena_take(&r->arena, sizeof(*known) + n + 1);
	if (!known)
		return UINT32_MAX;
	known->hash = hash;
	known->slot = (uint32_t)r->n;
	memcpy(known->name, name, n + 1);
	at = place_of(r, name);
	memmove(&r->names[at + 1], &r->names[at], (r->n - at) * sizeof(*r->names));
	r->names[at] = r->slots[r->n++] = known;
	index_add(atomic_load(&r->index), known);
	return known->slot;
}

bool registry_place(struct registry *r, struct snapshot *s)
{
	for (size_t i = 0; i < s->n; i++) {
		s->slot_of[i] = slot_for(r, s->params[i].name);
		if (s->slot_of[i] == UINT32_MAX)
			return false;
	}
	return true;
}

void registry_free(struct registry *r)
{
	free(r->names);
	free(r->slots);
	arena_free(&r->arena);
	*r = (struct registry){0};
}
