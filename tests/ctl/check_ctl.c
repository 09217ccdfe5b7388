#include "tests/ctl/check_ctl.h"

int main(void)
{
	Suite *suite = suite_create("ctl");

	suite_add_tcase(suite, check_args());
	suite_add_tcase(suite, check_text());
	suite_add_tcase(suite, check_command());
	suite_add_tcase(suite, check_governed());
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
