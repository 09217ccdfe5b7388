#ifndef CVN_CORE_UTF8_H
#define CVN_CORE_UTF8_H
/* UTF-8, strictly: no overlong form, no surrogate, nothing above U+10FFFF. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_QUOTED_MAX = 56 };

/* Reads the character at *at and steps past it. False: there is no valid one, and *at stays. */
bool utf8_next(const char **at, const char *end, uint32_t *character);

/* Writes a character; returns its length in bytes. */
size_t utf8_write(uint32_t character, char out[4]);

/*
 * Whether an operator can see the character for what it is: no C0, C1, DEL or noncharacter, no line or
 * paragraph separator, and none of the controls that reorder the text around them (an approver must read
 * what a worker will get).
 */
bool utf8_is_printable(uint32_t character);

/* n bytes are valid UTF-8 of printable characters. */
bool utf8_is_text(const char *text, size_t n);

/* For details: the text in quotes, cut after about 40 bytes; or words that say it is not printable. */
const char *utf8_quote(const char *text, size_t n, char out[UTF8_QUOTED_MAX + 1]);

#endif
