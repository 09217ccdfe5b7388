/* How statements travel, alone or in a transaction: the one place that begins, commits and rolls back. */
#include <string.h>
#include <time.h>

#include "fcgi/db/db.h"
#include "fcgi/db/db_link.h"
#include "fcgi/db/db_rows.h"

enum { ATTEMPTS = 3, RESOLVE_MS = 400, RESOLVE_PAUSE_MS = 40 };

static const struct db_statement begin = {.name = "begin", .sql = "begin isolation level read committed"};
static const struct db_statement begin_read = {.name = "begin_read",
					       .sql = "begin isolation level repeatable read read only"};
static const struct db_statement commit = {.name = "commit", .sql = "commit"};
static const struct db_statement rollback = {.name = "rollback", .sql = "rollback"};
/* The number under which a lost COMMIT can be asked about afterwards. */
static const struct db_statement number = {.name = "xact_id", .sql = "select pg_current_xact_id()::text"};
static const struct db_statement status = {
	.name = "xact_status", .sql = "select pg_xact_status($1::xid8)", .n_params = 1, .again = true};

/* What went wrong first stays the reason. */
static void undo(struct db *db)
{
	struct error why = db->error;
	char sqlstate[sizeof db->sqlstate];

	memcpy(sqlstate, db->sqlstate, sizeof sqlstate);
	if (db->conn != NULL && db->in_transaction) {
		db_send(db, &rollback, NULL, NULL);
		db_flush(db);
	}
	db->in_transaction = false;
	db->error = why;
	memcpy(db->sqlstate, sqlstate, sizeof sqlstate);
}

/* Alone, and without a transaction of its own: what changes nothing may run twice. */
static enum db_outcome read_one(struct db *db, const struct db_statement *statement,
				const char *const *params, struct db_rows **into)
{
	enum db_outcome outcome;
	int tries = 2;

	do {
		db_send(db, statement, params, into);
		outcome = db_flush(db);
	} while (--tries > 0 &&
		 (outcome == DB_RETRY || (outcome == DB_BROKEN && (db->conn == NULL || db->outdated))));
	return outcome == DB_ROW && into != NULL && db_rows_count(*into) == 0 ? DB_NONE : outcome;
}

/*
 * COMMIT was sent and its answer is lost. The server may still be at it, so ask until it has decided. What
 * holds stays unsure for who has to read its rows anew: where that fails, something was written all the same.
 */
static enum db_outcome resolve(struct db *db, const char *xact_id)
{
	enum db_outcome outcome = DB_BROKEN;
	struct db_rows *rows = NULL;
	struct error why = db->error;

	db_budget(db, RESOLVE_MS);
	while (read_one(db, &status, &xact_id, &rows) == DB_ROW) {
		const char *said = db_rows_text(rows, 0, 0);

		if (said != NULL && strcmp(said, "in progress") != 0) {
			outcome = strcmp(said, "committed") == 0 ? DB_ROW : DB_BROKEN;
			db->unsure = outcome == DB_ROW;
			break;
		}
		nanosleep(&(struct timespec){.tv_nsec = RESOLVE_PAUSE_MS * 1000000L}, NULL);
	}
	db_rows_free(rows);
	db->error = why;
	return outcome;
}

/* COMMIT is answered with ROLLBACK when the transaction had failed: only the tag tells. */
static enum db_outcome finish(struct db *db, const struct db_rows *xact_id)
{
	struct db_rows *answer = NULL;

	db_send(db, &commit, NULL, &answer);
	enum db_outcome outcome = db_flush(db);
	if (db->conn == NULL) {
		db->in_transaction = false;
		db->unsure = true;
		outcome = resolve(db, db_rows_text(xact_id, 0, 0));
	} else if (outcome == DB_ROW) {
		db->in_transaction = false;
		if (strcmp(PQcmdStatus((PGresult *)(void *)answer), "COMMIT") != 0) {
			code_error(&db->error, CODE_INTERNAL, "the server rolled back", NULL);
			outcome = DB_BROKEN;
		}
	}
	db_rows_free(answer);
	return outcome;
}

static enum db_outcome attempt(struct db *db, db_work *work, void *arg)
{
	struct db_rows *xact_id = NULL;

	if (!db_link_ready(db))
		return DB_BROKEN;
	db->in_transaction = true;
	db_send(db, &begin, NULL, NULL);
	db_send(db, &number, NULL, &xact_id);
	enum db_outcome outcome = work(db, arg);
	/*
	 * COMMIT goes to a server that has answered, and whose number for the transaction is known: what was
	 * sent to one that stands still would be done when it goes on, after we have said that it is away.
	 */
	if (outcome == DB_ROW && xact_id == NULL)
		outcome = db_flush(db);
	if (outcome == DB_ROW)
		outcome = finish(db, xact_id);
	undo(db);
	db_rows_free(xact_id);
	if (outcome == DB_BROKEN && db->outdated && !db->unsure)
		outcome = DB_RETRY;
	return outcome;
}

enum db_outcome db_run(struct db *db, db_work *work, void *arg)
{
	enum db_outcome outcome = DB_RETRY;

	db->unsure = false;
	for (int i = 0; i < ATTEMPTS && outcome == DB_RETRY; i++)
		outcome = attempt(db, work, arg);
	return outcome == DB_RETRY ? DB_BROKEN : outcome;
}

/* The only statement of its transaction: it is answered before COMMIT is sent. */
struct write {
	const struct db_statement *statement;
	const char *const *params;
	struct db_rows **into;
};

static enum db_outcome write_one(struct db *db, void *arg)
{
	const struct write *write = arg;

	db_send(db, write->statement, write->params, write->into);
	enum db_outcome outcome = db_flush(db);
	if (outcome == DB_ROW && write->into != NULL && db_rows_count(*write->into) == 0)
		return DB_NONE;
	return outcome;
}

enum db_outcome db_query(struct db *db, const struct db_statement *statement, const char *const *params,
			 struct db_rows **into)
{
	if (statement->again)
		return read_one(db, statement, params, into);
	return db_run(db, write_one, &(struct write){statement, params, into});
}

enum db_outcome db_read(struct db *db, void (*send)(struct db *, void *), void *arg)
{
	enum db_outcome outcome;
	int tries = 2;

	do {
		if (!db_link_ready(db))
			return DB_BROKEN;
		db->in_transaction = true;
		db_send(db, &begin_read, NULL, NULL);
		send(db, arg);
		db_send(db, &commit, NULL, NULL);
		outcome = db_flush(db);
		if (outcome == DB_ROW)
			db->in_transaction = false;
		bool lost = db->conn == NULL || db->outdated;
		undo(db);
		if (!lost)
			break;
	} while (--tries > 0);
	return outcome;
}
