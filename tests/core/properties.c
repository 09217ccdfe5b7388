#include "tests/core/properties.h"

#include <stdio.h>
#include <string.h>

#include "workerlib/core/decimal.h"
#include "workerlib/core/list.h"
#include "workerlib/core/payload.h"
#include "workerlib/core/scan.h"
#include "workerlib/core/sha256.h"

struct tried {
	uint32_t state;
	struct sha256 mark;
};

/* Marsaglia's xorshift: any 32 bits but zero. */
static uint32_t draw(struct tried *t, uint32_t below)
{
	t->state ^= t->state << 13;
	t->state ^= t->state >> 17;
	t->state ^= t->state << 5;
	return t->state % below;
}

/* A text of pieces that are likely to meet in a value of some type. */
static size_t draw_text(struct tried *t, char *out, size_t max)
{
	static const char *const pieces[] = { "0", "1", "9", "-", ".", "e", "00", "999999999999999999", "5",
					      "ms", "s", "m", "h", "d", "true", "false", " ", "[", "]", "\"",
					      ",", "\"a\"", "\\u0041", "\\ud83d", "\\ude00", "\\n",
					      "\xc3\xa9", "\xf0\x9f\x98\x80", "\xc0\x80", "\xed\xa0\x80", "{",
					      "}", ":", "\"b\":", "null", "60", "24", "1000", "+" };
	const uint32_t count = draw(t, 9);
	size_t n = 0;
	uint32_t i;

	for (i = 0; i < count; i++) {
		const char *const piece = pieces[draw(t, sizeof(pieces) / sizeof(pieces[0]))];
		const size_t length = strlen(piece);

		if (n + length > max)
			break;
		memcpy(out + n, piece, length);
		n += length;
	}
	out[n] = '\0';
	return n;
}

static void note(struct tried *t, const char *text)
{
	sha256_add(&t->mark, text, strlen(text) + 1);
}

/* A canonical decimal, with few or many digits. */
static void draw_decimal(struct tried *t, char *out)
{
	const uint32_t whole = 1 + draw(t, 18);
	const uint32_t part = draw(t, 19);
	char text[48];
	char *at = text;
	uint32_t i;

	if (draw(t, 2))
		*at++ = '-';
	for (i = 0; i < whole; i++)
		*at++ = (char)('0' + (i == 0 && whole > 1 ? 1 + draw(t, 9) : draw(t, 10)));
	for (i = 0; i < part; i++) {
		if (i == 0)
			*at++ = '.';
		*at++ = (char)('0' + draw(t, 10));
	}
	value_canonical(VALUE_DECIMAL, text, (size_t)(at - text), out, NULL);
}

static const char *try_canonical(struct tried *t)
{
	char text[128], once[VALUE_MAX + 1], twice[VALUE_MAX + 1];
	const size_t n = draw_text(t, text, sizeof(text) - 1);
	struct error e;
	unsigned type;

	for (type = 0; type < VALUE_TYPES; type++) {
		if (value_canonical((enum value_type)type, text, n, once, &e) != CODE_OK) {
			note(t, e.detail);
			if (once[0] != '\0')
				return "a refused text gives nothing";
			continue;
		}
		note(t, once);
		if (value_canonical((enum value_type)type, once, strlen(once), twice, &e) != CODE_OK)
			return "a canonical text is a value";
		if (strcmp(once, twice) != 0)
			return "canonical(canonical(x)) = canonical(x)";
		if (value_ordered((enum value_type)type) &&
		    value_compare((enum value_type)type, once, twice) != 0)
			return "a value equals itself";
	}
	return NULL;
}

static const char *try_order(struct tried *t)
{
	char a[VALUE_MAX + 1], b[VALUE_MAX + 1], c[VALUE_MAX + 1];
	int ab, bc, ac;

	draw_decimal(t, a);
	draw_decimal(t, b);
	draw_decimal(t, c);
	ab = value_compare(VALUE_DECIMAL, a, b);
	bc = value_compare(VALUE_DECIMAL, b, c);
	ac = value_compare(VALUE_DECIMAL, a, c);
	note(t, ab < 0 ? "<" : ab > 0 ? ">" : "=");
	if (value_compare(VALUE_DECIMAL, b, a) != -ab)
		return "comparison is antisymmetric";
	if ((ab == 0) != (strcmp(a, b) == 0))
		return "what is equal has one canonical text";
	if (ab <= 0 && bc <= 0 && ac > 0)
		return "comparison is transitive";
	/* The nearest double never turns an order around. */
	if (ab < 0 && value_as_decimal(a) > value_as_decimal(b))
		return "rounding is monotonic";
	return NULL;
}

static bool same(const struct decimal *a, const struct decimal *b)
{
	return decimal_compare(a, b) == 0;
}

static const char *try_arithmetic(struct tried *t)
{
	struct decimal a, b, c, x, y, left, right;
	char text[VALUE_MAX + 1];

	draw_decimal(t, text);
	decimal_read(&a, text, strlen(text), 18);
	draw_decimal(t, text);
	decimal_read(&b, text, strlen(text), 18);
	draw_decimal(t, text);
	decimal_read(&c, text, strlen(text), 18);

	/* (a + b) * c = a * c + b * c, exactly; and (a + b) - b = a. */
	if (!decimal_add(&x, &a, &b) || !decimal_multiply(&x, &x, &c))
		return NULL; /* a sum of 19 digits times 18 may not fit */
	if (!decimal_multiply(&left, &a, &c) || !decimal_multiply(&right, &b, &c))
		return "the product of two values fits";
	if (!decimal_add(&y, &left, &right) || !same(&x, &y))
		return "multiplication distributes over addition";
	decimal_write(&y, text);
	note(t, text);
	if (!decimal_add(&x, &a, &b))
		return "the sum of two values fits";
	decimal_negate(&b);
	if (!decimal_add(&x, &x, &b) || !same(&x, &a))
		return "what is added can be taken away";
	return NULL;
}

static const char *try_json(struct tried *t)
{
	char text[160], list[VALUE_MAX + 1];
	const size_t n = draw_text(t, text, sizeof(text) - 1);
	struct scan_list items;
	struct error e;
	const enum code code = scan_json(text, n, &e);

	note(t, code == CODE_OK ? "ok" : e.detail);
	if (code == CODE_OK && !scan_utf8(text, n))
		return "accepted JSON is UTF-8";
	if (scan_list_open(&items, text, n, NULL) == CODE_OK && code != CODE_OK)
		return "a list is JSON";
	if (list_canonical(text, n, list, NULL) == CODE_OK && scan_json(list, strlen(list), NULL) != CODE_OK)
		return "a canonical list is JSON";
	return NULL;
}

static const char *try_duration(struct tried *t)
{
	static const char *const units[] = { "ms", "s", "m", "h", "d" };
	char text[64], out[VALUE_MAX + 1], again[VALUE_MAX + 1];

	/* One draw a statement: the order of arguments is each compiler's own. */
	const uint32_t bits = 1 + draw(t, 31);
	const uint32_t count = draw(t, UINT32_C(1) << bits);
	const uint32_t unit = draw(t, 5);

	snprintf(text, sizeof(text), "%u%s", (unsigned)count, units[unit]);
	if (value_canonical(VALUE_DURATION, text, strlen(text), out, NULL) != CODE_OK)
		return "32 bits of any unit are a duration";
	snprintf(text, sizeof(text), "%lldms", (long long)value_as_milliseconds(out));
	if (value_canonical(VALUE_DURATION, text, strlen(text), again, NULL) != CODE_OK)
		return NULL; /* 19 digits of milliseconds */
	note(t, out);
	return strcmp(out, again) == 0 ? NULL : "a duration has one canonical text, whatever its unit was";
}

const char *properties_run(uint32_t seed, unsigned rounds, char mark[65])
{
	static const char *(*const tries[])(struct tried *) = {
		try_canonical, try_order, try_arithmetic, try_json, try_duration,
	};
	struct tried t = { .state = seed ? seed : 1 };
	const char *failed = NULL;
	unsigned char digest[32];
	size_t i;

	sha256_start(&t.mark);
	while (rounds-- > 0 && !failed)
		for (i = 0; i < sizeof(tries) / sizeof(tries[0]) && !failed; i++)
			failed = tries[i](&t);
	sha256_end(&t.mark, digest);
	sha256_hex(digest, mark);
	return failed;
}
