#include <stdint.h>
#include <string.h>

#include "tests/core/check_core.h"
#include "workerlib/core/decimal.h"
#include "workerlib/core/duration.h"
#include "workerlib/core/integer.h"

static struct decimal read(const char *text)
{
	struct decimal d;

	ck_assert_msg(!decimal_read(&d, text, strlen(text), DECIMAL_DIGITS), "%s", text);
	return d;
}

static const char *write(const struct decimal *d)
{
	static char text[DECIMAL_TEXT_MAX + 1];

	ck_assert_uint_eq(decimal_write(d, text), strlen(text));
	return text;
}

#define NINES18 "999999999999999999"
#define NINES36 NINES18 NINES18
#define ZEROS18 "000000000000000000"

static const struct operation {
	const char *a, *b, *sum, *product; /* NULL: does not fit */
} operations[] = {
	{ "0", "0", "0", "0" },
	{ "1", "-1", "0", "-1" },
	{ "-1", "-1", "-2", "1" },
	{ "-0.5", "0", "-0.5", "0" },
	{ "0.1", "0.2", "0.3", "0.02" },
	{ "999999999", "1", "1000000000", "999999999" },
	{ "0.000000001", "-0.000000001", "0", "-0.000000000000000001" },
	{ "1000000000", "-0.000000001", "999999999.999999999", "-1" },
	{ "-1000000000", "0.000000001", "-999999999.999999999", "-1" },
	{ "123456789.987654321", "987654321.123456789", "1111111111.11111111",
	  "121932632103337905.662094193112635269" },
	{ NINES18 "." NINES18, NINES18 "." NINES18, "1" NINES18 "." "999999999999999998",
	  "999999999999999999999999999999999998." ZEROS18 "000000000000000001" },
	{ NINES36, "1", NULL, NINES36 },
	{ NINES36, "-1", "999999999999999999999999999999999998", "-" NINES36 },
	{ NINES36, "10", NULL, NULL },
	{ "-" NINES36, "-1", NULL, NINES36 },
	{ "0." ZEROS18 "000000000000000001", "0.1", "0.100000000000000000000000000000000001", NULL },
	{ "0." ZEROS18 "000000000000000001", "10", "10." ZEROS18 "000000000000000001",
	  "0." ZEROS18 "00000000000000001" },
};

START_TEST(sums_and_products_are_exact_or_refused)
{
	const struct operation *const o = &operations[_i];
	const struct decimal a = read(o->a), b = read(o->b);
	struct decimal out;

	ck_assert_int_eq(decimal_add(&out, &a, &b), o->sum != NULL);
	if (o->sum)
		ck_assert_str_eq(write(&out), o->sum);
	ck_assert_int_eq(decimal_multiply(&out, &a, &b), o->product != NULL);
	if (o->product)
		ck_assert_str_eq(write(&out), o->product);
}
END_TEST

START_TEST(a_result_may_take_the_place_of_an_operand)
{
	struct decimal a = read("-1.5");
	const struct decimal b = read("4");

	ck_assert(decimal_add(&a, &a, &b));
	ck_assert_str_eq(write(&a), "2.5");
	ck_assert(decimal_multiply(&a, &a, &a));
	ck_assert_str_eq(write(&a), "6.25");
	ck_assert(decimal_add(&a, &b, &a));
	ck_assert_str_eq(write(&a), "10.25");
}
END_TEST

START_TEST(zero_has_no_sign)
{
	struct decimal zero = read("-0.000"), one = read("1");

	ck_assert(!zero.negative);
	decimal_negate(&zero);
	ck_assert(!zero.negative);
	decimal_negate(&one);
	ck_assert(decimal_multiply(&zero, &zero, &one) && !zero.negative);
	decimal_from_integer(&zero, 0);
	ck_assert(!zero.negative);
}
END_TEST

static const int64_t integers[] = { 0, 1, -1, 999999999, 1000000000, -1000000000, INT64_MAX, INT64_MIN,
				    INT64_MIN + 1 };

START_TEST(integers_keep_their_text)
{
	char text[INTEGER_MAX + 1];
	struct decimal d;
	int64_t back = 42;

	ck_assert_uint_eq(integer_write(integers[_i], text), strlen(text));
	ck_assert(integer_read(text, strlen(text), &back));
	ck_assert_int_eq(back, integers[_i]);
	decimal_from_integer(&d, integers[_i]);
	ck_assert_str_eq(write(&d), text);
}
END_TEST

START_TEST(what_is_no_integer_leaves_it_alone)
{
	int64_t i = 42;

	ck_assert(!integer_read("9223372036854775808", 19, &i));
	ck_assert(!integer_read("12", 0, &i));
	ck_assert_int_eq(i, 42);
	ck_assert(integer_read("12x", 2, &i));
	ck_assert_int_eq(i, 12);
}
END_TEST

static const struct {
	int64_t milliseconds;
	const char *text;
} durations[] = {
	{ 0, "0s" },	      { 1, "1ms" },	    { 1000, "1s" },	 { 60000, "1m" },
	{ 3600000, "1h" },    { 86400000, "1d" },   { 90000, "90s" },	 { 5400000, "90m" },
	{ 90000000, "25h" },  { 172800000, "2d" },  { 86400001, "86400001ms" },
	{ INT64_C(9223372036828800000), "106751991167d" },
};

START_TEST(a_duration_is_written_in_its_largest_exact_unit)
{
	char text[DURATION_TEXT_MAX + 1];
	int64_t back = -1;

	ck_assert_uint_eq(duration_write(durations[_i].milliseconds, text), strlen(durations[_i].text));
	ck_assert_str_eq(text, durations[_i].text);
	ck_assert_ptr_null(duration_read(text, strlen(text), &back));
	ck_assert_int_eq(back, durations[_i].milliseconds);
}
END_TEST

Suite *suite_arithmetic(void)
{
	Suite *const suite = suite_create("arithmetic");
	TCase *const tests = tcase_create("arithmetic");

	tcase_add_loop_test(tests, sums_and_products_are_exact_or_refused, 0, COUNT_OF(operations));
	tcase_add_test(tests, a_result_may_take_the_place_of_an_operand);
	tcase_add_test(tests, zero_has_no_sign);
	tcase_add_loop_test(tests, integers_keep_their_text, 0, COUNT_OF(integers));
	tcase_add_test(tests, what_is_no_integer_leaves_it_alone);
	tcase_add_loop_test(tests, a_duration_is_written_in_its_largest_exact_unit, 0, COUNT_OF(durations));
	suite_add_tcase(suite, tests);
	return suite;
}
