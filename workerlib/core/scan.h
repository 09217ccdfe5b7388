#ifndef CVN_CORE_SCAN_H
#define CVN_CORE_SCAN_H
/*
 * The strict JSON scanner that runs before any lenient parser: RFC 8259, valid UTF-8, no U+0000 and no lone
 * surrogate (escaped or not), no duplicate key in an object (after unescaping), numbers within the grammar,
 * depth and length bounded, the whole input consumed. No memory is allocated.
 */
#include <stdbool.h>
#include <stddef.h>

#include "workerlib/core/code.h"

enum { SCAN_DEPTH = 32 };

/* CODE_OK, or CODE_MALFORMED with the offset and the reason in the detail. */
enum code scan_json(const char *text, size_t n, struct error *);

/* Items of a JSON array of strings that scan_json accepts. */
struct scan_list {
	const char *at, *end;
};
enum code scan_list_open(struct scan_list *, const char *text, size_t n, struct error *); /* CODE_BAD_LIST */
/* The next item, unescaped and NUL-terminated, into out; false at the end. An item longer than max ends with *n = max + 1. */
bool scan_list_next(struct scan_list *, char *out, size_t max, size_t *n);

/* n bytes are valid UTF-8: no overlong form, no surrogate, at most U+10FFFF. */
bool scan_utf8(const char *text, size_t n);

#endif
