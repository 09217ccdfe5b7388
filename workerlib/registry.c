#include "workerlib/registry.h"

#include <stdlib.h>
#include <string.h>

/* Where the name is, or where it belongs. */
static size_t place_of(const struct registry *r, const char *name)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(r->names[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct registry_name *registry_find(const struct registry *r, const char *name)
{
	size_t at = place_of(r, name);

	return at < r->n && strcmp(r->names[at].name, name) == 0 ? &r->names[at] : NULL;
}

static bool make_room(struct registry *r)
{
	size_t room = r->room ? 2 * r->room : 64;
	struct registry_name *names;

	if (r->n < r->room)
		return true;
	names = reallocarray(r->names, room, sizeof(*names));
	if (!names)
		return false;
	r->names = names;
	r->room = room;
	return true;
}

/* The name's slot: the old one, or the next. UINT32_MAX: no memory. */
static uint32_t slot_for(struct registry *r, const char *name)
{
	size_t at = place_of(r, name);
	char *copy;

	if (at < r->n && strcmp(r->names[at].name, name) == 0)
		return r->names[at].slot;
	if (r->n >= UINT32_MAX - 1 || !make_room(r))
		return UINT32_MAX;
	copy = arena_text(&r->arena, name);
	if (!copy)
		return UINT32_MAX;
	memmove(&r->names[at + 1], &r->names[at], (r->n - at) * sizeof(*r->names));
	r->names[at] = (struct registry_name){.name = copy, .slot = (uint32_t)r->n};
	r->n++;
	return r->names[at].slot;
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
	arena_free(&r->arena);
	*r = (struct registry){0};
}
