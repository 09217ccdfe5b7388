/*
 * The notifier's pure rooms: no socket, no clock, no database;
 * and what has them: the door and the connection.
 */
#include "tests/notifier/check_notifier.h"

#include <stdlib.h>

int main(void)
{
	Suite *suite = suite_create("notifier");
	suite_add_tcase(suite, hub_cases());
	suite_add_tcase(suite, answers_cases());
	suite_add_tcase(suite, sight_cases());
	suite_add_tcase(suite, metrics_cases());
	suite_add_tcase(suite, query_cases());
	suite_add_tcase(suite, http_cases());
	suite_add_tcase(suite, line_cases());
	suite_add_tcase(suite, stream_cases());
	suite_add_tcase(suite, post_cases());
	suite_add_tcase(suite, async_cases());
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
