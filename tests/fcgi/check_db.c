/*
 * Goal: the four outcomes are told apart on a real server, and no server is answered within the
 * budget. The cases with a server need CVN_TEST_DATABASE, the connection string of any database;
 * without it they are skipped.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fcgi/db/db.h"
#include "fcgi/db/db_rows.h"
#include "tests/fcgi/check_main.h"
#include "tests/fcgi/cut.h"

static const struct db_statement one = {.name = "one", .sql = "select 1, 'a', null, true", .again = true};
static const struct db_statement none = {.name = "none", .sql = "select 1 where false", .again = true};
static const struct db_statement echo = {
	.name = "echo", .sql = "select $1::text", .n_params = 1, .again = true};
static const struct db_statement broken = {.name = "broken", .sql = "select 1 / 0"};
static const struct db_statement slow = {.name = "slow", .sql = "select pg_sleep(5)"};
static const struct db_statement kill_me = {
	.name = "kill_me", .sql = "select pg_terminate_backend(pg_backend_pid())"};
static const struct db_statement make = {
	.name = "make", .sql = "create table if not exists check_db_scratch (n int)"};
static const struct db_statement insert = {
	.name = "insert", .sql = "insert into check_db_scratch values (1)"};
static const struct db_statement how_many = {
	.name = "how_many", .sql = "select count(*) from check_db_scratch", .again = true};
static const struct db_statement drop = {.name = "drop", .sql = "drop table if exists check_db_scratch"};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct db *server(void)
{
	struct db *db = db_new(getenv("CVN_TEST_DATABASE"), "check_db");

	ck_assert_ptr_nonnull(db);
	return db;
}

START_TEST(no_server_is_broken_at_once_and_unavailable)
{
	struct db *db = db_new("host=/nonexistent dbname=none", "check_db");
	struct db_rows *rows = NULL;

	ck_assert_int_eq(db_query(db, &one, NULL, &rows), DB_BROKEN);
	ck_assert_int_eq(db_error(db)->code, CODE_UNAVAILABLE);
	ck_assert_ptr_null(rows);
	ck_assert(db_idle(db));
	db_free(db);
}
END_TEST

START_TEST(a_query_is_a_row_or_none)
{
	struct db *db = server();
	struct db_rows *rows = NULL;

	ck_assert_int_eq(db_query(db, &one, NULL, &rows), DB_ROW);
	ck_assert_int_eq(db_rows_integer(rows, 0, 0), 1);
	ck_assert_str_eq(db_rows_text(rows, 0, 1), "a");
	ck_assert_ptr_null(db_rows_text(rows, 0, 2));
	ck_assert(db_rows_bool(rows, 0, 3));
	ck_assert_ptr_null(db_rows_text(rows, 1, 0));
	ck_assert_int_eq(db_query(db, &none, NULL, &rows), DB_NONE);
	ck_assert_int_eq(db_query(db, &echo, (const char *const[]){"'; drop"}, &rows), DB_ROW);
	ck_assert_str_eq(db_rows_text(rows, 0, 0), "'; drop");
	db_rows_free(rows);
	db_free(db);
}
END_TEST

START_TEST(many_statements_are_one_flush_and_one_failure_fails_it)
{
	struct db *db = server();
	struct db_rows *first = NULL, *last = NULL;

	db_send(db, &one, NULL, &first);
	db_send(db, &one, NULL, &last);
	ck_assert_int_eq(db_flush(db), DB_ROW);
	ck_assert_uint_eq(db_rows_count(first) + db_rows_count(last), 2);
	db_send(db, &one, NULL, &first);
	db_send(db, &broken, NULL, NULL);
	db_send(db, &one, NULL, &last);
	ck_assert_int_eq(db_flush(db), DB_BROKEN);
	ck_assert_str_eq(db_sqlstate(db), "22012");
	ck_assert_int_eq(db_error(db)->code, CODE_INTERNAL);
	ck_assert_ptr_null(last);
	ck_assert_int_eq(db_query(db, &one, NULL, &last), DB_ROW); /* the connection goes on */
	db_rows_free(first);
	db_rows_free(last);
	db_free(db);
}
END_TEST

static enum db_outcome write_and(struct db *db, void *outcome)
{
	db_send(db, &insert, NULL, NULL);
	return *(enum db_outcome *)outcome;
}

static enum db_outcome write_and_break(struct db *db, void *arg)
{
	(void)arg;
	db_send(db, &insert, NULL, NULL);
	db_send(db, &broken, NULL, NULL);
	return DB_ROW;
}

static int64_t scratch_rows(struct db *db)
{
	struct db_rows *rows = NULL;

	ck_assert_int_eq(db_query(db, &how_many, NULL, &rows), DB_ROW);
	int64_t n = db_rows_integer(rows, 0, 0);
	db_rows_free(rows);
	return n;
}

START_TEST(a_transaction_commits_only_when_all_went_well)
{
	struct db *db = server();
	enum db_outcome row = DB_ROW, no = DB_NONE;

	ck_assert_int_eq(db_query(db, &drop, NULL, NULL), DB_ROW);
	ck_assert_int_eq(db_query(db, &make, NULL, NULL), DB_ROW);
	ck_assert_int_eq(db_run(db, write_and, &row), DB_ROW);
	ck_assert_int_eq(scratch_rows(db), 1);
	ck_assert_int_eq(db_run(db, write_and, &no), DB_NONE);
	ck_assert_int_eq(db_run(db, write_and_break, NULL), DB_BROKEN);
	ck_assert_int_eq(scratch_rows(db), 1);
	ck_assert(db_idle(db));
	ck_assert_int_eq(db_query(db, &drop, NULL, NULL), DB_ROW);
	db_free(db);
}
END_TEST

/* DB_RETRY until it has run `left` times. */
static enum db_outcome again(struct db *db, void *left)
{
	(void)db;
	return --*(int *)left > 0 ? DB_RETRY : DB_NONE;
}

START_TEST(a_transaction_that_may_work_again_is_run_again_three_times_at_most)
{
	struct db *db = server();
	int three = 3, four = 4;

	ck_assert_int_eq(db_run(db, again, &three), DB_NONE);
	ck_assert_int_eq(db_run(db, again, &four), DB_BROKEN);
	ck_assert_int_eq(four, 1);
	db_free(db);
}
END_TEST

START_TEST(a_lost_connection_is_made_again)
{
	struct db *db = server();
	struct db_rows *rows = NULL;

	ck_assert_int_eq(db_query(db, &kill_me, NULL, &rows), DB_BROKEN);
	ck_assert_int_eq(db_error(db)->code, CODE_UNAVAILABLE);
	ck_assert_int_eq(db_query(db, &one, NULL, &rows), DB_ROW);
	db_rows_free(rows);
	db_free(db);
}
END_TEST

static enum db_outcome die_before_commit(struct db *db, void *arg)
{
	(void)arg;
	db_send(db, &one, NULL, NULL);
	if (db_flush(db) != DB_ROW)
		return DB_BROKEN;
	db_send(db, &insert, NULL, NULL);
	db_send(db, &kill_me, NULL, NULL);
	return DB_ROW; /* COMMIT is sent behind it and never answered */
}

START_TEST(a_commit_without_an_answer_is_asked_about)
{
	struct db *db = server();

	ck_assert_int_eq(db_query(db, &drop, NULL, NULL), DB_ROW);
	ck_assert_int_eq(db_query(db, &make, NULL, NULL), DB_ROW);
	ck_assert_int_eq(db_run(db, die_before_commit, NULL), DB_BROKEN);
	ck_assert(!db_unsure(db)); /* the server said: aborted */
	ck_assert_int_eq(scratch_rows(db), 0);
	ck_assert_int_eq(db_query(db, &drop, NULL, NULL), DB_ROW);
	db_free(db);
}
END_TEST

static enum db_outcome look_then_write(struct db *db, void *arg)
{
	(void)arg;
	db_send(db, &one, NULL, NULL);
	if (db_flush(db) != DB_ROW)
		return DB_BROKEN;
	db_send(db, &insert, NULL, NULL);
	return DB_ROW;
}

START_TEST(a_commit_that_holds_is_a_row_though_its_answer_was_lost)
{
	struct db *direct = server();
	struct cut cut;

	cut_start(&cut, getenv("CVN_TEST_DATABASE"));
	struct db *db = db_new(cut.conninfo, "check_db");
	ck_assert_int_eq(db_query(direct, &drop, NULL, NULL), DB_ROW);
	ck_assert_int_eq(db_query(direct, &make, NULL, NULL), DB_ROW);
	ck_assert_int_eq(db_run(db, look_then_write, NULL), DB_ROW);
	/* It holds, and its rows are lost: who fails to read them must not say that nothing was written. */
	ck_assert(db_unsure(db));
	db_start(db);
	ck_assert(!db_unsure(db));
	ck_assert(db_idle(db));
	ck_assert_int_eq(scratch_rows(direct), 1);
	ck_assert_int_eq(db_query(direct, &drop, NULL, NULL), DB_ROW);
	db_free(db);
	db_free(direct);
	cut_stop(&cut);
}
END_TEST

START_TEST(nothing_takes_longer_than_the_budget)
{
	struct db *db = server();
	struct db_rows *rows = NULL;
	double start = seconds();

	db_budget(db, 300);
	ck_assert_int_eq(db_query(db, &slow, NULL, &rows), DB_BROKEN);
	ck_assert_int_eq(db_error(db)->code, CODE_UNAVAILABLE);
	ck_assert_double_lt(seconds() - start, 2.0); /* of the five that it sleeps */
	db_budget(db, 1500);
	ck_assert_int_eq(db_query(db, &one, NULL, &rows), DB_ROW);
	db_rows_free(rows);
	db_free(db);
}
END_TEST

static enum db_outcome refuse(struct db *db, void *arg)
{
	(void)arg;
	return db_flush(db) == DB_ROW ? DB_NONE : DB_BROKEN;
}

static void send_one(struct db *db, void *rows)
{
	db_send(db, &one, NULL, rows);
}

START_TEST(who_comes_after_a_request_that_ran_out_does_not_wait_as_long)
{
	struct db *db = server();
	struct db_rows *rows = NULL;

	db_budget(db, 300);
	ck_assert_int_eq(db_query(db, &slow, NULL, &rows), DB_BROKEN);
	double start = seconds();
	db_start(db);
	ck_assert_int_eq(db_query(db, &slow, NULL, &rows), DB_BROKEN);
	ck_assert_double_lt(seconds() - start, 1.2); /* of 1.5 */
	ck_assert_int_eq(db_error(db)->code, CODE_UNAVAILABLE);
	do { /* a server that is busy takes longer to let one in than who is in a hurry waits */
		ck_assert_double_lt(seconds() - start, 10);
		db_start(db);
	} while (db_query(db, &one, NULL, &rows) == DB_BROKEN);
	ck_assert_ptr_nonnull(rows);
	db_rows_free(rows);
	db_free(db);
}
END_TEST

START_TEST(the_first_transaction_may_be_rolled_back_and_the_session_keeps_its_settings)
{
	static const struct db_statement settings = {
		.name = "settings",
		.sql = "select current_setting('timezone'), current_setting('lock_timeout')", .again = true};
	struct db *db = server();
	struct db_rows *rows = NULL;

	ck_assert_int_eq(db_run(db, refuse, NULL), DB_NONE);
	ck_assert_int_eq(db_query(db, &settings, NULL, &rows), DB_ROW);
	ck_assert_str_eq(db_rows_text(rows, 0, 0), "UTC");
	ck_assert_str_eq(db_rows_text(rows, 0, 1), "1200ms");
	db_rows_free(rows);
	db_free(db);
}
END_TEST

START_TEST(reads_of_one_moment_may_be_the_first_on_a_connection)
{
	struct db *db = server();
	struct db_rows *rows = NULL;

	ck_assert_int_eq(db_read(db, send_one, &rows), DB_ROW);
	ck_assert_int_eq(db_rows_integer(rows, 0, 0), 1);
	ck_assert(db_idle(db));
	db_rows_free(rows);
	db_free(db);
}
END_TEST

START_TEST(a_statement_outlives_a_change_of_the_schema)
{
	static const struct db_statement all = {
		.name = "all", .sql = "select * from check_db_scratch", .again = true};
	static const struct db_statement widen = {
		.name = "widen", .sql = "alter table check_db_scratch add m int"};
	struct db *db = server(), *other = server();
	struct db_rows *rows = NULL;

	ck_assert_int_eq(db_query(other, &drop, NULL, NULL), DB_ROW);
	ck_assert_int_eq(db_query(other, &make, NULL, NULL), DB_ROW);
	ck_assert_int_eq(db_query(db, &all, NULL, &rows), DB_NONE);
	ck_assert_int_eq(db_query(other, &widen, NULL, NULL), DB_ROW);
	ck_assert_int_eq(db_query(db, &all, NULL, &rows), DB_NONE);
	ck_assert_int_eq(db_query(other, &drop, NULL, NULL), DB_ROW);
	db_rows_free(rows);
	db_free(other);
	db_free(db);
}
END_TEST

CHECK_DATABASE_CASE(with_server, "with a server",
		    a_query_is_a_row_or_none,
		    many_statements_are_one_flush_and_one_failure_fails_it,
		    a_transaction_commits_only_when_all_went_well,
		    a_transaction_that_may_work_again_is_run_again_three_times_at_most,
		    a_lost_connection_is_made_again,
		    a_commit_without_an_answer_is_asked_about,
		    a_commit_that_holds_is_a_row_though_its_answer_was_lost,
		    nothing_takes_longer_than_the_budget,
		    who_comes_after_a_request_that_ran_out_does_not_wait_as_long,
		    the_first_transaction_may_be_rolled_back_and_the_session_keeps_its_settings,
		    reads_of_one_moment_may_be_the_first_on_a_connection,
		    a_statement_outlives_a_change_of_the_schema)

CHECK_CASE(without_server, "without a server", no_server_is_broken_at_once_and_unavailable)
CHECK_MAIN("db", without_server, with_server)
