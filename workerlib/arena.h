#ifndef CVN_WORKERLIB_ARENA_H
#define CVN_WORKERLIB_ARENA_H
/* Memory that lives and dies together. Nothing taken from it is freed alone. */
#include <stddef.h>

struct arena {
	struct arena_block *blocks;
};

/* n bytes, zeroed, aligned for anything; NULL: no memory. An arena of zeros is empty and ready. */
void *arena_take(struct arena *, size_t n);

/* The same for count items of size bytes each; NULL also when that does not fit a size_t. */
void *arena_take_array(struct arena *, size_t count, size_t size);

/* A copy of a text. NULL: no memory. */
char *arena_text(struct arena *, const char *text);

void arena_free(struct arena *);

#endif
