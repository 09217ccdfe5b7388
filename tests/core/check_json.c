#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/core/check_core.h"
#include "workerlib/core/canon.h"
#include "workerlib/core/scan.h"

static void put(void *arg, const char *bytes, size_t n)
{
	strncat(arg, bytes, n);
}

START_TEST(canonical_text_has_commas_where_they_belong)
{
	char out[256] = "";
	struct canon c;

	canon_start(&c, put, out);
	canon_object(&c);
	canon_key(&c, "a");
	canon_array(&c);
	canon_null(&c);
	canon_bool(&c, 1);
	canon_array(&c);
	canon_end(&c, ']');
	canon_object(&c);
	canon_end(&c, '}');
	canon_integer(&c, -5);
	canon_end(&c, ']');
	canon_key(&c, "\"b");
	canon_string(&c, "x\0y", 3);
	canon_key(&c, "c");
	canon_bool(&c, 0);
	canon_member(&c, "d", "\n");
	canon_member(&c, "e", NULL);
	ck_assert(!canon_done(&c));
	canon_end(&c, '}');
	ck_assert(canon_done(&c));
	ck_assert_str_eq(out, "{\"a\":[null,true,[],{},-5],\"\\\"b\":\"x\\u0000y\",\"c\":false,"
			      "\"d\":\"\\n\",\"e\":null}");
	ck_assert_uint_eq(scan_json(out, strlen("{\"a\":[null,true,[],{},-5]"), NULL), CODE_MALFORMED);
}
END_TEST

static void wrong_end(struct canon *c)
{
	canon_array(c);
	canon_end(c, '}');
}

static void end_without_start(struct canon *c)
{
	canon_end(c, ']');
}

static void key_without_value(struct canon *c)
{
	canon_object(c);
	canon_key(c, "a");
	canon_end(c, '}');
}

static void too_deep(struct canon *c)
{
	unsigned i;

	for (i = 0; i <= CANON_DEPTH; i++)
		canon_array(c);
	for (i = 0; i <= CANON_DEPTH; i++)
		canon_end(c, ']');
}

static void not_utf8(struct canon *c)
{
	canon_string(c, "\xff", 1);
}

static void not_safe(struct canon *c)
{
	canon_integer(c, INT64_MIN);
}

static void nothing(struct canon *c)
{
	(void)c;
}

static void (*const defects[])(struct canon *) = { wrong_end, end_without_start, key_without_value, too_deep,
						   not_utf8,  not_safe,		 nothing };

START_TEST(what_has_no_canonical_form_is_never_done)
{
	char out[256] = "";
	struct canon c;

	canon_start(&c, put, out);
	defects[_i](&c);
	ck_assert(!canon_done(&c));
}
END_TEST

START_TEST(items_of_a_list_come_one_by_one)
{
	static const char text[] = " [ \"a\" , \"\" , \"\\u00e9\\n\" , \"long\" ] ";
	struct scan_list list;
	char out[4];
	size_t n;

	ck_assert_uint_eq(scan_list_open(&list, text, strlen(text), NULL), CODE_OK);
	ck_assert(scan_list_next(&list, out, 3, &n) && n == 1 && strcmp(out, "a") == 0);
	ck_assert(scan_list_next(&list, out, 3, &n) && n == 0 && out[0] == '\0');
	ck_assert(scan_list_next(&list, out, 3, &n) && n == 3 && strcmp(out, "\xc3\xa9\n") == 0);
	ck_assert(scan_list_next(&list, out, 3, &n) && n == 4 && strcmp(out, "lon") == 0);
	ck_assert(!scan_list_next(&list, out, 3, &n));
	ck_assert(!scan_list_next(&list, out, 3, &n));
}
END_TEST

START_TEST(a_list_that_is_refused_has_no_items)
{
	struct scan_list list;
	char out[4];
	size_t n;

	ck_assert_uint_eq(scan_list_open(&list, "[\"a\",1]", 7, NULL), CODE_BAD_LIST);
	ck_assert(!scan_list_next(&list, out, 3, &n));
}
END_TEST

START_TEST(only_the_given_bytes_are_read)
{
	ck_assert_uint_eq(scan_json("12x", 2, NULL), CODE_OK);
	ck_assert_uint_eq(scan_json("\"a\"", 2, NULL), CODE_MALFORMED);
	ck_assert_uint_eq(scan_json("true", 3, NULL), CODE_MALFORMED);
}
END_TEST

/* An object of n members whose keys differ only at their end; the last one repeats the first on demand. */
static char *object_of(unsigned n, bool repeat, size_t *length)
{
	char *const text = malloc((size_t)n * 40 + 40);
	char *at = text;
	unsigned i;

	ck_assert_ptr_nonnull(text);
	*at++ = '{';
	for (i = 0; i < n; i++)
		at += sprintf(at, "%s\"CVN_SOME_PARAMETER_%u\":\"%u\"", i ? "," : "",
			      repeat && i + 1 == n ? 0 : i, i);
	*at++ = '}';
	*length = (size_t)(at - text);
	return text;
}

START_TEST(a_duplicate_is_found_however_far_apart)
{
	size_t n;
	char *text = object_of(20000, false, &n);

	ck_assert_uint_eq(scan_json(text, n, NULL), CODE_OK);
	free(text);
	text = object_of(20000, true, &n);
	ck_assert_uint_eq(scan_json(text, n, NULL), CODE_MALFORMED);
	free(text);
}
END_TEST

/*
 * Goal of this test: the same key one level deeper is another key. The members are so many that the filter
 * takes some keys for seen, and each stands before, in the object that is the value of the member before it.
 */
START_TEST(a_key_further_in_is_another_key)
{
	enum { MEMBERS = 10000 };
	char *const text = malloc((size_t)MEMBERS * 40);
	char *at = text;
	unsigned i;

	ck_assert_ptr_nonnull(text);
	for (i = 0; i < MEMBERS; i++)
		at += sprintf(at, "%c\"CVN_%u\":{\"CVN_%u\":[]}", i ? ',' : '{', i, i + 1);
	*at++ = '}';
	ck_assert_uint_eq(scan_json(text, (size_t)(at - text), NULL), CODE_OK);
	free(text);
}
END_TEST

/*
 * Goal of this test: a text of many keys costs time in proportion,
 * and one that does not is refused, not served.
 */
START_TEST(many_keys_take_bounded_time)
{
	struct error e = { .code = CODE_OK };
	const clock_t before = clock();
	const char *const slower = getenv("CVN_SLOWER"); /* under valgrind */
	size_t n;
	char *const text = object_of(400000, false, &n);

	if (scan_json(text, n, &e) != CODE_OK)
		ck_assert_ptr_nonnull(strstr(e.detail, "too many keys"));
	free(text);
	ck_assert_int_lt((clock() - before) / CLOCKS_PER_SEC, slower ? 3 * atoi(slower) : 3);
}
END_TEST

/*
 * The example of RFC 8785, 3.2.3:
 * what lies beyond U+FFFF is written as surrogates, which stand before U+E000.
 */
static const char *const in_order[] = {
	"", "\r", "1", "10", "2", "A", "a", "\xc2\x80", "\u00f6", "\u00f6\u00f6", "\u00f7", "\u20ac",
	"\ud7ff", "\U00010000", "\U0001f600", "\U0010ffff", "\ue000", "\ufb33", "\ufb33\U0001f600",
	"\ufb33\uffff",
};

START_TEST(names_are_ordered_as_utf_16_orders_them)
{
	for (size_t i = 0; i < COUNT_OF(in_order); i++) {
		for (size_t j = 0; j < COUNT_OF(in_order); j++)
			ck_assert_msg(canon_order(in_order[i], in_order[j]) == (i > j) - (i < j),
				      "%zu and %zu", i, j);
	}
}
END_TEST

Suite *suite_json(void)
{
	Suite *const suite = suite_create("json");
	TCase *const tests = tcase_create("json");

	tcase_add_test(tests, canonical_text_has_commas_where_they_belong);
	tcase_add_loop_test(tests, what_has_no_canonical_form_is_never_done, 0, COUNT_OF(defects));
	tcase_add_test(tests, names_are_ordered_as_utf_16_orders_them);
	tcase_add_test(tests, items_of_a_list_come_one_by_one);
	tcase_add_test(tests, a_list_that_is_refused_has_no_items);
	tcase_add_test(tests, only_the_given_bytes_are_read);
	tcase_add_test(tests, a_duplicate_is_found_however_far_apart);
	tcase_add_test(tests, a_key_further_in_is_another_key);
	tcase_add_test(tests, many_keys_take_bounded_time);
	suite_add_tcase(suite, tests);
	return suite;
}
