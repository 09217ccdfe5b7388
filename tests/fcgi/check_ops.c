/* Goal: what the platform decides without a database: tries, passwords, roles, and what a proposal says of changes. */
#include <stdio.h>
#include <string.h>

#include "fcgi/ops/ops_proposal.h"
#include "fcgi/ops/ops_secrets.h"
#include "fcgi/ops/ops_tries.h"
#include "fcgi/ops/ops_who.h"
#include "tests/fcgi/check_main.h"

START_TEST(fifty_failures_in_a_row_close_an_address_and_no_other)
{
	struct ops_tries *tries = ops_tries_new();

	for (int i = 0; i < TRIES_MAX; i++)
		ck_assert(ops_tries_begin(tries, "192.0.2.1", 100));
	ck_assert(!ops_tries_begin(tries, "192.0.2.1", 100 + TRIES_FORGET_SECONDS - 1));
	ck_assert(ops_tries_begin(tries, "192.0.2.2", 100));
	ck_assert(ops_tries_begin(tries, "2001:db8::1", 100));
	ck_assert(ops_tries_begin(tries, "192.0.2.1", 100 + TRIES_FORGET_SECONDS));
	ops_tries_free(tries);
}
END_TEST

START_TEST(a_right_password_ends_the_row)
{
	struct ops_tries *tries = ops_tries_new();

	for (int i = 0; i < 3 * TRIES_MAX; i++) {
		ck_assert(ops_tries_begin(tries, "192.0.2.1", 100));
		if (i % (TRIES_MAX - 1) == 0)
			ops_tries_passed(tries, "192.0.2.1");
	}
	ops_tries_free(tries);
}
END_TEST

START_TEST(addresses_of_one_ipv6_network_count_as_one)
{
	struct ops_tries *tries = ops_tries_new();
	char address[64];

	for (int i = 0; i < TRIES_MAX; i++) {
		snprintf(address, sizeof address, "2001:db8:0:1::%x", i + 1);
		ck_assert(ops_tries_begin(tries, address, 7));
	}
	ck_assert(!ops_tries_begin(tries, "2001:db8:0:1:ffff::", 7));
	ck_assert(ops_tries_begin(tries, "2001:db8:0:2::1", 7));
	ops_tries_free(tries);
}
END_TEST

START_TEST(a_password_is_checked_against_what_is_stored_now)
{
	struct ops_secrets *secrets = ops_secrets_new();
	char first[SECRET_HASH_MAX], second[SECRET_HASH_MAX];

	ck_assert(ops_secrets_hash("correct horse", first));
	ck_assert(ops_secrets_hash("battery staple", second));
	ck_assert_int_eq(strncmp(first, "$y$", 3), 0);
	for (int i = 0; i < 2; i++) { /* the second time it is remembered */
		ck_assert(ops_secrets_check(secrets, "a", "correct horse", first));
		ck_assert(!ops_secrets_check(secrets, "a", "correct horsf", first));
		ck_assert(!ops_secrets_check(secrets, "a", "correct horse", second));
		ck_assert(!ops_secrets_check(secrets, "a", "correct horse", NULL));
		ck_assert(!ops_secrets_check(secrets, "a", "", first));
		ck_assert(!ops_secrets_check(secrets, "a", "correct horse", "not a crypt text"));
	}
	ops_secrets_free(secrets);
}
END_TEST

START_TEST(random_secrets_differ)
{
	char a[SECRET_TEXT], b[SECRET_TEXT];

	ck_assert(ops_secrets_random(a) && ops_secrets_random(b));
	ck_assert_uint_eq(strspn(a, "0123456789abcdef"), 64);
	ck_assert_str_ne(a, b);
}
END_TEST

START_TEST(a_role_counts_where_it_is_held)
{
	struct who_role roles[] = {{"dev", ROLE_EDITOR}, {"*", ROLE_VIEWER}};
	const struct who who = {.login = "a", .roles = roles, .n_roles = 2};
	const struct who nobody = {.roles = NULL};

	ck_assert(ops_who_may(&who, ROLE_EDITOR, "dev"));
	ck_assert(!ops_who_may(&who, ROLE_EDITOR, "live"));
	ck_assert(!ops_who_may(&who, ROLE_EDITOR, "de"));
	ck_assert(ops_who_may(&who, ROLE_EDITOR, NULL));
	ck_assert(ops_who_may(&who, ROLE_VIEWER, "live"));
	ck_assert(!ops_who_may(&who, ROLE_ADMIN | ROLE_APPROVER, NULL));
	ck_assert(!ops_who_may(&who, 0, NULL));
	ck_assert(!ops_who_may(&nobody, ROLE_EVERYBODY, NULL));
}
END_TEST

/* An environment with a threshold, a critical limit and a rule, as a proposal holds it. */
static struct param params[] = {
	{.name = "CVN_A", .type = VALUE_DECIMAL, .default_value = "0.5", .min_value = "0", .max_value = "1", .required = true,
	 .hot_reloadable = true},
	{.name = "CVN_B", .type = VALUE_INT, .default_value = "10", .category = CATEGORY_RISK_LIMIT, .critical = true},
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
	} cases[] = {{"", CODE_REASON_REQUIRED}, {" \t\n", CODE_REASON_REQUIRED}, {endless, CODE_TOO_LONG}};
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

CHECK_CASE(tries, "tries", fifty_failures_in_a_row_close_an_address_and_no_other, a_right_password_ends_the_row,
	   addresses_of_one_ipv6_network_count_as_one)
CHECK_CASE(secrets, "secrets", a_password_is_checked_against_what_is_stored_now, random_secrets_differ)
CHECK_CASE(who, "who", a_role_counts_where_it_is_held)
CHECK_CASE(proposals, "proposal", only_what_really_changes_is_written, null_returns_to_the_default_and_is_written_as_null,
	   a_critical_parameter_is_named_when_it_would_change_or_is_wrong,
	   a_blank_or_endless_reason_is_one_violation_among_all)
CHECK_MAIN("ops", tries, secrets, who, proposals)
