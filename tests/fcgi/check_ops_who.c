/* Goal: who asks is told from who guesses: tries, passwords, and roles where they are held. */
#include "tests/fcgi/check_ops.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fcgi/db/db.h"
#include "fcgi/db/db_who.h"
#include "fcgi/ops/ops_asked.h"
#include "fcgi/ops/ops_secrets.h"
#include "fcgi/ops/ops_tries.h"
#include "fcgi/ops/ops_who.h"

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

/* A database that is away can be brought about, by questions that are too many for it. */
START_TEST(what_nobody_could_judge_neither_counts_nor_ends_the_row)
{
	const struct who_try try = {
		.login = "editor", .password = "guessed", .address = "192.0.2.1", .now = 100};
	struct db *db = db_new("host=/nonexistent dbname=none", "check_ops");
	struct ops_tries *tries = ops_tries_new();
	struct ops *ops = ops_new(db, tries);
	struct ops_sight sight = {.environment = NULL};
	struct who who = {.roles = NULL};

	for (int i = 1; i < TRIES_MAX; i++)
		ck_assert(ops_tries_begin(tries, try.address, 100));
	for (int i = 0; i < TRIES_MAX; i++) {
		ops_receive(ops);
		ops_start(ops);
		ck_assert_int_eq(ops_who_password(ops, &try, &sight, &who, NULL), CODE_UNAVAILABLE);
	}
	ck_assert(ops_tries_begin(tries, try.address, 100));
	ck_assert(!ops_tries_begin(tries, try.address, 100));
	ops_free(ops);
	ops_tries_free(tries);
	db_free(db);
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

/* Of several costs: a processor that is shared or slowed down only adds. */
static double least(double a, double b)
{
	return a < b ? a : b;
}

START_TEST(an_unknown_login_costs_what_a_wrong_password_does)
{
	struct ops_secrets *secrets = ops_secrets_new();
	char stored[SECRET_HASH_MAX];

	ck_assert(ops_secrets_hash("right", stored));
	double known = cost(secrets, stored), unknown = cost(secrets, NULL);
	for (int i = 0; i < 3; i++) {
		known = least(known, cost(secrets, stored));
		unknown = least(unknown, cost(secrets, NULL));
	}
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

static unsigned questions;

static enum db_outcome counted(struct db *db, const char *sha256, const char *environment,
			       struct db_rows **rows)
{
	questions++;
	return db_who_by_token(db, sha256, environment, rows);
}

START_TEST(a_database_that_is_away_is_asked_once_for_all_who_were_there)
{
	static const char *const whom[] = {"first", "second", "first"};
	struct db *db = db_new("host=/nowhere", "check_ops");
	struct ops *ops = ops_new(db, NULL);
	const struct db_rows *rows;

	questions = 0;
	for (unsigned round = 1; round <= 2; round++) {
		ops_receive(ops);
		for (size_t i = 0; i < sizeof whom / sizeof *whom; i++) {
			ops_start(ops);
			ck_assert_int_eq(ops_asked(ops, counted, whom[i], NULL, &rows), DB_BROKEN);
			ck_assert_int_eq(db_error(db)->code, CODE_UNAVAILABLE);
			ck_assert_ptr_null(rows);
		}
		ck_assert_uint_eq(questions, round);
	}
	ops_free(ops);
	db_free(db);
}
END_TEST

CHECK_CASE_OF(check_ops_tries, "tries", fifty_failures_in_a_row_close_an_address_and_no_other,
	      a_right_password_ends_the_row, what_nobody_could_judge_neither_counts_nor_ends_the_row,
	      addresses_of_one_ipv6_network_count_as_one)
CHECK_CASE_OF(check_ops_secrets, "secrets", a_password_is_checked_against_what_is_stored_now,
	      an_unknown_login_costs_what_a_wrong_password_does, random_secrets_differ)
CHECK_CASE_OF(check_ops_who, "who", a_role_counts_where_it_is_held,
	      a_database_that_is_away_is_asked_once_for_all_who_were_there,
	      the_environments_of_a_role_are_named_and_a_star_is_all)
