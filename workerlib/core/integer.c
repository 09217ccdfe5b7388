#include "workerlib/core/integer.h"

#include <string.h>

bool integer_read(const char *text, size_t n, int64_t *i)
{
	const bool negative = n > 0 && text[0] == '-';
	const uint64_t limit = (uint64_t)INT64_MAX + negative;
	uint64_t sum = 0;
	size_t at = negative;

	if (at == n || (text[at] == '0' && n > at + 1))
		return false;
	for (; at < n; at++) {
		const unsigned digit = (unsigned)(unsigned char)text[at] - '0';

		if (digit > 9 || sum > (limit - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	/* 0 - sum is defined for every unsigned sum, and turns 2^63 into INT64_MIN. */
	*i = negative ? (int64_t)(0 - sum) : (int64_t)sum;
	return true;
}

size_t integer_write(int64_t i, char out[INTEGER_MAX + 1])
{
	uint64_t rest = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
	char digits[INTEGER_MAX];
	size_t at = sizeof(digits);
	size_t n;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (i < 0)
		digits[--at] = '-';
	n = sizeof(digits) - at;
	memcpy(out, digits + at, n);
	out[n] = '\0';
	return n;
}
