#include "tests/workerlib/check_worker.h"

#include <stdlib.h>

int main(void)
{
	SRunner *runner = srunner_create(machine_suite());
	int failed;

	srunner_add_suite(runner, engine_suite());
	srunner_add_suite(runner, cache_suite());
	srunner_add_suite(runner, feed_suite());
	srunner_add_suite(runner, link_suite());
	srunner_add_suite(runner, open_suite());
	srunner_add_suite(runner, fork_suite());
	srunner_add_suite(runner, storm_suite());
	srunner_add_suite(runner, memory_suite());
	srunner_add_suite(runner, starved_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
