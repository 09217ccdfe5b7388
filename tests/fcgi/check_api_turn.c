/* Goal: callers are left to the responder whose turn it is, and never for long. */
#include "tests/fcgi/check_api.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fcgi/api/turn.h"

START_TEST(who_calls_is_left_to_whose_turn_it_is_and_for_a_moment)
{
	struct turn *turn = turn_new();
	struct turn_seat slow = {.turn = turn}, quick = {.turn = turn}, third = {.turn = turn};

	ck_assert(!turn_leave(&quick));
	turn_take(&slow);
	ck_assert(turn_leave(&quick)); /* it has waited in vain */
	ck_assert(!turn_leave(&quick));
	turn_end(&slow);
	turn_take(&slow);
	ck_assert(turn_leave(&quick)); /* another round, another wait */
	turn_take(&quick);
	turn_end(&slow); /* what it has no more it cannot end */
	ck_assert(turn_leave(&third));
	turn_end(&quick);
	ck_assert(!turn_leave(&slow));
	turn_pass(&slow);
	turn_free(turn);
}
END_TEST

START_TEST(who_is_alone_leaves_nobody)
{
	struct turn_seat alone = {.turn = NULL};

	turn_take(&alone);
	ck_assert(!turn_leave(&alone));
	turn_pass(&alone);
	turn_end(&alone);
}
END_TEST

START_TEST(who_left_callers_looks_again_when_the_turn_is_passed)
{
	struct turn *turn = turn_new();
	struct turn_seat holder = {.turn = turn}, waiter = {.turn = turn};

	turn_take(&holder);
	pid_t child = fork();
	while (child == 0) { /* until it was woken before it gave up */
		waiter.given_up = 0;
		ck_assert(turn_leave(&waiter));
		if (waiter.given_up == 0)
			_exit(EXIT_SUCCESS);
	}
	ck_assert_int_gt(child, 0);
	int status;
	while (waitpid(child, &status, WNOHANG) == 0)
		turn_pass(&holder);
	ck_assert_int_eq(status, 0);
	turn_free(turn);
}
END_TEST

CHECK_CASE_OF(check_api_turn, "turn", who_calls_is_left_to_whose_turn_it_is_and_for_a_moment,
	      who_left_callers_looks_again_when_the_turn_is_passed, who_is_alone_leaves_nobody)
