#ifndef CVN_PROC_NEED_H
#define CVN_PROC_NEED_H
/*
 * Memory for the responders, who die at the first failed allocation: the transaction rolls back, the parent
 * starts another. So nobody above checks, and nobody goes on with half of what was asked.
 */
#include <stddef.h>

/* n zeroed items of size bytes; room for one when n is 0. Never NULL. Free with free(). */
void *need_items(size_t n, size_t size);

/* A copy of n bytes with a NUL behind. Never NULL. Free with free(). */
char *need_copy(const char *text, size_t n);

#endif
