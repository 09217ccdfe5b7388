/*
 * Goal: a catalog write is a version in every environment that it moves, however many there are; on a
 * database with schema and demo (CVN_TEST_DATABASE, its owner's connection string).
 */
#include <stdlib.h>

#include "fcgi/db/db.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_catalog.h"
#include "fcgi/ops/ops_tries.h"
#include "fcgi/ops/ops_who.h"
#include "tests/fcgi/check_main.h"

/* More than travel at once to the server. */
static const struct db_statement many = {
	"check_catalog_many",
	"select environment_create('many-' || i, null, 'admin', 'a test', null) from generate_series(1, 70) i"
	" where not exists (select from active_config where environment = 'many-' || i)",
	0, false,
};
static const struct db_statement others = {
	"check_catalog_others",
	"select count(*) from active_config a where not exists (select from config_history h"
	" where h.environment = a.environment and h.version = a.version and h.diff ->> 'CVN_TEST_MANY' = $1)",
	1, true,
};

static void put(struct ops *ops, const struct who *admin, const char *value, bool create)
{
	const struct ops_catalog_change change = {
		.name = "CVN_TEST_MANY", .create = create, .match = {
			.given = true, .any = true}, .reason = "a test", .who = admin};
	const struct ops_variable variable = {
		.type = "int", .category = "threshold", .default_value = value, .hot_reloadable = true};
	struct ops_world world = {0};
	struct text json = {.bytes = NULL};
	struct error error = {0};
	int64_t version;

	ops_start(ops);
	enum code code = ops_catalog_put(ops, &change, &variable, &world, &version, &json, &error);
	ck_assert_msg(code == CODE_OK, "%s: %s: %s", code_name(code), error.detail, ops_trouble(ops));
	ops_world_free(&world);
	text_free(&json);
}

static void expect_everywhere(struct db *db, const char *value)
{
	struct db_rows *rows = NULL;

	ck_assert_int_eq(db_query(db, &others, (const char *const[]){value}, &rows), DB_ROW);
	ck_assert_int_eq(db_rows_integer(rows, 0, 0), 0);
	db_rows_free(rows);
}

START_TEST(a_default_is_a_version_in_every_environment_however_many)
{
	struct db *db = db_new(getenv("CVN_TEST_DATABASE"), "check_catalog");
	struct ops_tries *tries = ops_tries_new();
	struct ops *ops = ops_new(db, tries);
	struct who_role role = {"*", ROLE_ADMIN};
	const struct who admin = {.login = "admin", .roles = &role, .n_roles = 1};

	ck_assert_int_ne(db_query(db, &many, NULL, NULL), DB_BROKEN);
	put(ops, &admin, "1", true);
	expect_everywhere(db, "1");
	put(ops, &admin, "2", false);
	expect_everywhere(db, "2");
	ops_free(ops);
	ops_tries_free(tries);
	db_free(db);
}
END_TEST

CHECK_DATABASE_CASE(with_database, "with a database",
		    a_default_is_a_version_in_every_environment_however_many)

CHECK_MAIN("catalog", with_database)
