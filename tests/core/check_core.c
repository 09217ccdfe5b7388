#include "tests/core/check_core.h"

#include <stdlib.h>

int main(void)
{
	SRunner *const runner = srunner_create(suite_arithmetic());
	int failed;

	srunner_add_suite(runner, suite_config());
	srunner_add_suite(runner, suite_corpus());
	srunner_add_suite(runner, suite_json());
	srunner_add_suite(runner, suite_lifecycle());
	srunner_add_suite(runner, suite_rule());
	srunner_add_suite(runner, suite_text());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
