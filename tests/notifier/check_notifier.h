#ifndef CVN_TESTS_NOTIFIER_H
#define CVN_TESTS_NOTIFIER_H
/* The test cases of the notifier's pure rooms, and of its connection. */
#include <check.h>

TCase *hub_cases(void);
TCase *answers_cases(void);
TCase *sight_cases(void);
TCase *metrics_cases(void);
TCase *query_cases(void);
TCase *http_cases(void);
TCase *line_cases(void);
TCase *stream_cases(void);
TCase *post_cases(void);
TCase *async_cases(void); /* those that need a database only where CVN_TEST_DATABASE names one */

#endif
