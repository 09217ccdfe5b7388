#include "fcgi/db/db_link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

/* The server's own limits lie below the budget of a request, so that it gives up before we walk away. */
static const char settings_sql[] =
	"select set_config('timezone', 'UTC', false), set_config('lock_timeout', '1200ms', false),"
	" set_config('statement_timeout', '1400ms', false),"
	" set_config('idle_in_transaction_session_timeout', '3s', false)";

int64_t db_link_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void db_link_close(struct db *db)
{
	PQfinish(db->conn);
	db->conn = NULL;
	db->n_prepared = 0;
	db->n_queued = 0;
	db->failed = false;
	db->outdated = false;
}

/* One line of what libpq says, which may have several and a newline at the end. */
enum db_outcome db_link_lose(struct db *db, const char *why)
{
	const char *text = why != NULL ? why : PQerrorMessage(db->conn);
	char line[200];
	size_t n = strcspn(text, "\n");

	if (n >= sizeof line)
		n = sizeof line - 1;
	memcpy(line, text, n);
	line[n] = '\0';
	code_error(&db->error, CODE_UNAVAILABLE, line, NULL);
	db_link_close(db);
	return DB_BROKEN;
}

enum { LATE_MS = 1000 };

static bool is_late(struct db *db)
{
	int64_t now = db_link_now();

	if (now < db->deadline)
		return false;
	if (!db->hasty)
		db->late_until = now + LATE_MS;
	return true;
}

/* Waits until the socket is ready for one of events. False: the deadline passed. */
static bool wait_for(struct db *db, short events)
{
	for (;;) {
		struct pollfd fd = {.fd = PQsocket(db->conn), .events = events};
		int64_t left = db->deadline - db_link_now();

		if (is_late(db) || fd.fd < 0)
			return false;
		int n = poll(&fd, 1, (int)left);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
}

static bool connect_within_deadline(struct db *db)
{
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	while (state != PGRES_POLLING_OK) {
		if (!wait_for(db, state == PGRES_POLLING_READING ? POLLIN : POLLOUT)) {
			db_link_lose(db, "no connection in time");
			return false;
		}
		state = PQconnectPoll(db->conn);
		if (state == PGRES_POLLING_FAILED) {
			db_link_lose(db, NULL);
			return false;
		}
	}
	return true;
}

static void ignore_notice(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

/*
 * The session's settings go out ahead of the first statement, in the same round trip, but behind a sync of
 * their own: without it they would be in the first transaction, and a rollback would take them back.
 */
static bool prepare_session(struct db *db)
{
	PQsetNoticeReceiver(db->conn, ignore_notice, NULL);
	if (PQsetnonblocking(db->conn, 1) == 0 && PQenterPipelineMode(db->conn) == 1 &&
	    PQsendQueryParams(db->conn, settings_sql, 0, NULL, NULL, NULL, NULL, 0) == 1 &&
	    PQpipelineSync(db->conn) == 1) {
		db->queue[db->n_queued++] = (struct link_queued){.kind = LINK_QUERY};
		db->queue[db->n_queued++] = (struct link_queued){.kind = LINK_SYNC};
		return true;
	}
	db_link_lose(db, NULL);
	return false;
}

static bool open_link(struct db *db)
{
	const char *const names[] = {"dbname", "fallback_application_name", "client_encoding", NULL};
	const char *const values[] = {db->conninfo, db->program, "UTF8", NULL};

	db->conn = PQconnectStartParams(names, values, 1);
	if (db->conn == NULL || PQstatus(db->conn) == CONNECTION_BAD) {
		db_link_lose(db, db->conn == NULL ? "no memory" : NULL);
		return false;
	}
	return connect_within_deadline(db) && prepare_session(db);
}

/* The server never speaks first: what an idle connection has to read is its end. */
static bool has_ended(const struct db *db)
{
	struct pollfd fd = {.fd = PQsocket(db->conn), .events = POLLIN};

	if (PQstatus(db->conn) != CONNECTION_OK || fd.fd < 0)
		return true;
	int n = poll(&fd, 1, 0);
	return n > 0 || (n < 0 && errno != EINTR);
}

bool db_link_ready(struct db *db)
{
	if (db->conn != NULL && db->n_queued == 0 && !db->in_transaction && (db->outdated || has_ended(db)))
		db_link_close(db);
	return db->conn != NULL || open_link(db);
}

/* Sends what libpq still holds, reading at the same time so that neither side waits for the other. */
static bool flush_out(struct db *db)
{
	int left;

	while ((left = PQflush(db->conn)) == 1) {
		if (!wait_for(db, POLLIN | POLLOUT) || PQconsumeInput(db->conn) == 0)
			return false;
	}
	return left == 0;
}

bool db_link_result(struct db *db, PGresult **result)
{
	if (db->conn == NULL)
		return false;
	if (!flush_out(db))
		goto lost;
	while (PQisBusy(db->conn)) {
		if (!wait_for(db, POLLIN) || PQconsumeInput(db->conn) == 0)
			goto lost;
	}
	*result = PQgetResult(db->conn);
	return true;
lost:
	db_link_lose(db, db->deadline <= db_link_now() ? "no answer in time" : NULL);
	return false;
}
