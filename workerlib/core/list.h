#ifndef CVN_CORE_LIST_H
#define CVN_CORE_LIST_H
/* Values of type list: a JSON array of printable strings. */
#include <stddef.h>

#include "workerlib/core/canon.h"
#include "workerlib/core/value.h"

/* Writes a list item by item. */
struct list_writer {
	struct canon canon;
	char *out;
	size_t used; /* what there would be: more than VALUE_MAX does not fit */
};

void list_start(struct list_writer *, char out[VALUE_MAX + 1]);
void list_add(struct list_writer *, const char *item, size_t n); /* printable */
enum code list_end(struct list_writer *, struct error *); /* CODE_OK, or CODE_TOO_LONG and out is empty */

/*
 * Writes the canonical text: no blanks, shortest escapes. CODE_OK; or CODE_BAD_LIST or
 * CODE_TOO_LONG, and then out is empty.
 */
enum code list_canonical(const char *text, size_t n, char out[VALUE_MAX + 1], struct error *);

/* How many of the list's items are the n bytes at item; a text that is no list has none. */
size_t list_count(const char *list, const char *item, size_t n);

#endif
