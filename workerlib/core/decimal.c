#include "workerlib/core/decimal.h"

#include <string.h>

enum { BASE = 1000000000, LIMB_DIGITS = 9, POINT = DECIMAL_LIMBS / 2 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t count_digits(const char *text, size_t n)
{
	size_t i = 0;

	while (i < n && is_digit(text[i]))
		i++;
	return i;
}

/*
 * Puts a digit behind those of its limb that stand before it:
 * place 0 is before the point, -1 the first behind it.
 */
static void put_digit(struct decimal *d, int place, char digit)
{
	uint32_t *const limb = &d->limb[(unsigned)(place + DECIMAL_DIGITS) / LIMB_DIGITS];

	*limb = *limb * 10 + (uint32_t)(digit - '0');
}

static bool is_zero(const struct decimal *d)
{
	unsigned i;

	for (i = 0; i < DECIMAL_LIMBS; i++)
		if (d->limb[i])
			return false;
	return true;
}

const char *decimal_read(struct decimal *d, const char *text, size_t n, size_t max_digits)
{
	const bool negative = n > 0 && text[0] == '-';
	size_t whole, part = 0, i;

	text += negative;
	n -= negative;
	whole = count_digits(text, n);
	if (whole == 0)
		return "a digit was expected";
	if (whole > 1 && text[0] == '0')
		return "a leading zero";
	if (whole < n && text[whole] == '.') {
		part = count_digits(text + whole + 1, n - whole - 1);
		if (part == 0)
			return "a digit was expected behind the point";
	}
	if (whole + (part ? part + 1 : 0) != n)
		return "a character that is no part of a number";
	if (whole > max_digits || part > max_digits)
		return "too many digits";

	memset(d, 0, sizeof(*d));
	for (i = 0; i < whole; i++)
		put_digit(d, (int)(whole - 1 - i), text[i]);
	/* The last limb is filled up. */
	for (i = 0; i < part || i % LIMB_DIGITS; i++)
		put_digit(d, -1 - (int)i, i < part ? text[whole + 1 + i] : '0');
	d->negative = negative && !is_zero(d);
	return NULL;
}

/* Every digit that there is a place for. */
static void write_digits(const struct decimal *d, char digits[2 * DECIMAL_DIGITS])
{
	unsigned i;

	memset(digits, '0', 2 * DECIMAL_DIGITS);
	for (i = 0; i < DECIMAL_LIMBS; i++) {
		char *at = digits + (DECIMAL_LIMBS - i) * LIMB_DIGITS;
		uint32_t limb;

		for (limb = d->limb[i]; limb > 0; limb /= 10)
			*--at = (char)('0' + limb % 10);
	}
}

size_t decimal_write(const struct decimal *d, char out[DECIMAL_TEXT_MAX + 1])
{
	char digits[2 * DECIMAL_DIGITS];
	size_t first = 0, end = 2 * DECIMAL_DIGITS, whole;
	char *at = out;

	write_digits(d, digits);
	while (first < DECIMAL_DIGITS - 1 && digits[first] == '0')
		first++;
	while (end > DECIMAL_DIGITS && digits[end - 1] == '0')
		end--;
	whole = DECIMAL_DIGITS - first;
	if (d->negative)
		*at++ = '-';
	memcpy(at, digits + first, whole);
	at += whole;
	if (end > DECIMAL_DIGITS) {
		*at++ = '.';
		memcpy(at, digits + DECIMAL_DIGITS, end - DECIMAL_DIGITS);
		at += end - DECIMAL_DIGITS;
	}
	*at = '\0';
	return (size_t)(at - out);
}

void decimal_from_integer(struct decimal *d, int64_t i)
{
	uint64_t rest = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
	unsigned at;

	memset(d, 0, sizeof(*d));
	d->negative = i < 0;
	for (at = POINT; rest > 0; at++) {
		d->limb[at] = (uint32_t)(rest % BASE);
		rest /= BASE;
	}
}

static int compare_sizes(const struct decimal *a, const struct decimal *b)
{
	unsigned i;

	for (i = DECIMAL_LIMBS; i-- > 0;)
		if (a->limb[i] != b->limb[i])
			return a->limb[i] < b->limb[i] ? -1 : 1;
	return 0;
}

int decimal_compare(const struct decimal *a, const struct decimal *b)
{
	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	return a->negative ? compare_sizes(b, a) : compare_sizes(a, b);
}

void decimal_negate(struct decimal *d)
{
	d->negative = !d->negative && !is_zero(d);
}

/* |a| + |b|; false when it does not fit. */
static bool add_sizes(struct decimal *out, const struct decimal *a, const struct decimal *b)
{
	uint32_t carry = 0;
	unsigned i;

	for (i = 0; i < DECIMAL_LIMBS; i++) {
		const uint32_t sum = a->limb[i] + b->limb[i] + carry;

		carry = sum >= BASE;
		out->limb[i] = carry ? sum - BASE : sum;
	}
	return carry == 0;
}

/* |a| - |b|, where |a| >= |b|. */
static void subtract_sizes(struct decimal *out, const struct decimal *a, const struct decimal *b)
{
	uint32_t borrow = 0;
	unsigned i;

	for (i = 0; i < DECIMAL_LIMBS; i++) {
		const uint32_t away = b->limb[i] + borrow;

		borrow = a->limb[i] < away;
		out->limb[i] = a->limb[i] + (borrow ? BASE : 0) - away;
	}
}

bool decimal_add(struct decimal *out, const struct decimal *a, const struct decimal *b)
{
	const bool swap = compare_sizes(a, b) < 0;
	const struct decimal *larger = swap ? b : a, *smaller = swap ? a : b;
	const bool negative = larger->negative;

	if (a->negative == b->negative) {
		out->negative = negative;
		return add_sizes(out, a, b);
	}
	subtract_sizes(out, larger, smaller);
	out->negative = negative && !is_zero(out);
	return true;
}

bool decimal_multiply(struct decimal *out, const struct decimal *a, const struct decimal *b)
{
	const bool negative = a->negative != b->negative;
	uint32_t product[2 * DECIMAL_LIMBS] = { 0 };
	unsigned i, j;

	for (i = 0; i < DECIMAL_LIMBS; i++) {
		uint64_t carry = 0;

		if (a->limb[i] == 0)
			continue;
		for (j = 0; j < DECIMAL_LIMBS; j++) {
			carry += product[i + j] + (uint64_t)a->limb[i] * b->limb[j];
			product[i + j] = (uint32_t)(carry % BASE);
			carry /= BASE;
		}
		product[i + DECIMAL_LIMBS] = (uint32_t)carry;
	}
	/* The point stands twice as far in now: what lies outside the middle has no place. */
	for (i = 0; i < POINT; i++)
		if (product[i] || product[2 * DECIMAL_LIMBS - 1 - i])
			return false;
	memcpy(out->limb, product + POINT, sizeof(out->limb));
	out->negative = negative && !is_zero(out);
	return true;
}

double decimal_nearest(const char *canonical)
{
	static const uint64_t one = UINT64_C(1000000000000000000), top = UINT64_C(1) << 62;
	const char *at = canonical + (canonical[0] == '-');
	uint64_t whole = 0, part = 0;
	unsigned digits = 0, halvings = 0;
	double nearest;

	while (is_digit(*at))
		whole = whole * 10 + (uint64_t)(*at++ - '0');
	if (*at == '.')
		at++;
	for (; digits < 18; digits++)
		part = part * 10 + (is_digit(*at) ? (uint64_t)(*at++ - '0') : 0);
	if (whole == 0 && part == 0)
		return 0.0;
	/*
	 * Binary digits of the fraction, by doubling it,
	 * until 63 are there; one more says if any are left.
	 */
	for (; whole < top; halvings++) {
		part *= 2;
		whole = whole * 2 + (part >= one);
		part -= part >= one ? one : 0;
	}
	/* The conversion rounds once, to even; halving is exact. */
	for (nearest = (double)(int64_t)(whole | (part != 0)); halvings > 0; halvings--)
		nearest /= 2;
	return canonical[0] == '-' ? -nearest : nearest;
}
