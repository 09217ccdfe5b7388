/* What is around a worker, and told apart: child and parent, what a server cannot do and what it will not. */
#include "tests/workerlib/check_worker.h"

#include <sys/wait.h>
#include <unistd.h>

#include "workerlib/cvnworker.h"
#include "workerlib/home.h"
#include "workerlib/sqlstate.h"

/* By the page that the kernel empties, and where there is none by the process's number. */
START_TEST(a_child_knows_that_it_is_one)
{
	struct home homes[2] = {{.pid = getpid()}};
	int status = -1;
	pid_t child;

	home_settle(&homes[1]);
	ck_assert_ptr_nonnull(homes[1].sign);
	ck_assert(!home_is_elsewhere(&homes[0]) && !home_is_elsewhere(&homes[1]));
	child = fork();
	if (child == 0)
		_exit(home_is_elsewhere(&homes[0]) + 2 * home_is_elsewhere(&homes[1]));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 3);
	ck_assert(!home_is_elsewhere(&homes[1]));
	home_leave(&homes[1]);
	home_leave(&homes[0]);
}
END_TEST

START_TEST(what_a_server_cannot_do_now_is_told_from_what_it_will_not)
{
	static const struct {
		const char *sqlstate;
		bool passes, outdates;
	} rows[] = {
		{"08006", true, false},  {"40001", true, false},  {"53300", true, false},
		{"57P01", true, false},  {"XX000", true, false},  {"28000", false, false},
		{"42501", false, false}, {"42883", false, false}, {"0A000", false, true},
		{"26000", false, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_msg(sqlstate_passes(rows[i].sqlstate) == rows[i].passes, "%s", rows[i].sqlstate);
		ck_assert_msg(sqlstate_outdates(rows[i].sqlstate) == rows[i].outdates, "%s",
			      rows[i].sqlstate);
	}
}
END_TEST

START_TEST(every_event_has_a_name)
{
	for (int kind = 0; kind <= CVN_EVENT_APPLIED; kind++)
		ck_assert_ptr_nonnull(cvn_event_name((cvn_event_kind)kind));
	ck_assert_str_eq(cvn_event_name(CVN_EVENT_APPLIED), "config_version_applied");
	ck_assert_str_eq(cvn_event_name(CVN_EVENT_LINK_BACK), "listen_reconnect");
	ck_assert_ptr_null(cvn_event_name((cvn_event_kind)(CVN_EVENT_APPLIED + 1)));
}
END_TEST

START_TEST(a_call_without_a_worker_is_refused)
{
	cvn_param p;
	cvn_error e;

	ck_assert_int_eq(cvn_worker_start(NULL, &e), CVN_E_ARGUMENT);
	ck_assert_int_eq(cvn_worker_dispatch(NULL, &e), CVN_E_ARGUMENT);
	ck_assert_int_eq(cvn_worker_param(NULL, "CVN_A", CVN_INT, &p, &e), CVN_E_ARGUMENT);
	cvn_worker_close(NULL);
}
END_TEST

TCase *around_cases(void)
{
	TCase *tcase = tcase_create("around");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_child_knows_that_it_is_one);
	tcase_add_test(tcase, what_a_server_cannot_do_now_is_told_from_what_it_will_not);
	tcase_add_test(tcase, every_event_has_a_name);
	tcase_add_test(tcase, a_call_without_a_worker_is_refused);
	return tcase;
}
