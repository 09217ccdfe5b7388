/*
 * Goal: the guards of a save speak in their order, and a write whose answer was lost is told as it is; on a
 * database with schema and demo (CVN_TEST_DATABASE, its owner's connection string).
 */
#include "tests/fcgi/check_ops.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fcgi/db/db.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_config.h"
#include "fcgi/ops/ops_runs.h"
#include "fcgi/ops/ops_tries.h"
#include "fcgi/ops/ops_who.h"
#include "tests/fcgi/cut.h"

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

CHECK_DATABASE_CASE_OF(check_ops_saves, "with a database", the_guards_of_a_save_speak_in_their_order,
		       a_refusal_says_what_is_needed_to_go_on,
		       a_save_whose_answer_was_lost_is_told_as_it_is, plan_and_save_agree,
		       what_is_not_there_is_not_found,
		       a_run_whose_answer_was_lost_is_found_and_found_again)
