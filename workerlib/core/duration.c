#include "workerlib/core/duration.h"

#include <string.h>

#include "workerlib/core/integer.h"

/* From the largest; each is a multiple of the next. */
enum { DAY, HOUR, MINUTE, SECOND, MILLISECOND, UNITS };

static const struct unit {
	const char *name;
	int64_t milliseconds;
} units[UNITS] = {
	[DAY] = { "d", 86400000 },
	[HOUR] = { "h", 3600000 },
	[MINUTE] = { "m", 60000 },
	[SECOND] = { "s", 1000 },
	[MILLISECOND] = { "ms", 1 },
};

static const struct unit *unit_named(const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < UNITS; i++)
		if (strlen(units[i].name) == n && memcmp(units[i].name, text, n) == 0)
			return &units[i];
	return NULL;
}

const char *duration_read(const char *text, size_t n, int64_t *milliseconds)
{
	const struct unit *unit;
	int64_t count = 0;
	size_t digits = 0;

	while (digits < n && text[digits] >= '0' && text[digits] <= '9')
		digits++;
	if (digits == 0)
		return "a digit was expected";
	unit = unit_named(text + digits, n - digits);
	if (!unit)
		return "a unit was expected: ms, s, m, h or d";
	if (digits > DURATION_DIGITS)
		return "too many digits";
	while (digits-- > 0)
		count = count * 10 + (*text++ - '0');
	if (count > INT64_MAX / unit->milliseconds)
		return "too long a time";
	*milliseconds = count * unit->milliseconds;
	return NULL;
}

size_t duration_write(int64_t milliseconds, char out[DURATION_TEXT_MAX + 1])
{
	const struct unit *unit = units;
	size_t n;

	while (milliseconds % unit->milliseconds != 0)
		unit++;
	/* Zero is a whole number of days, but nobody writes it so. */
	if (milliseconds == 0)
		unit = &units[SECOND];
	n = integer_write(milliseconds / unit->milliseconds, out);
	strcpy(out + n, unit->name);
	return n + strlen(unit->name);
}
