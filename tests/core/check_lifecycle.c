#include <string.h>

#include "tests/core/check_core.h"
#include "workerlib/core/boundary.h"
#include "workerlib/core/lifecycle.h"

enum { FACTS = LIFECYCLE_CRITICAL * 2 };

START_TEST(every_row_has_a_sentence_and_is_reached)
{
	const struct lifecycle_row *row, *found;
	size_t i;

	for (i = 0; (row = lifecycle_row(i)) != NULL; i++) {
		ck_assert_uint_gt(strlen(row->sentence), 10);
		ck_assert_uint_eq(row->when & row->unless, 0);
		ck_assert_uint_eq(lifecycle_next(row->from, row->event, row->when, &found), CODE_OK);
		ck_assert_ptr_eq(found, row);
	}
	ck_assert_uint_gt(i, 0);
}
END_TEST

/* Goal of this test: no two rows claim the same event, state and facts. */
START_TEST(what_follows_is_never_in_doubt)
{
	const struct lifecycle_row *a, *b;
	size_t i, j;

	for (i = 0; (a = lifecycle_row(i)) != NULL; i++)
		for (j = 0; j < i; j++) {
			b = lifecycle_row(j);
			ck_assert(a->from != b->from || a->event != b->event || (a->when & b->unless) ||
				  (b->when & a->unless));
		}
}
END_TEST

START_TEST(nothing_becomes_active_in_a_freeze_or_against_a_lock)
{
	const struct lifecycle_row *row;
	unsigned from, event, facts;

	for (from = 0; from < LIFECYCLE_STATE_COUNT; from++)
		for (event = 0; event < LIFECYCLE_EVENT_COUNT; event++)
			for (facts = 0; facts < FACTS; facts++) {
				const enum code code =
					lifecycle_next((enum lifecycle_state)from,
						       (enum lifecycle_event)event, facts, &row);

				if (code != CODE_OK ||
				    (row->to != LIFECYCLE_APPROVED && row->to != LIFECYCLE_ACTIVE))
					continue;
				ck_assert_uint_eq(facts & (LIFECYCLE_FROZEN | LIFECYCLE_LOCKED |
							   LIFECYCLE_INVALID | LIFECYCLE_BASE_MOVED), 0);
			}
}
END_TEST

START_TEST(what_is_critical_is_approved_by_somebody_else)
{
	const struct lifecycle_row *row;
	unsigned from, event, facts;

	for (from = 0; from < LIFECYCLE_STATE_COUNT; from++)
		for (event = 0; event < LIFECYCLE_EVENT_COUNT; event++)
			for (facts = LIFECYCLE_CRITICAL; facts < FACTS; facts++) {
				const enum code code =
					lifecycle_next((enum lifecycle_state)from,
						       (enum lifecycle_event)event, facts, &row);

				if (code != CODE_OK || row->to != LIFECYCLE_APPROVED)
					continue;
				ck_assert_uint_eq(row->event, LIFECYCLE_APPROVE);
				ck_assert_uint_eq(row->role, LIFECYCLE_APPROVER);
				ck_assert_uint_eq(facts & (LIFECYCLE_OWN | LIFECYCLE_CONTENT_CHANGED), 0);
			}
}
END_TEST

START_TEST(the_ends_are_the_ends)
{
	bool goes_on[LIFECYCLE_STATE_COUNT] = {false};

	for (size_t i = 0; lifecycle_row(i) != NULL; i++)
		goes_on[lifecycle_row(i)->from] = true;
	for (unsigned i = 0; i < LIFECYCLE_STATE_COUNT; i++)
		ck_assert_int_eq(!goes_on[i], i == LIFECYCLE_SUPERSEDED || i == LIFECYCLE_REJECTED ||
						      i == LIFECYCLE_WITHDRAWN);
}
END_TEST

START_TEST(names_go_both_ways)
{
	enum lifecycle_state state;
	enum category category;
	unsigned i;

	for (i = 0; i < LIFECYCLE_STATE_COUNT; i++) {
		ck_assert(lifecycle_state_from_name(lifecycle_state_name((enum lifecycle_state)i), &state));
		ck_assert_uint_eq(state, i);
	}
	for (i = 0; i < CATEGORIES; i++) {
		ck_assert(category_from_name(category_name((enum category)i), &category));
		ck_assert_uint_eq(category, i);
	}
	for (i = 0; i < LIFECYCLE_EVENT_COUNT; i++)
		ck_assert_ptr_nonnull(lifecycle_event_name((enum lifecycle_event)i));
}
END_TEST

Suite *suite_lifecycle(void)
{
	Suite *const suite = suite_create("lifecycle");
	TCase *const tests = tcase_create("lifecycle");

	tcase_add_test(tests, every_row_has_a_sentence_and_is_reached);
	tcase_add_test(tests, what_follows_is_never_in_doubt);
	tcase_add_test(tests, nothing_becomes_active_in_a_freeze_or_against_a_lock);
	tcase_add_test(tests, what_is_critical_is_approved_by_somebody_else);
	tcase_add_test(tests, the_ends_are_the_ends);
	tcase_add_test(tests, names_go_both_ways);
	suite_add_tcase(suite, tests);
	return suite;
}
