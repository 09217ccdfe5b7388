#include <string.h>

#include "tests/core/check_core.h"
#include "workerlib/core/code.h"
#include "workerlib/core/payload.h"
#include "workerlib/core/sha256.h"
#include "workerlib/core/utf8.h"
#include "workerlib/core/value.h"

START_TEST(every_code_has_one_name_and_a_sentence)
{
	unsigned i, j;

	for (i = 0; i < CODE_COUNT; i++) {
		ck_assert_uint_eq(code_from_name(code_name((enum code)i)), i);
		ck_assert_uint_gt(strlen(code_message((enum code)i)), 0);
		for (j = 0; j < i; j++)
			ck_assert_str_ne(code_name((enum code)i), code_name((enum code)j));
	}
	ck_assert_uint_eq(code_from_name("no such"), CODE_INTERNAL);
	ck_assert_str_eq(code_name((enum code)9999), "internal");
}
END_TEST

START_TEST(an_error_joins_its_parts)
{
	struct error e;

	ck_assert_uint_eq(code_error(&e, CODE_STALE, "a", "", "bc", NULL), CODE_STALE);
	ck_assert_uint_eq(e.code, CODE_STALE);
	ck_assert_str_eq(e.detail, "abc");
	code_error(&e, CODE_STALE, e.detail, "d", NULL);
	ck_assert_str_eq(e.detail, "abcd");
	ck_assert_uint_eq(code_error(NULL, CODE_FROZEN, "x", NULL), CODE_FROZEN);
}
END_TEST

/*
 * Goal of this test: whatever the length before it,
 * a character of several bytes is in the detail whole or not at all.
 */
START_TEST(an_error_is_cut_at_a_character)
{
	char before[sizeof(((struct error *)0)->detail)];
	struct error e;
	size_t n;

	for (n = sizeof(before) - 8; n < sizeof(before); n++) {
		memset(before, 'x', n);
		before[n] = '\0';
		code_error(&e, CODE_INVALID, before, "\xf0\x9f\x98\x80", "y", NULL);
		ck_assert(utf8_is_text(e.detail, strlen(e.detail)));
		ck_assert_int_eq(strncmp(e.detail, before, n), 0);
		ck_assert_uint_eq(strlen(e.detail),
				  n + 4 < sizeof(before) ? n + 4 + (n + 5 < sizeof(before)) : n);
	}
}
END_TEST

static bool comes_back(uint32_t c)
{
	const bool surrogate = c >= 0xd800 && c <= 0xdfff;
	char bytes[4];
	const size_t n = utf8_write(c, bytes);
	const char *at = bytes, *cut = bytes;
	uint32_t back;

	if (n > 1 && utf8_next(&cut, bytes + n - 1, &back))
		return false;
	if (!utf8_next(&at, bytes + n, &back))
		return surrogate && at == bytes;
	return !surrogate && back == c && at == bytes + n;
}

START_TEST(every_character_is_read_as_it_was_written)
{
	uint32_t c;

	for (c = 0; c <= 0x10ffff && comes_back(c); c++)
		;
	ck_assert_uint_eq(c, 0x110000);
}
END_TEST

START_TEST(every_type_has_one_name)
{
	enum value_type type;
	unsigned i;

	for (i = 0; i < VALUE_TYPES; i++) {
		ck_assert(value_type_from_name(value_type_name((enum value_type)i), &type));
		ck_assert_uint_eq(type, i);
		ck_assert_int_eq(value_ordered((enum value_type)i),
				 i == VALUE_INT || i == VALUE_DECIMAL || i == VALUE_DURATION);
	}
	ck_assert(!value_type_from_name("float", &type));
}
END_TEST

START_TEST(the_longest_notification_fits)
{
	struct payload p = { .version = INT64_MAX }, back;
	char text[PAYLOAD_MAX];

	memset(p.environment, 'e', sizeof(p.environment) - 1);
	memset(p.key, 'K', sizeof(p.key) - 1);
	payload_write(&p, text);
	ck_assert(payload_read(text, &back));
	ck_assert_mem_eq(&p, &back, sizeof(p));
	ck_assert(!payload_read("env=dev,key=CVN_A,version=-1", &back));
	ck_assert_mem_eq(&p, &back, sizeof(p));
}
END_TEST

/* FIPS 180-4's third example: a million times "a", given in pieces of changing length. */
START_TEST(a_digest_does_not_depend_on_the_pieces)
{
	static const char expected[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
	char bytes[131], hex[65];
	unsigned char digest[32];
	size_t left = 1000000, n = 1;
	struct sha256 h;

	memset(bytes, 'a', sizeof(bytes));
	sha256_start(&h);
	while (left > 0) {
		const size_t take = n < left ? n : left;

		sha256_put(&h, bytes, take);
		left -= take;
		n = n % sizeof(bytes) + 1;
	}
	sha256_end(&h, digest);
	sha256_hex(digest, hex);
	ck_assert_str_eq(hex, expected);
}
END_TEST

Suite *suite_text(void)
{
	Suite *const suite = suite_create("text");
	TCase *const tests = tcase_create("text");

	tcase_add_test(tests, every_code_has_one_name_and_a_sentence);
	tcase_add_test(tests, an_error_joins_its_parts);
	tcase_add_test(tests, an_error_is_cut_at_a_character);
	tcase_add_test(tests, every_character_is_read_as_it_was_written);
	tcase_add_test(tests, every_type_has_one_name);
	tcase_add_test(tests, the_longest_notification_fits);
	tcase_add_test(tests, a_digest_does_not_depend_on_the_pieces);
	suite_add_tcase(suite, tests);
	return suite;
}
