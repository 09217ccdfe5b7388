#ifndef CVN_TESTS_WORKERLIB_CHECK_WORKER_H
#define CVN_TESTS_WORKERLIB_CHECK_WORKER_H
/* The suites of the worker library's check program, a file each. */
#include <check.h>

Suite *machine_suite(void);
Suite *engine_suite(void);
Suite *cache_suite(void);
Suite *feed_suite(void);
Suite *link_suite(void);
Suite *open_suite(void);
Suite *fork_suite(void);
Suite *storm_suite(void);
Suite *memory_suite(void);
Suite *starved_suite(void);

/* What the suite of the engine has in files of its own. */
TCase *readers_cases(void);
TCase *registry_cases(void);
TCase *around_cases(void);
TCase *options_cases(void);

#endif
