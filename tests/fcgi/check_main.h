#ifndef CVN_TESTS_FCGI_CHECK_MAIN_H
#define CVN_TESTS_FCGI_CHECK_MAIN_H
/*
 * A check program: runs the cases of one floor.
 * CHECK_MAIN(name, case_a, case_b, ...), where case_x makes a TCase.
 */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

typedef TCase *check_case(void);

static inline int check_main(const char *name, check_case *const *cases, size_t n)
{
	Suite *suite = suite_create(name);

	for (size_t i = 0; i < n; i++)
		suite_add_tcase(suite, cases[i]());
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * check_tests(label, database, tests, n): a TCase of them. Those of a database need CVN_TEST_DATABASE, which
 * ./dev check sets and make check does not: without it there are none, and that is said.
 */
static inline TCase *check_tests(const char *label, bool database, const TTest *const *tests, size_t n)
{
	TCase *made = tcase_create(label);

	if (database && getenv("CVN_TEST_DATABASE") == NULL) {
		printf("SKIP %zu tests (%s): CVN_TEST_DATABASE is not set\n", n, label);
		return made;
	}
	for (size_t i = 0; i < n; i++)
		tcase_add_test(made, tests[i]);
	return made;
}

/* A TCase with these tests, each run once: of this file, or one that a header of the program declares. */
#define CHECK_CASE(function, ...) static CHECK_CASE_OF(function, __VA_ARGS__)
#define CHECK_CASE_OF(function, label, ...) CHECK_TESTS(function, label, false, __VA_ARGS__)

/* The same, of tests that need a database. */
#define CHECK_DATABASE_CASE(function, ...) static CHECK_DATABASE_CASE_OF(function, __VA_ARGS__)
#define CHECK_DATABASE_CASE_OF(function, label, ...) CHECK_TESTS(function, label, true, __VA_ARGS__)

#define CHECK_TESTS(function, label, database, ...)                                        \
	TCase *function(void)                                                              \
	{                                                                                  \
		const TTest *const tests[] = {__VA_ARGS__};                                \
		return check_tests(label, database, tests, sizeof tests / sizeof *tests);  \
	}

#define CHECK_MAIN(name, ...)                                                   \
	int main(void)                                                          \
	{                                                                       \
		static check_case *const cases[] = {__VA_ARGS__};               \
		return check_main(name, cases, sizeof cases / sizeof *cases);   \
	}

#endif
