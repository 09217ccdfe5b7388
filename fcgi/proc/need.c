#include "fcgi/proc/need.h"

#include <stdlib.h>
#include <string.h>

void *need_items(size_t n, size_t size)
{
	void *items = calloc(n == 0 ? 1 : n, size);

	if (items == NULL)
		abort();
	return items;
}

char *need_copy(const char *text, size_t n)
{
	char *copy = need_items(n + 1, 1);

	memcpy(copy, text, n);
	return copy;
}
