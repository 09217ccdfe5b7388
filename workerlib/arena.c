#include "workerlib/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 8192 };

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) unsigned char bytes[];
};

static struct arena_block *block_add(struct arena *a, size_t n)
{
	size_t size = n > BLOCK ? n : BLOCK;
	struct arena_block *b;

	if (size > SIZE_MAX - sizeof(*b))
		return NULL;
	b = calloc(1, sizeof(*b) + size);
	if (!b)
		return NULL;
	b->size = size;
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

void *arena_take(struct arena *a, size_t n)
{
	const size_t step = alignof(max_align_t);
	struct arena_block *b = a->blocks;
	void *bytes;

	if (n > SIZE_MAX - step)
		return NULL;
	n = (n + step - 1) / step * step;
	if (!b || b->size - b->used < n)
		b = block_add(a, n);
	if (!b)
		return NULL;
	bytes = b->bytes + b->used;
	b->used += n;
	return bytes;
}

void *arena_take_array(struct arena *a, size_t count, size_t size)
{
	return size && count > SIZE_MAX / size ? NULL : arena_take(a, count * size);
}

char *arena_text(struct arena *a, const char *text)
{
	size_t n = strlen(text) + 1;
	char *copy = arena_take(a, n);

	return copy ? memcpy(copy, text, n) : NULL;
}

void arena_free(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *b = a->blocks;
		a->blocks = b->next;
		free(b);
	}
}
