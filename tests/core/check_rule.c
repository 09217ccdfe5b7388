#include <stdio.h>
#include <string.h>

#include "tests/core/check_core.h"
#include "workerlib/core/rule.h"

static const struct param params[] = {
	{ .name = "CVN_A", .type = VALUE_DECIMAL },
	{ .name = "CVN_B", .type = VALUE_DECIMAL },
	{ .name = "CVN_C", .type = VALUE_STRING },
	{ .name = "CVN_D", .type = VALUE_DECIMAL },
};

static const char *const values[] = { "2", "1.5", "text", NULL };

static const struct rule_scope scope = { .params = params, .values = values, .n = COUNT_OF(params) };

static enum code check(const char *expression, const char *message, size_t *named, size_t *n, struct error *e)
{
	const struct rule rule = { .name = "tried", .expression = expression, .message = message };

	return rule_check(&rule, &scope, named, n, e);
}

START_TEST(a_violation_tells_the_message_and_the_values)
{
	size_t named[RULE_PARAMS], n;
	struct error e;

	ck_assert_uint_eq(check("CVN_B > CVN_A and CVN_C = 'x'", "b above a", named, &n, &e),
			  CODE_RULE_VIOLATED);
	ck_assert_uint_eq(e.code, CODE_RULE_VIOLATED);
	ck_assert_str_eq(e.detail, "b above a (CVN_A = 2, CVN_B = 1.5, CVN_C = text)");
	ck_assert_uint_eq(check("CVN_A < 1", "", named, &n, &e), CODE_RULE_VIOLATED);
	ck_assert_str_eq(e.detail, "CVN_A < 1 (CVN_A = 2)");
	ck_assert_uint_eq(check("CVN_A < 1", "", named, &n, NULL), CODE_RULE_VIOLATED);
}
END_TEST

START_TEST(parameters_are_named_in_order_and_once)
{
	size_t named[RULE_PARAMS], n;
	struct error e;

	ck_assert_uint_eq(check("CVN_C = CVN_C or CVN_B < CVN_A or CVN_A < CVN_B", "", named, &n, &e),
			  CODE_OK);
	ck_assert_uint_eq(n, 3);
	ck_assert(named[0] == 0 && named[1] == 1 && named[2] == 2);
}
END_TEST

START_TEST(a_rule_that_cannot_be_computed_names_all_its_parameters)
{
	size_t named[RULE_PARAMS], n;
	struct error e;

	ck_assert_uint_eq(check("CVN_D < CVN_A or true", "", named, &n, &e), CODE_BAD_RULE);
	ck_assert_uint_eq(n, 2);
	ck_assert(named[0] == 0 && named[1] == 3);
	ck_assert_str_eq(e.detail, "at byte 0: cannot be computed: no value of CVN_D (rule tried)");
}
END_TEST

START_TEST(a_rule_names_a_bounded_number_of_parameters)
{
	struct param many[RULE_PARAMS + 1] = { 0 };
	char names[RULE_PARAMS + 1][16], text[RULE_MAX] = "";
	const struct rule rule = { .name = "many", .expression = text, .message = "" };
	struct rule_scope wide = { .params = many };
	size_t i;

	for (i = 0; i <= RULE_PARAMS; i++) {
		snprintf(names[i], sizeof(names[i]), "CVN_%02zu", i);
		many[i].name = names[i];
		many[i].type = VALUE_BOOL;
		wide.n = i + 1;
		strcat(strcat(text, i ? " and " : ""), names[i]);
		ck_assert_uint_eq(rule_define(&rule, &wide, NULL), i < RULE_PARAMS ? CODE_OK : CODE_BAD_RULE);
	}
}
END_TEST

START_TEST(a_definition_says_where_it_is_wrong)
{
	const struct rule rule = { .name = "tried", .expression = "CVN_A < 'x'", .message = "" };
	struct error e;

	ck_assert_uint_eq(rule_define(&rule, &scope, &e), CODE_BAD_RULE);
	ck_assert_uint_eq(e.code, CODE_BAD_RULE);
	ck_assert_str_eq(e.detail, "at byte 11: this is to be a number");
}
END_TEST

Suite *suite_rule(void)
{
	Suite *const suite = suite_create("rule");
	TCase *const tests = tcase_create("rule");

	tcase_add_test(tests, a_violation_tells_the_message_and_the_values);
	tcase_add_test(tests, parameters_are_named_in_order_and_once);
	tcase_add_test(tests, a_rule_that_cannot_be_computed_names_all_its_parameters);
	tcase_add_test(tests, a_rule_names_a_bounded_number_of_parameters);
	tcase_add_test(tests, a_definition_says_where_it_is_wrong);
	suite_add_tcase(suite, tests);
	return suite;
}
