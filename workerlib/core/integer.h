#ifndef CVN_CORE_INTEGER_H
#define CVN_CORE_INTEGER_H
/* 64-bit integers as text, both ways, without libc: -?(0|[1-9]\d*). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INTEGER_MAX = 20 }; /* characters of the longest, "-9223372036854775808" */

/* The whole of n bytes. False: not of the grammar, or beyond 64 bits; *i is untouched. "-0" is 0. */
bool integer_read(const char *text, size_t n, int64_t *i);

/* Writes the canonical text, NUL-terminated; returns its length. */
size_t integer_write(int64_t i, char out[INTEGER_MAX + 1]);

#endif
