/*
 * Goal: what is brought from elsewhere is what its plan said, judged at the one door, and told as it is when
 * the answer was lost; on a database with schema and demo (CVN_TEST_DATABASE, its owner's connection string).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/db/db.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_door.h"
#include "fcgi/ops/ops_transfer.h"
#include "fcgi/ops/ops_tries.h"
#include "fcgi/ops/ops_who.h"
#include "tests/fcgi/check_main.h"
#include "tests/fcgi/cut.h"

/* The platform as an editor of every environment sees it, who brings values of paper to dev. */
struct scene {
	struct db *db;
	struct ops_tries *tries;
	struct ops *ops;
	struct who_role role;
	struct who editor;
	struct ops_transfer transfer;
	struct ops_changed changed;
	struct ops_proposal proposal;
	struct error error;
};

static void set_up(struct scene *s, const char *conninfo)
{
	*s = (struct scene){
		.db = db_new(conninfo, "check_transfer"),
		.tries = ops_tries_new(),
		.role = {"*", ROLE_EDITOR},
	};
	s->ops = ops_new(s->db, s->tries);
	s->editor = (struct who){.login = "editor", .roles = &s->role, .n_roles = 1};
	s->transfer = (struct ops_transfer){
		.save = {.environment = "dev", .reason = "a test", .request_id = "check-transfer",
			 .who = &s->editor, .match = {.given = true, .any = true}},
		.origin = {.environment = "paper"},
	};
	ops_start(s->ops);
}

/* The result of one verb goes before the next. */
static void clear(struct scene *s)
{
	ck_assert(ops_idle(s->ops));
	ops_changed_free(&s->changed);
	ops_proposal_free(&s->proposal);
	ops_start(s->ops);
}

static void tear_down(struct scene *s)
{
	clear(s);
	ops_free(s->ops);
	ops_tries_free(s->tries);
	db_free(s->db);
}

static void expect_promotion(struct scene *s, enum code wanted)
{
	enum code code = ops_transfer_promote(s->ops, &s->transfer, &s->changed, &s->proposal, &s->error);

	ck_assert_msg(code == wanted, "%s: %s: %s", code_name(code), s->error.detail, ops_trouble(s->ops));
}

static void expect_import(struct scene *s, struct change *changes, size_t n, enum code wanted)
{
	s->transfer.save.changes = changes;
	s->transfer.save.n = n;
	enum code code = ops_transfer_import(s->ops, &s->transfer, &s->changed, &s->proposal, &s->error);
	ck_assert_msg(code == wanted, "%s: %s: %s", code_name(code), s->error.detail, ops_trouble(s->ops));
}

/* Another value than that of paper, whatever it is now; so that a test stands alone. */
static void differ(struct scene *s)
{
	struct change change = {"CVN_COOLDOWN", "10s"};

	s->transfer.save.changes = &change;
	s->transfer.save.n = 1;
	enum code code = ops_transfer_import(s->ops, &s->transfer, &s->changed, &s->proposal, &s->error);
	ck_assert_msg(code == CODE_OK || code == CODE_NO_CHANGE, "%s: %s", s->error.detail,
		      ops_trouble(s->ops));
	s->transfer.save.changes = NULL;
	s->transfer.save.n = 0;
	clear(s);
}

START_TEST(a_promotion_does_what_its_plan_said)
{
	struct scene s;
	char hash[65];

	set_up(&s, getenv("CVN_TEST_DATABASE"));
	differ(&s);
	s.transfer.names = "[\"CVN_COOLDOWN\",\"CVN_COOLDOWN\"]";
	s.transfer.plan = true;
	expect_promotion(&s, CODE_OK);
	ck_assert_int_eq(s.changed.id, 0);
	ck_assert_uint_eq(s.proposal.result.n_diff, 1);
	int64_t source = s.proposal.source_version, base = s.proposal.version;
	snprintf(hash, sizeof hash, "%s", s.proposal.content_hash);
	clear(&s);

	s.transfer.plan = false;
	s.transfer.origin.version = source;
	expect_promotion(&s, CODE_OK);
	ck_assert_str_eq(s.proposal.content_hash, hash);
	ck_assert_int_eq(s.changed.version, base + 1);
	ck_assert_ptr_nonnull(strstr(s.changed.json.bytes, "\"kind\": \"promote\""));
	clear(&s);
	expect_promotion(&s, CODE_NO_CHANGE);
	tear_down(&s);
}
END_TEST

START_TEST(names_that_are_not_in_the_catalog_are_said_by_name)
{
	struct scene s;
	static const char *const unknown[] = {"", "CVN_NONE", "\"\n"};

	set_up(&s, getenv("CVN_TEST_DATABASE"));
	s.transfer.names = "[\"CVN_NONE\",\"CVN_COOLDOWN\",\"\\\"\\n\",\"\"]";
	expect_promotion(&s, CODE_INVALID);
	ck_assert_uint_eq(s.proposal.result.n_violations, 3);
	for (size_t i = 0; i < 3; i++) {
		size_t found = 0;
		for (size_t j = 0; j < 3; j++)
			found += strcmp(s.proposal.result.violations[j].name, unknown[i]) == 0;
		ck_assert_uint_eq(found, 1);
	}
	tear_down(&s);
}
END_TEST

START_TEST(a_source_that_is_not_there_or_not_readable_gives_nothing)
{
	struct scene s;
	struct who_role here = {"dev", ROLE_EDITOR};

	set_up(&s, getenv("CVN_TEST_DATABASE"));
	s.transfer.origin.environment = "nowhere";
	expect_promotion(&s, CODE_NOT_FOUND);
	clear(&s);
	s.transfer.plan = true;
	expect_promotion(&s, CODE_NOT_FOUND);
	clear(&s);
	s.editor.roles = &here;
	s.transfer.origin.environment = "paper";
	expect_promotion(&s, CODE_FORBIDDEN);
	clear(&s);
	s.transfer.plan = false;
	expect_promotion(&s, CODE_FORBIDDEN);
	tear_down(&s);
}
END_TEST

START_TEST(a_promotion_whose_answer_was_lost_is_told_as_it_is)
{
	struct scene s;
	struct cut cut;

	set_up(&s, getenv("CVN_TEST_DATABASE"));
	differ(&s);
	tear_down(&s);
	cut_start(&cut, getenv("CVN_TEST_DATABASE"));
	set_up(&s, cut.conninfo);
	s.transfer.names = "[\"CVN_COOLDOWN\"]";
	expect_promotion(&s, CODE_OK);
	ck_assert_int_gt(s.changed.id, 0);
	ck_assert_ptr_nonnull(strstr(s.changed.json.bytes, "\"state\": \"active\""));
	clear(&s);
	expect_promotion(&s, CODE_NO_CHANGE);
	tear_down(&s);
	cut_stop(&cut);
}
END_TEST

START_TEST(an_import_names_a_parameter_once)
{
	struct scene s;
	struct change twice[] = {{"CVN_COOLDOWN", "11s"}, {"CVN_SYMBOLS", "[]"}, {"CVN_COOLDOWN", "12s"}};

	set_up(&s, getenv("CVN_TEST_DATABASE"));
	expect_import(&s, twice, 3, CODE_MALFORMED);
	clear(&s);
	s.transfer.plan = true;
	expect_import(&s, twice, 3, CODE_MALFORMED);
	tear_down(&s);
}
END_TEST

START_TEST(the_version_of_the_source_is_judged_after_that_of_the_target_and_before_the_values)
{
	struct ops_proposal proposal = {.version = 7, .source_version = 3, .result = {.n_violations = 0}};
	struct ops_door door = {
		.proposal = &proposal,
		.environment = "dev",
		.source = {"paper", 2},
		.author = "ada",
		.actor = "ada",
		.match = {.given = true, .n = 1, .versions = {6}},
	};
	const unsigned guards = DOOR_MATCH | DOOR_SOURCE | DOOR_DRAFT;
	struct error error;

	ck_assert_int_eq(ops_door_judge(&door, guards, &error), CODE_STALE);
	ck_assert_ptr_nonnull(strstr(error.detail, "dev is at version 7"));
	door.match.versions[0] = 7;
	ck_assert_int_eq(ops_door_judge(&door, guards, &error), CODE_STALE);
	ck_assert_ptr_nonnull(strstr(error.detail, "paper is at version 3, and from_version names 2"));
	door.source.version = 3;
	ck_assert_int_eq(ops_door_judge(&door, guards, &error), CODE_NO_CHANGE);
	door.source.version = 0;
	ck_assert_int_eq(ops_door_judge(&door, guards, &error), CODE_NO_CHANGE);
}
END_TEST

CHECK_DATABASE_CASE(with_database, "with a database", a_promotion_does_what_its_plan_said,
		    names_that_are_not_in_the_catalog_are_said_by_name,
		    a_source_that_is_not_there_or_not_readable_gives_nothing,
		    a_promotion_whose_answer_was_lost_is_told_as_it_is,
		    an_import_names_a_parameter_once)

CHECK_CASE(doors, "door", the_version_of_the_source_is_judged_after_that_of_the_target_and_before_the_values)
CHECK_MAIN("transfer", doors, with_database)
