/* Goal: what a proposal says of changes, and what the door says of a proposal, without a database. */
#include "tests/fcgi/check_ops.h"

#include <stdio.h>
#include <string.h>

#include "fcgi/ops/ops_door.h"
#include "fcgi/ops/ops_proposal.h"

/* An environment with a threshold, a critical limit and a rule, as a proposal holds it. */
static struct param params[] = {
	{.name = "CVN_A", .type = VALUE_DECIMAL, .default_value = "0.5", .min_value = "0", .max_value = "1",
	 .required = true, .hot_reloadable = true},
	{.name = "CVN_B", .type = VALUE_INT, .default_value = "10", .category = CATEGORY_RISK_LIMIT,
	 .critical = true},
};
static const char *values[] = {"0.6", "10"};
static struct rule rule = {.name = "r", .expression = "CVN_A <= CVN_B", .message = "too much"};

static struct ops_proposal proposal_of(void)
{
	return (struct ops_proposal){
		.version = 7,
		.config = {.params = params, .values = values, .n = 2, .rules = &rule, .n_rules = 1},
	};
}

static void forget(struct ops_proposal *p)
{
	p->params = NULL;
	ops_proposal_free(p);
}

START_TEST(only_what_really_changes_is_written)
{
	struct ops_proposal p = proposal_of();
	const struct change changes[] = {{"CVN_A", "0.70"}, {"CVN_B", "10"}};
	struct text made = {.bytes = NULL}, diff = {.bytes = NULL};

	p.params = NULL;
	ops_proposal_apply(&p, "dev", changes, 2, "why");
	ck_assert_uint_eq(p.result.n_violations, 0);
	ops_proposal_changes(&p, &made);
	ops_proposal_diff(&p, &diff);
	ck_assert_str_eq(made.bytes, "{\"CVN_A\":\"0.7\"}");
	ck_assert_str_eq(diff.bytes, "[{\"name\":\"CVN_A\",\"new\":\"0.7\",\"old\":\"0.6\"}]");
	ck_assert_uint_eq(strlen(p.content_hash), 64);
	text_free(&made);
	text_free(&diff);
	forget(&p);
}
END_TEST

START_TEST(null_returns_to_the_default_and_is_written_as_null)
{
	struct ops_proposal p = proposal_of();
	const struct change change = {"CVN_A", NULL};
	struct text made = {.bytes = NULL};

	ops_proposal_apply(&p, "dev", &change, 1, "why");
	ops_proposal_changes(&p, &made);
	ck_assert_str_eq(made.bytes, "{\"CVN_A\":null}");
	ck_assert_str_eq(p.result.diff[0].new_value, "0.5");
	text_free(&made);
	forget(&p);
}
END_TEST

START_TEST(a_critical_parameter_is_named_when_it_would_change_or_is_wrong)
{
	static const struct {
		const char *value;
		bool critical;
	} cases[] = {{"10", false}, {"11", true}, {"x", true}, {NULL, false}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ops_proposal p = proposal_of();
		const struct change change = {"CVN_B", cases[i].value};

		p.params = params;
		ops_proposal_apply(&p, "dev", &change, 1, "why");
		ck_assert_int_eq(ops_proposal_critical(&p, 0) != NULL, cases[i].critical);
		forget(&p);
	}
}
END_TEST

START_TEST(a_blank_or_endless_reason_is_one_violation_among_all)
{
	static char endless[1026];
	static const struct {
		const char *reason;
		enum code code;
	} cases[] = {{"", CODE_REASON_REQUIRED}, {" \t\n", CODE_REASON_REQUIRED}, {endless, CODE_TOO_LONG},
		     {"a\x1b[2J", CODE_BAD_STRING}, {"a\u202eb", CODE_BAD_STRING}};
	const struct change changes[] = {{"CVN_A", "2"}, {"CVN_NOPE", "1"}};

	memset(endless, 'x', sizeof endless - 1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ops_proposal p = proposal_of();

		ops_proposal_apply(&p, "dev", changes, 2, cases[i].reason);
		ck_assert_uint_eq(p.result.n_violations, 3);
		ck_assert_int_eq(p.result.violations[0].error.code, cases[i].code);
		ck_assert_str_eq(p.result.violations[0].name, "reason");
		ck_assert_int_eq(p.result.violations[1].error.code, CODE_ABOVE_MAXIMUM);
		ck_assert_int_eq(p.result.violations[2].error.code, CODE_UNKNOWN_PARAMETER);
		forget(&p);
	}
}
END_TEST

START_TEST(a_reason_may_have_lines)
{
	const struct change change = {"CVN_NOPE", "1"};
	struct ops_proposal p = proposal_of();

	ops_proposal_apply(&p, "dev", &change, 1, "first\r\n\tsecond, \u00e9");
	ck_assert_uint_eq(p.result.n_violations, 1);
	forget(&p);
}
END_TEST

/* A change set of somebody else that is all right, or as the facts have it. */
static struct ops_door door_with(unsigned facts, struct ops_proposal *proposal)
{
	*proposal = (struct ops_proposal){
		.version = 7,
		.frozen_seconds = (facts & LIFECYCLE_FROZEN) != 0 ? 60 : 0,
		.frozen_until = "tomorrow",
		.locked_by = (facts & LIFECYCLE_LOCKED) != 0 ? "eve" : NULL,
		.content_hash = "as stored",
	};
	if ((facts & LIFECYCLE_BASE_MOVED) != 0)
		snprintf(proposal->content_hash, sizeof proposal->content_hash, "moved");
	return (struct ops_door){
		.proposal = proposal,
		.environment = "dev",
		.author = "ada",
		.actor = (facts & LIFECYCLE_OWN) != 0 ? "ada" : "bob",
		.stored_hash = "as stored",
		.seen_hash = (facts & LIFECYCLE_CONTENT_CHANGED) != 0 ? "another" : "as stored",
	};
}

START_TEST(the_door_sees_the_facts_and_refuses_in_the_order_of_the_lifecycle)
{
	struct violation wrong = {.name = "CVN_A"};

	for (unsigned facts = 0; facts < LIFECYCLE_CRITICAL; facts++) {
		struct ops_proposal proposal;
		const struct ops_door door = door_with(facts, &proposal);
		const struct lifecycle_row *row;

		proposal.result.violations = &wrong;
		proposal.result.n_violations = (facts & LIFECYCLE_INVALID) != 0;
		ck_assert_uint_eq(ops_door_facts(&door) & (LIFECYCLE_CRITICAL - 1), facts);
		enum code code = lifecycle_next(LIFECYCLE_PENDING_APPROVAL, LIFECYCLE_APPROVE, facts, &row);
		ck_assert_int_eq(ops_door_judge(&door, row->guards, NULL), code);
	}
}
END_TEST

START_TEST(who_edited_last_owns_it_as_much_as_the_author)
{
	struct ops_proposal proposal;
	struct ops_door door = door_with(0, &proposal);

	ck_assert_uint_eq(ops_door_facts(&door) & LIFECYCLE_OWN, 0);
	door.editor = "bob";
	ck_assert_uint_eq(ops_door_facts(&door) & LIFECYCLE_OWN, LIFECYCLE_OWN);
	ck_assert_int_eq(ops_door_judge(&door, LIFECYCLE_OWN | LIFECYCLE_FROZEN, NULL), CODE_OWN_CHANGE);
}
END_TEST

CHECK_CASE_OF(check_ops_proposals, "proposal", only_what_really_changes_is_written,
	      null_returns_to_the_default_and_is_written_as_null,
	      a_critical_parameter_is_named_when_it_would_change_or_is_wrong,
	      a_blank_or_endless_reason_is_one_violation_among_all, a_reason_may_have_lines)
CHECK_CASE_OF(check_ops_doors, "door", the_door_sees_the_facts_and_refuses_in_the_order_of_the_lifecycle,
	      who_edited_last_owns_it_as_much_as_the_author)
