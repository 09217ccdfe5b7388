#ifndef CVN_CORE_DURATION_H
#define CVN_CORE_DURATION_H
/* Durations as text, \d+(ms|s|m|h|d), and as milliseconds, both ways. */
#include <stddef.h>
#include <stdint.h>

enum { DURATION_DIGITS = 18, DURATION_TEXT_MAX = 21 };

/* The whole of n bytes. NULL, or why not, in words; then *milliseconds is untouched. */
const char *duration_read(const char *text, size_t n, int64_t *milliseconds);

/* In the largest unit that is exact, NUL-terminated; zero is "0s". Not negative. Returns the length. */
size_t duration_write(int64_t milliseconds, char out[DURATION_TEXT_MAX + 1]);

#endif
