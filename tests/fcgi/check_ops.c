/*
 * Goal: what the platform decides: tries, passwords, roles, what a proposal says of changes;
 * and, on a database with schema and demo (CVN_TEST_DATABASE, its owner's connection string),
 * the guards of a save in their order.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <time.h>

#include "fcgi/db/db.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_config.h"
#include "fcgi/ops/ops_door.h"
#include "fcgi/ops/ops_json.h"
#include "fcgi/ops/ops_proposal.h"
#include "fcgi/ops/ops_runs.h"
#include "fcgi/ops/ops_secrets.h"
#include "fcgi/ops/ops_tries.h"
#include "fcgi/ops/ops_who.h"
#include "tests/fcgi/check_main.h"
#include "tests/fcgi/cut.h"

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

/* Seconds of CPU for four refusals: what else the machine does plays no part. */
static double cost(struct ops_secrets *secrets, const char *stored)
{
	struct timespec start, end;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	for (int i = 0; i < 4; i++)
		ck_assert(!ops_secrets_check(secrets, "a", "wrong", stored));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	return (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
}

START_TEST(an_unknown_login_costs_what_a_wrong_password_does)
{
	struct ops_secrets *secrets = ops_secrets_new();
	char stored[SECRET_HASH_MAX];

	ck_assert(ops_secrets_hash("right", stored));
	double known = cost(secrets, stored), unknown = cost(secrets, NULL);
	ck_assert_double_gt(unknown / known, 0.6);
	ck_assert_double_lt(unknown / known, 1.7);
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

START_TEST(the_environments_of_a_role_are_named_and_a_star_is_all)
{
	struct who_role roles[] = {{"dev", ROLE_EDITOR}, {"live", ROLE_WORKER}, {"*", ROLE_VIEWER}};
	struct who who = {.login = "a", .roles = roles, .n_roles = 2};
	struct text names = {.bytes = NULL};

	ops_who_environments(&who, &names);
	ck_assert_str_eq(names.bytes, "dev,live");
	who.n_roles = 3;
	ops_who_environments(&who, &names);
	ck_assert_str_eq(names.bytes, "*");
	text_free(&names);
}
END_TEST

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

/* Environment dev of a database of our own, as two operators see it. */
struct platform {
	struct db *db;
	struct ops_tries *tries;
	struct ops *ops;
	struct who editor;
};

static struct platform open_platform_at(const char *conninfo)
{
	struct platform p = {.db = db_new(conninfo, "check_ops"), .tries = ops_tries_new()};

	p.ops = ops_new(p.db, p.tries);
	snprintf(p.editor.login, sizeof p.editor.login, "editor");
	return p;
}

static struct platform open_platform(void)
{
	return open_platform_at(getenv("CVN_TEST_DATABASE"));
}

static void close_platform(struct platform *p)
{
	ops_free(p->ops);
	ops_tries_free(p->tries);
	db_free(p->db);
}

static void run_sql(struct platform *p, const struct db_statement *statement)
{
	ops_start(p->ops);
	ck_assert_msg(db_query(p->db, statement, NULL, NULL) == DB_ROW, "%s", db_error(p->db)->detail);
}

static const struct db_statement lock = {
	.name = "t_lock", .sql = "select environment_lock('dev', 'somebody')"};
static const struct db_statement own_lock = {
	.name = "t_own", .sql = "select environment_lock('dev', 'editor')"};
static const struct db_statement unlock = {.name = "t_unlock", .sql = "select environment_lock('dev', null)"};
static const struct db_statement freeze = {
	.name = "t_freeze",
	.sql = "insert into freeze_windows (environment, starts_at, ends_at, reason, created_by)"
	       " values ('dev', now() - interval '1 hour', now() + interval '1 hour', 'a test', 'test')",
};
static const struct db_statement thaw = {
	.name = "t_thaw", .sql = "delete from freeze_windows where created_by = 'test'"};

/* What a save of one value is answered with; the version may only move by one, and only with CODE_OK. */
static enum code try_save(struct platform *p, struct ops_match match, const char *name, const char *value,
			  struct ops_proposal *proposal)
{
	struct change change = {name, value};
	const struct ops_save save = {.environment = "dev", .changes = &change, .n = 1, .reason = "a test",
				      .request_id = "check-ops", .who = &p->editor, .match = match};
	const struct ops_sight dev = {.environment = "dev"};
	struct ops_saved saved = {.version = 0};
	enum ops_source source;
	struct error error;
	int64_t before, after;
	struct text json = {.bytes = NULL};

	ops_start(p->ops);
	ck_assert_int_eq(ops_config_get(p->ops, &dev, NULL, &before, &source, &json, &error), CODE_OK);
	enum code code = ops_config_save(p->ops, &save, &saved, proposal, &error);
	ck_assert_int_eq(ops_config_get(p->ops, &dev, NULL, &after, &source, &json, &error), CODE_OK);
	ck_assert_int_eq(after, code == CODE_OK ? before + 1 : before);
	ck_assert_int_eq(saved.version, code == CODE_OK ? after : 0);
	ck_assert(ops_idle(p->ops));
	text_free(&json);
	return code;
}

static void expect(struct platform *p, struct ops_match match, const char *name, const char *value,
		   enum code code)
{
	struct ops_proposal proposal = {.state = NULL};

	ck_assert_str_eq(code_name(try_save(p, match, name, value, &proposal)), code_name(code));
	ops_proposal_free(&proposal);
}

START_TEST(the_guards_of_a_save_speak_in_their_order)
{
	struct platform p = open_platform();
	const struct ops_match none = {.given = false}, any = {.given = true, .any = true};
	const struct ops_match stale = {.given = true, .n = 1, .versions = {999999}};
	static const char critical[] = "CVN_MAX_LEVERAGE", plain[] = "CVN_ENTRY_THRESHOLD";

	/* Everything is wrong, and then one thing less each time. */
	run_sql(&p, &freeze);
	run_sql(&p, &lock);
	expect(&p, none, critical, "x", CODE_FROZEN);
	run_sql(&p, &thaw);
	expect(&p, none, critical, "x", CODE_LOCKED);
	run_sql(&p, &unlock);
	expect(&p, none, critical, "x", CODE_PRECONDITION_REQUIRED);
	expect(&p, stale, critical, "x", CODE_STALE);
	expect(&p, any, critical, "x", CODE_CRITICAL_REQUIRES_APPROVAL);
	expect(&p, any, plain, "x", CODE_INVALID);
	expect(&p, any, plain, "0.123", CODE_OK);
	expect(&p, any, plain, "0.1230", CODE_NO_CHANGE);
	run_sql(&p, &own_lock);
	expect(&p, any, plain, NULL, CODE_OK);
	run_sql(&p, &unlock);
	close_platform(&p);
}
END_TEST

START_TEST(a_refusal_says_what_is_needed_to_go_on)
{
	struct platform p = open_platform();
	struct ops_proposal proposal = {.state = NULL};
	const struct ops_match stale = {.given = true, .n = 1, .versions = {999999}};

	run_sql(&p, &freeze);
	ck_assert_int_eq(try_save(&p, stale, "CVN_ENTRY_THRESHOLD", "0.124", &proposal), CODE_FROZEN);
	ck_assert_int_gt(proposal.frozen_seconds, 3500);
	ck_assert_int_le(proposal.frozen_seconds, 3600);
	ops_proposal_free(&proposal);
	run_sql(&p, &thaw);
	ck_assert_int_eq(try_save(&p, stale, "CVN_ENTRY_THRESHOLD", "0.124", &proposal), CODE_STALE);
	ck_assert_int_gt(proposal.version, 0);
	ck_assert_uint_eq(proposal.result.n_diff, 1);
	ck_assert_str_eq(proposal.result.diff[0].new_value, "0.124");
	ops_proposal_free(&proposal);
	close_platform(&p);
}
END_TEST

START_TEST(a_save_whose_answer_was_lost_is_told_as_it_is)
{
	struct cut cut;
	struct ops_proposal proposal = {.state = NULL};
	struct change change = {"CVN_ENTRY_THRESHOLD", "0.125"};
	struct ops_saved saved = {.version = 0};
	struct error error;

	cut_start(&cut, getenv("CVN_TEST_DATABASE"));
	struct platform p = open_platform_at(cut.conninfo);
	const struct ops_save save = {.environment = "dev", .changes = &change, .n = 1, .reason = "a test",
				      .request_id = "check-ops", .who = &p.editor,
				      .match = {.given = true, .any = true}};
	ops_start(p.ops);
	ck_assert_int_eq(ops_config_save(p.ops, &save, &saved, &proposal, &error), CODE_OK);
	ck_assert_int_eq(saved.version, proposal.version + 1);
	ck_assert_int_gt(saved.change_id, 0);
	ops_proposal_free(&proposal);
	expect(&p, save.match, "CVN_ENTRY_THRESHOLD", "0.125", CODE_NO_CHANGE);
	expect(&p, save.match, "CVN_ENTRY_THRESHOLD", NULL, CODE_OK);
	close_platform(&p);
	cut_stop(&cut);
}
END_TEST

START_TEST(a_run_whose_answer_was_lost_is_found_and_found_again)
{
	struct cut cut;
	struct who_role role = {"dev", ROLE_EDITOR};
	const struct who who = {.login = "editor", .roles = &role, .n_roles = 1};
	struct ops_run made = {.created = false}, again = {.created = true};
	struct ops_runs_refused refused;
	struct error error;
	char id[64];

	snprintf(id, sizeof id, "check-ops-%ld-%ld", (long)time(NULL), (long)getpid());
	const struct ops_runs_put put = {
		.run_id = id, .kind = "train", .environment = "dev", .request_id = "check-ops", .who = &who};
	cut_start(&cut, getenv("CVN_TEST_DATABASE"));
	struct platform p = open_platform_at(cut.conninfo);
	ops_start(p.ops);
	enum code code = ops_runs_put(p.ops, &put, &made, &refused, &error);
	ck_assert_msg(code == CODE_OK, "%s: %s", error.detail, ops_trouble(p.ops));
	ck_assert(made.created);
	free(refused.violations);
	ops_start(p.ops);
	ck_assert_int_eq(ops_runs_put(p.ops, &put, &again, &refused, &error), CODE_OK);
	ck_assert(!again.created);
	ck_assert_str_eq(made.json.bytes, again.json.bytes);
	free(refused.violations);
	ops_run_free(&made);
	ops_run_free(&again);
	close_platform(&p);
	cut_stop(&cut);
}
END_TEST

START_TEST(plan_and_save_agree)
{
	struct platform p = open_platform();
	struct ops_proposal plan = {.state = NULL}, saved = {.state = NULL};
	struct change change = {"CVN_COOLDOWN", "97000ms"};
	struct error error;
	const struct ops_match any = {.given = true, .any = true};

	ops_start(p.ops);
	enum code code = ops_config_plan(p.ops, &(struct who){.login = "a"}, "dev", &change, 1, &plan,
					 &error);
	ck_assert_msg(code == CODE_OK, "%s: %s", error.detail, ops_trouble(p.ops));
	int64_t base = plan.version;
	ck_assert_int_eq(try_save(&p, any, "CVN_COOLDOWN", "97000ms", &saved), CODE_OK);
	ck_assert_int_eq(saved.version, base);
	ck_assert_str_eq(plan.content_hash, saved.content_hash);
	ck_assert_uint_eq(plan.result.n_violations, 0);
	ck_assert_str_eq(plan.result.diff[0].new_value, saved.result.diff[0].new_value);
	ops_proposal_free(&plan);
	ops_proposal_free(&saved);
	expect(&p, any, "CVN_COOLDOWN", NULL, CODE_OK);
	close_platform(&p);
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
	struct platform p = open_platform();
	struct ops_proposal proposal = {.state = NULL};
	const struct ops_sight nowhere = {.environment = "nowhere"};
	struct text json = {.bytes = NULL};
	enum ops_source source;
	struct error error;
	int64_t version;

	ops_start(p.ops);
	ck_assert_int_eq(ops_config_get(p.ops, &nowhere, NULL, &version, &source, &json, &error),
			 CODE_NOT_FOUND);
	ck_assert_int_eq(ops_config_get(p.ops, &nowhere, &(struct ops_match){.given = true}, &version,
					&source, &json, &error),
			 CODE_NOT_FOUND);
	ck_assert_int_eq(ops_config_plan(p.ops, &(struct who){.login = "a"}, "nowhere", NULL, 0, &proposal,
					 &error),
			 CODE_NOT_FOUND);
	ck_assert_int_eq(ops_config_compare(p.ops, "dev", "nowhere", &json, &error), CODE_NOT_FOUND);
	ck_assert_ptr_null(json.bytes);
	ops_proposal_free(&proposal);
	close_platform(&p);
}
END_TEST

/*
 * The examples of RFC 8785 (3.2.2 to 3.2.4) as far as their
 * numbers are safe integers, and what stands on the edges.
 */
static const struct {
	const char *given, *canonical;
} written[] = {
	{"{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With"
	 " Dagesh\",\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\","
	 "\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}",
	 "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"\xc3\xb6\":"
	 "\"Latin Small Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\",\"\xf0\x9f\x98\x80\":"
	 "\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}"},
	{"{\"string\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\", \"literals\":[null, true,"
	 " false]}",
	 "{\"literals\":[null,true,false],\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"},
	{"{ \"b\" : { \"z\" : [ ] , \"a\" : { } } , \"a\" : [ 3, 1, 2 ] }",
	 "{\"a\":[3,1,2],\"b\":{\"a\":{},\"z\":[]}}"},
	{"[9007199254740991,-9007199254740991,0,-0]", "[9007199254740991,-9007199254740991,0,0]"},
	{"{\"10\":1,\"9\":2,\"\":3,\"aa\":4,\"a\":5}", "{\"\":3,\"10\":1,\"9\":2,\"a\":5,\"aa\":4}"},
	{"\"\\u007f\\u0008\\u0009\\u000c\\u001b\"", "\"\x7f\\b\\t\\f\\u001b\""},
};

START_TEST(json_is_written_as_rfc_8785_wants_it)
{
	for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
		struct json_object *value = json_tokener_parse(written[i].given);
		struct text text = {.bytes = NULL};
		struct canon json;

		ck_assert_ptr_null(ops_json_unsafe(value));
		canon_start(&json, text_put, &text);
		ops_json_write(&json, value);
		ck_assert(canon_done(&json));
		ck_assert_str_eq(text.bytes, written[i].canonical);
		text_free(&text);
		json_object_put(value);
	}
}
END_TEST

START_TEST(a_number_that_readers_may_differ_about_is_found_at_any_depth)
{
	static const char *const unsafe[] = {"0.5", "1.0", "1e2", "9007199254740992", "-9007199254740992",
					     "99999999999999999999"};

	for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++) {
		char given[128];
		struct text text = {.bytes = NULL};
		struct canon json;

		snprintf(given, sizeof given, "{\"a\":1,\"b\":[{},{\"c\":[null,%s]}]}", unsafe[i]);
		struct json_object *value = json_tokener_parse(given);
		ck_assert_msg(ops_json_unsafe(value) != NULL, "%s", unsafe[i]);
		canon_start(&json, text_put, &text);
		ops_json_write(&json, value);
		ck_assert(!canon_done(&json));
		text_free(&text);
		json_object_put(value);
	}
}
END_TEST

static TCase *with_database(void)
{
	const TTest *const tests[] = {the_guards_of_a_save_speak_in_their_order,
				      a_refusal_says_what_is_needed_to_go_on,
				      a_save_whose_answer_was_lost_is_told_as_it_is, plan_and_save_agree,
				      what_is_not_there_is_not_found,
				      a_run_whose_answer_was_lost_is_found_and_found_again};
	enum { TESTS = sizeof tests / sizeof *tests };
	TCase *made = tcase_create("with a database");

	if (getenv("CVN_TEST_DATABASE") == NULL)
		printf("SKIP %d cases of check_ops: CVN_TEST_DATABASE is not set\n", TESTS);
	for (size_t i = 0; getenv("CVN_TEST_DATABASE") != NULL && i < TESTS; i++)
		tcase_add_test(made, tests[i]);
	return made;
}

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

CHECK_CASE(tries, "tries", fifty_failures_in_a_row_close_an_address_and_no_other,
	   a_right_password_ends_the_row, addresses_of_one_ipv6_network_count_as_one)
CHECK_CASE(secrets, "secrets", a_password_is_checked_against_what_is_stored_now,
	   an_unknown_login_costs_what_a_wrong_password_does, random_secrets_differ)
CHECK_CASE(who, "who", a_role_counts_where_it_is_held, the_environments_of_a_role_are_named_and_a_star_is_all)
CHECK_CASE(proposals, "proposal", only_what_really_changes_is_written,
	   null_returns_to_the_default_and_is_written_as_null,
	   a_critical_parameter_is_named_when_it_would_change_or_is_wrong,
	   a_blank_or_endless_reason_is_one_violation_among_all, a_reason_may_have_lines)
CHECK_CASE(json, "json", json_is_written_as_rfc_8785_wants_it,
	   a_number_that_readers_may_differ_about_is_found_at_any_depth)
CHECK_CASE(doors, "door", the_door_sees_the_facts_and_refuses_in_the_order_of_the_lifecycle,
	   who_edited_last_owns_it_as_much_as_the_author)
CHECK_MAIN("ops", tries, secrets, who, proposals, json, doors, with_database)
