#ifndef CVN_TESTS_FCGI_CHECK_MAIN_H
#define CVN_TESTS_FCGI_CHECK_MAIN_H
/*
 * A check program: runs the cases of one floor.
 * CHECK_MAIN(name, case_a, case_b, ...), where case_x makes a TCase.
 */
#include <check.h>
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

/* A TCase with these tests, each run once: of this file, or one that a header of the program declares. */
#define CHECK_CASE(function, ...) static CHECK_CASE_OF(function, __VA_ARGS__)
#define CHECK_CASE_OF(function, label, ...)                                     \
	TCase *function(void)                                                   \
	{                                                                       \
		const TTest *const tests[] = {__VA_ARGS__};                     \
		TCase *made = tcase_create(label);                              \
		for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)       \
			tcase_add_test(made, tests[i]);                         \
		return made;                                                    \
	}

#define CHECK_MAIN(name, ...)                                                   \
	int main(void)                                                          \
	{                                                                       \
		static check_case *const cases[] = {__VA_ARGS__};               \
		return check_main(name, cases, sizeof cases / sizeof *cases);   \
	}

#endif
