#ifndef CVN_PROC_TEXT_H
#define CVN_PROC_TEXT_H
/*
 * Text that grows. {0} is empty; the bytes end with a NUL that does not count.
 * No memory: the process ends.
 */
#include <stddef.h>

struct text {
	char *bytes; /* NULL while empty */
	size_t n;
	size_t room;
};

/* A sink for canon.h: arg is a struct text. */
void text_put(void *text, const char *bytes, size_t n);
void text_add(struct text *, const char *words);
void text_free(struct text *);

#endif
