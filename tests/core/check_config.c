#include <stdio.h>
#include <string.h>

#include "tests/core/check_core.h"
#include "workerlib/core/config.h"
#include "workerlib/core/sha256.h"

static const struct param params[] = {
	{ .name = "CVN_A", .type = VALUE_DECIMAL, .max_value = "10", .default_value = "1" },
	{ .name = "CVN_AB", .type = VALUE_INT, .required = true },
	{ .name = "CVN_B", .type = VALUE_STRING },
};

enum { PARAMS = COUNT_OF(params) };

static const struct rule rules[] = {
	{ .name = "order", .expression = "CVN_A < CVN_AB", .message = "" },
	{ .name = "broken", .expression = "CVN_A <", .message = "" },
	{ .name = "lost", .expression = "CVN_GONE < 1", .message = "" },
};

static struct config config_of(const char *const *values, size_t n_rules)
{
	return (struct config){ .params = params, .values = values, .n = PARAMS, .rules = rules,
				.n_rules = n_rules };
}

START_TEST(a_name_is_found_whole)
{
	const char *const values[PARAMS] = { "1", "2", "x" };
	const struct config config = config_of(values, 0);

	ck_assert_uint_eq(config_find(&config, "CVN_A", 5), 0);
	ck_assert_uint_eq(config_find(&config, "CVN_AB", 6), 1);
	ck_assert_uint_eq(config_find(&config, "CVN_ABC", 6), 1);
	ck_assert_uint_eq(config_find(&config, "CVN_ABC", 7), SIZE_MAX);
	ck_assert_uint_eq(config_find(&config, "CVN_", 4), SIZE_MAX);
	ck_assert_uint_eq(config_find(&config, "CVN_B", 5), 2);
	ck_assert_uint_eq(config_find(&config, "", 0), SIZE_MAX);
}
END_TEST

START_TEST(changes_are_sorted_whatever_their_number)
{
	static char names[4000][16];
	static struct change changes[4000];
	size_t n = (size_t)_i, i;

	for (i = 0; i < n; i++) {
		snprintf(names[i], sizeof(names[i]), "CVN_%05u", (unsigned)(i * 2654435761u % 99991));
		changes[i].name = names[i];
	}
	ck_assert(config_sort_changes(changes, n));
	for (i = 1; i < n; i++)
		ck_assert_int_lt(strcmp(changes[i - 1].name, changes[i].name), 0);
	if (n < 2)
		return;
	changes[n / 2].name = changes[0].name;
	ck_assert(n / 2 == 0 || !config_sort_changes(changes, n));
}
END_TEST

START_TEST(all_violations_are_counted_and_the_first_kept)
{
	const char *const values[PARAMS] = { "1", "2", "x" };
	const struct config config = config_of(values, 1);
	struct change changes[] = { { "CVN_A", "11" }, { "CVN_AB", NULL }, { "CVN_B", "\x01" },
				    { "CVN_C", "1" } };
	char canonical[COUNT_OF(changes)][VALUE_MAX + 1];
	const char *proposed[PARAMS];
	struct diff_item diff[COUNT_OF(changes)];
	struct violation violations[2];
	struct config_result result = { .proposed = proposed, .diff = diff, .violations = violations };

	config_apply(&config, changes, COUNT_OF(changes), canonical, 2, &result);
	ck_assert_uint_eq(result.n_violations, 4);
	ck_assert_str_eq(violations[0].name, "CVN_A");
	ck_assert_str_eq(violations[1].name, "CVN_B");
	ck_assert_uint_eq(violations[1].error.code, CODE_BAD_STRING);
	/* What is refused leaves the value as it was. */
	ck_assert_str_eq(proposed[0], "1");
	ck_assert_str_eq(proposed[2], "x");
	ck_assert_ptr_null(proposed[1]);
}
END_TEST

START_TEST(a_rule_that_names_nothing_is_reported_under_its_own_name)
{
	const char *const values[PARAMS] = { "1", "2", "x" };
	const struct config config = config_of(values, 3);
	struct violation violations[8];

	ck_assert_uint_eq(config_check(&config, violations, 8), 2);
	ck_assert_str_eq(violations[0].name, "CVN_A");
	ck_assert_uint_eq(violations[0].error.code, CODE_BAD_RULE);
	ck_assert_str_eq(violations[1].name, "lost");
	ck_assert_uint_eq(violations[1].error.code, CODE_UNKNOWN_PARAMETER);
}
END_TEST

START_TEST(a_configuration_is_checked_as_it_stands)
{
	static const struct {
		const char *values[PARAMS];
		const char *name;
		enum code code;
	} cases[] = {
		{ { "1", "2", "x" }, NULL, CODE_OK },
		{ { "1", "2", NULL }, NULL, CODE_OK },
		{ { "1.0", "2", "x" }, "CVN_A", CODE_INVALID },
		{ { "11", "2", "x" }, "CVN_A", CODE_ABOVE_MAXIMUM },
		{ { "nan", "2", "x" }, "CVN_A", CODE_BAD_DECIMAL },
		{ { "1", NULL, "x" }, "CVN_AB", CODE_REQUIRED },
		{ { "1", "2", "\xff" }, "CVN_B", CODE_BAD_STRING },
		{ { "2", "2", "x" }, "CVN_A", CODE_RULE_VIOLATED },
	};
	struct violation violations[4];
	size_t i;

	for (i = 0; i < COUNT_OF(cases); i++) {
		const struct config config = config_of(cases[i].values, 1);
		const size_t n = config_check(&config, violations, 4);

		ck_assert_msg((n == 0) == (cases[i].code == CODE_OK), "case %zu", i);
		if (n == 0)
			continue;
		ck_assert_uint_eq(violations[0].error.code, cases[i].code);
		ck_assert_str_eq(violations[0].name, cases[i].name);
	}
}
END_TEST

START_TEST(a_hash_is_that_of_the_canonical_text)
{
	static const char text[] = "{\"CVN_A\":\"1\",\"CVN_B\":\"\\\"caf\xc3\xa9\\\"\"}";
	static const char content[] = "{\"changes\":[{\"name\":\"CVN_A\",\"new\":\"1\",\"old\":null},"
				      "{\"name\":\"CVN_B\",\"new\":null,\"old\":\"x\"}],"
				      "\"environment\":\"dev\"}";
	static const struct diff_item diff[] = { { "CVN_A", NULL, "1" }, { "CVN_B", "x", NULL } };
	const char *const values[PARAMS] = { "1", NULL, "\"caf\xc3\xa9\"" };
	const struct config config = config_of(values, 0);
	char expected[65], got[65];

	sha256_text(text, strlen(text), expected);
	config_hash(&config, got);
	ck_assert_str_eq(got, expected);
	sha256_text(content, strlen(content), expected);
	config_content_hash("dev", diff, COUNT_OF(diff), got);
	ck_assert_str_eq(got, expected);
}
END_TEST

START_TEST(what_has_no_canonical_text_has_no_hash)
{
	const char *const values[PARAMS] = { "1", "2", "\xff" };
	const struct config config = config_of(values, 0);
	char got[65];

	config_hash(&config, got);
	ck_assert_str_eq(got, "");
}
END_TEST

Suite *suite_config(void)
{
	Suite *const suite = suite_create("config");
	TCase *const tests = tcase_create("config");
	static const int counts[] = { 0, 1, 2, 3, 10, 57, 1000, 1751, 4000 };
	size_t i;

	tcase_add_test(tests, a_name_is_found_whole);
	for (i = 0; i < COUNT_OF(counts); i++)
		tcase_add_loop_test(tests, changes_are_sorted_whatever_their_number, counts[i],
				    counts[i] + 1);
	tcase_add_test(tests, all_violations_are_counted_and_the_first_kept);
	tcase_add_test(tests, a_rule_that_names_nothing_is_reported_under_its_own_name);
	tcase_add_test(tests, a_configuration_is_checked_as_it_stands);
	tcase_add_test(tests, a_hash_is_that_of_the_canonical_text);
	tcase_add_test(tests, what_has_no_canonical_text_has_no_hash);
	suite_add_tcase(suite, tests);
	return suite;
}
