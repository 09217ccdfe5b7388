#ifndef CVN_CORE_SCAN_H
#define CVN_CORE_SCAN_H
/*
 * The strict JSON scanner that runs before any lenient parser: RFC 8259, valid UTF-8, no U+0000 and no lone
 * surrogate (escaped or not), no duplicate key in an object (after unescaping), numbers within the grammar,
 * depth bounded, the whole input consumed. No memory is allocated (36 kB of stack); the caller bounds the
 * length.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/core/code.h"

enum { SCAN_DEPTH = 32 };

/*
 * CODE_OK, or CODE_MALFORMED with the offset and the reason in the detail. Time is linear in n; a text made
 * so that its keys look alike is refused when it costs too much.
 */
enum code scan_json(const char *text, size_t n, struct error *);

/* Items of a JSON array of strings, checked by the same rules. */
struct scan_list {
	const char *at, *end;
};

/* CODE_OK, or CODE_BAD_LIST with the reason in the detail; then there are no items. */
enum code scan_list_open(struct scan_list *, const char *text, size_t n, struct error *);

/*
 * The next item, unescaped and NUL-terminated, into out, which has max + 1 bytes; false at the end. Of an
 * item longer than max, *n is max + 1 and out is cut at a character.
 */
bool scan_list_next(struct scan_list *, char *out, size_t max, size_t *n);

/*
 * One character of a JSON string, unescaped, from behind the opening quote; steps past it. 0 is the closing
 * quote, since U+0000 is not let in. NULL, or what is wrong.
 */
const char *scan_string_next(const char **at, const char *end, uint32_t *character);

/* n bytes are valid UTF-8: no overlong form, no surrogate, at most U+10FFFF. */
bool scan_utf8(const char *text, size_t n);

#endif
