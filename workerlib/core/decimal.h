#ifndef CVN_CORE_DECIMAL_H
#define CVN_CORE_DECIMAL_H
/*
 * Exact decimals: 36 digits before the point and 36 behind it, so that the product of any two values (18 and
 * 18 digits) is exact. Nothing is ever rounded: what does not fit is refused.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DECIMAL_LIMBS = 8, DECIMAL_DIGITS = 36, DECIMAL_TEXT_MAX = 2 * DECIMAL_DIGITS + 2 };

/* Base 10^9, least limb first; the upper half stands before the point. Zero is never negative. */
struct decimal {
	uint32_t limb[DECIMAL_LIMBS];
	bool negative;
};

/*
 * Reads n bytes as -?(0|[1-9]\d*)(\.\d+)? with at most max_digits (up to DECIMAL_DIGITS) on each side.
 * NULL, or why not, in words; then *d is undefined.
 */
const char *decimal_read(struct decimal *d, const char *text, size_t n, size_t max_digits);

/* The canonical text, NUL-terminated: no trailing zeros, no "-0". Returns its length. */
size_t decimal_write(const struct decimal *d, char out[DECIMAL_TEXT_MAX + 1]);

void decimal_from_integer(struct decimal *d, int64_t i);

/* Less than, equal to or greater than zero. */
int decimal_compare(const struct decimal *a, const struct decimal *b);

void decimal_negate(struct decimal *d);

/* out may be a or b. False: the exact result does not fit, and *out is undefined. */
bool decimal_add(struct decimal *out, const struct decimal *a, const struct decimal *b);
bool decimal_multiply(struct decimal *out, const struct decimal *a, const struct decimal *b);

/* The double nearest to it (ties to even), of a canonical text with at most 18 digits on each side. */
double decimal_nearest(const char *canonical);

#endif
