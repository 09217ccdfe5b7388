#include "fcgi/db/db.h"

#include <stdlib.h>
#include <string.h>

#include "fcgi/db/db_link.h"
#include "fcgi/db/db_rows.h"

enum { BUDGET_MS = 1500, HASTY_MS = 150 };

struct db *db_new(const char *conninfo, const char *program)
{
	struct db *db = calloc(1, sizeof *db);

	if (db == NULL)
		return NULL;
	db->conninfo = strdup(conninfo);
	db->program = strdup(program);
	if (db->conninfo == NULL || db->program == NULL) {
		db_free(db);
		return NULL;
	}
	db_budget(db, BUDGET_MS);
	return db;
}

void db_free(struct db *db)
{
	if (db == NULL)
		return;
	db_link_close(db);
	free(db->conninfo);
	free(db->program);
	free(db);
}

void db_budget(struct db *db, int milliseconds)
{
	db->deadline = db_link_now() + milliseconds;
}

void db_start(struct db *db)
{
	db->hasty = db_link_now() < db->late_until;
	db->unsure = false;
	db_budget(db, db->hasty ? HASTY_MS : BUDGET_MS);
}

const struct error *db_error(const struct db *db)
{
	return &db->error;
}

const char *db_sqlstate(const struct db *db)
{
	return db->sqlstate;
}

bool db_unsure(const struct db *db)
{
	return db->unsure;
}

bool db_idle(const struct db *db)
{
	return !db->in_transaction && db->n_queued == 0;
}

static bool is_prepared(const struct db *db, const struct db_statement *statement)
{
	for (size_t i = 0; i < db->n_prepared; i++) {
		if (db->prepared[i] == statement)
			return true;
	}
	for (size_t i = 0; i < db->n_queued; i++) {
		if (db->queue[i].statement == statement)
			return true;
	}
	return false;
}

static bool queue(struct db *db, struct link_queued queued, const char *const *params)
{
	const struct db_statement *s = queued.statement;
	int sent;

	if (db->n_queued == LINK_QUEUE)
		return false;
	if (queued.kind == LINK_PREPARE)
		sent = PQsendPrepare(db->conn, s->name, s->sql, s->n_params, NULL);
	else
		sent = PQsendQueryPrepared(db->conn, s->name, s->n_params, params, NULL, NULL, 0);
	if (sent == 1)
		db->queue[db->n_queued++] = queued;
	return sent == 1;
}

void db_send(struct db *db, const struct db_statement *statement, const char *const *params,
	     struct db_rows **into)
{
	if (into != NULL) {
		db_rows_free(*into);
		*into = NULL;
	}
	if (db->failed || (!db->in_transaction && !db_link_ready(db)) || db->conn == NULL) {
		db->failed = true;
		return;
	}
	if (!is_prepared(db, statement) &&
	    !queue(db, (struct link_queued){LINK_PREPARE, statement, NULL}, NULL))
		db->failed = true;
	else if (!queue(db, (struct link_queued){LINK_QUERY, statement, into}, params))
		db->failed = true;
}

static void remember(struct db *db, const struct link_queued *queued)
{
	if (queued->kind == LINK_PREPARE && db->n_prepared < LINK_PREPARED)
		db->prepared[db->n_prepared++] = queued->statement;
}

/* A refusal that the same statement may escape when it comes again: serialization failure, deadlock. */
static bool is_transient(const char *sqlstate)
{
	return strcmp(sqlstate, "40001") == 0 || strcmp(sqlstate, "40P01") == 0;
}

/*
 * No answer in time (lock_timeout, statement_timeout),
 * no room, shutting down: the database is away, as it were.
 */
static bool is_away(const char *sqlstate)
{
	return strcmp(sqlstate, "55P03") == 0 || strcmp(sqlstate, "57014") == 0 ||
	       strncmp(sqlstate, "53", 2) == 0 ||
	       strncmp(sqlstate, "57P", 3) == 0 || strncmp(sqlstate, "08", 2) == 0;
}

/* A prepared statement whose tables or functions were replaced under it. */
static bool is_outdated(const char *sqlstate)
{
	return strncmp(sqlstate, "0A", 2) == 0 || strncmp(sqlstate, "42", 2) == 0 ||
	       strcmp(sqlstate, "XX000") == 0;
}

static enum db_outcome refused(struct db *db, const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	memcpy(db->sqlstate, sqlstate == NULL || strlen(sqlstate) != 5 ? "XX000" : sqlstate, 6);
	code_error(&db->error, is_away(db->sqlstate) ? CODE_UNAVAILABLE : CODE_INTERNAL, db->sqlstate, ": ",
		   message == NULL ? "no message" : message, NULL);
	db->outdated = db->outdated || is_outdated(db->sqlstate);
	return is_transient(db->sqlstate) ? DB_RETRY : DB_BROKEN;
}

static enum db_outcome take_sync(struct db *db)
{
	PGresult *result;

	if (!db_link_result(db, &result))
		return DB_BROKEN;
	bool synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
	PQclear(result);
	return synced ? DB_ROW : db_link_lose(db, "out of step with the server");
}

/* Takes the answer of one queued statement. */
static enum db_outcome take(struct db *db, const struct link_queued *queued)
{
	enum db_outcome outcome = DB_ROW;
	PGresult *result, *end;

	if (!db_link_result(db, &result))
		return DB_BROKEN;
	switch (PQresultStatus(result)) {
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		remember(db, queued);
		if (queued->into != NULL) {
			*queued->into = (struct db_rows *)(void *)result;
			result = NULL;
		}
		break;
	case PGRES_PIPELINE_ABORTED: /* one before it failed, and that one says why */
		break;
	default:
		outcome = refused(db, result);
	}
	PQclear(result);
	if (!db_link_result(db, &end))
		return DB_BROKEN;
	PQclear(end);
	return outcome;
}

enum db_outcome db_flush(struct db *db)
{
	struct link_queued queued[LINK_QUEUE];
	size_t n = db->n_queued;
	enum db_outcome outcome = DB_ROW;

	db->sqlstate[0] = '\0';
	if (db->conn == NULL) {
		db->failed = false;
		return DB_BROKEN;
	}
	if (db->failed || PQpipelineSync(db->conn) != 1)
		return db_link_lose(db, NULL);
	memcpy(queued, db->queue, n * sizeof *queued);
	for (size_t i = 0; i < n && db->conn != NULL; i++) {
		enum db_outcome one = queued[i].kind == LINK_SYNC ? take_sync(db) : take(db, &queued[i]);
		if (outcome == DB_ROW)
			outcome = one;
	}
	db->n_queued = 0;
	if (db->conn != NULL && take_sync(db) == DB_BROKEN)
		return DB_BROKEN;
	return db->conn == NULL ? DB_BROKEN : outcome;
}
