#ifndef CVN_TESTS_CORE_CHECK_CORE_H
#define CVN_TESTS_CORE_CHECK_CORE_H
/* The suites of the ground floor; the values and rules themselves are in corpus/. */
#include <check.h>

Suite *suite_arithmetic(void);
Suite *suite_config(void);
Suite *suite_corpus(void);
Suite *suite_json(void);
Suite *suite_lifecycle(void);
Suite *suite_rule(void);
Suite *suite_text(void);

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
