#include "fcgi/db/async.h"

#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

enum { REASON_MAX = 200, PREPARED_MAX = 32 };

struct query {
	struct query *next;
	struct async_statement statement;
	async_done *done;
	void *arg;
	char **params; /* points into the same block */
};

struct async {
	PGconn *conn;
	enum async_state state;
	PostgresPollingStatusType poll; /* while connecting */
	bool flushing;
	int64_t deadline; /* of connecting, or of the query that is out; -1: none */
	struct query *first, **last; /* first is the one that is out when sent */
	bool sent;
	bool preparing;                    /* what is out is not it yet, but its statement */
	const char *prepared[PREPARED_MAX]; /* names */
	size_t n_prepared;
	PGresult *result; /* of the query that is out, so far */
	size_t pending;
	async_notice *notice;
	void *arg;
	char reason[REASON_MAX];
	char last_words[REASON_MAX]; /* the server's latest notice: it says there why it ends a connection */
};

/* What a dead peer costs is seconds, not the kernel's two hours. */
static const char *const keys[] = {"dbname", "fallback_application_name", "keepalives_idle",
				   "keepalives_interval", "keepalives_count", "tcp_user_timeout",
				   "client_encoding", NULL};

static struct query *query_new(const struct async_statement *statement, const char *const *params)
{
	int n = statement->n_params;
	size_t slots = (size_t)n * sizeof(char *);
	size_t size = sizeof(struct query) + slots;
	for (int i = 0; i < n; i++)
		size += params[i] ? strlen(params[i]) + 1 : 0;
	struct query *q = calloc(1, size);
	if (!q)
		return NULL;
	q->statement = *statement;
	q->params = (char **)(q + 1);
	char *to = (char *)(q->params + n);
	for (int i = 0; i < n; i++) {
		if (!params[i])
			continue;
		size_t length = strlen(params[i]) + 1;
		q->params[i] = memcpy(to, params[i], length);
		to += length;
	}
	return q;
}

/* The first line of a text. */
static void copy_line(char out[REASON_MAX], const char *text)
{
	size_t n = strcspn(text, "\r\n");
	if (n >= REASON_MAX)
		n = REASON_MAX - 1;
	memcpy(out, text, n);
	out[n] = '\0';
}

static void break_off(struct async *a, const char *why)
{
	if (a->state == ASYNC_BROKEN)
		return;
	a->state = ASYNC_BROKEN;
	a->deadline = -1;
	copy_line(a->reason, why);
}

static void break_by_server(struct async *a)
{
	const char *why = PQerrorMessage(a->conn);
	if (*a->last_words)
		why = a->last_words;
	break_off(a, *why ? why : "the connection is lost");
}

static void on_server_notice(void *arg, const char *message)
{
	struct async *a = arg;
	copy_line(a->last_words, message);
}

struct async *async_open(const char *conninfo, const char *program, int64_t deadline, async_notice *notice,
			 void *arg)
{
	const char *const values[] = {conninfo, program, "5", "2", "3", "8000", "UTF8", NULL};
	struct async *a = calloc(1, sizeof(*a));
	if (!a)
		return NULL;
	a->last = &a->first;
	a->notice = notice;
	a->arg = arg;
	a->deadline = deadline;
	a->poll = PGRES_POLLING_WRITING;
	a->conn = PQconnectStartParams(keys, values, 1);
	if (!a->conn) {
		free(a);
		return NULL;
	}
	PQsetNoticeProcessor(a->conn, on_server_notice, a);
	if (PQstatus(a->conn) == CONNECTION_BAD)
		break_by_server(a);
	return a;
}

/* Takes the first query off the queue and answers it. */
static void answer(struct async *a, const PGresult *result, const char *sqlstate)
{
	struct query *q = a->first;
	a->first = q->next;
	if (!a->first)
		a->last = &a->first;
	a->sent = false;
	a->deadline = -1;
	a->pending--;
	q->done(q->arg, (const struct async_rows *)result, sqlstate);
	free(q);
}

void async_close(struct async *a)
{
	if (!a)
		return;
	break_off(a, "closed");
	while (a->first)
		answer(a, NULL, "");
	PQclear(a->result);
	PQfinish(a->conn);
	free(a);
}

enum async_state async_state(const struct async *a)
{
	return a->state;
}

const char *async_reason(const struct async *a)
{
	return a->reason;
}

int async_fd(const struct async *a)
{
	return a->state == ASYNC_BROKEN ? -1 : PQsocket(a->conn);
}

void async_wants(const struct async *a, bool *read, bool *write)
{
	bool connecting = a->state == ASYNC_CONNECTING;
	*read = connecting ? a->poll == PGRES_POLLING_READING : a->state == ASYNC_READY;
	*write = connecting ? a->poll == PGRES_POLLING_WRITING : a->state == ASYNC_READY && a->flushing;
}

int64_t async_deadline(const struct async *a)
{
	return a->deadline;
}

static void flush(struct async *a)
{
	int left = PQflush(a->conn);
	if (left < 0)
		break_by_server(a);
	a->flushing = left > 0;
}

static void connect_on(struct async *a)
{
	a->poll = PQconnectPoll(a->conn);
	if (a->poll == PGRES_POLLING_FAILED) {
		break_by_server(a);
	} else if (a->poll == PGRES_POLLING_OK) {
		if (PQsetnonblocking(a->conn, 1)) {
			break_by_server(a);
			return;
		}
		a->state = ASYNC_READY;
		a->deadline = -1;
	}
}

static void drain(struct async *a)
{
	PGnotify *n;
	while (a->state == ASYNC_READY && (n = PQnotifies(a->conn))) {
		a->notice(a->arg, n->relname, n->extra);
		PQfreemem(n);
	}
}

static bool is_prepared(const struct async *a, const char *name)
{
	size_t i = 0;
	while (i < a->n_prepared && strcmp(a->prepared[i], name))
		i++;
	return i < a->n_prepared;
}

static int send(struct async *a, const struct query *q)
{
	const struct async_statement *s = &q->statement;
	const char *const *params = (const char *const *)q->params;
	if (s->name && is_prepared(a, s->name))
		return PQsendQueryPrepared(a->conn, s->name, s->n_params, params, NULL, NULL, 0);
	if (!s->name || a->n_prepared == PREPARED_MAX)
		return PQsendQueryParams(a->conn, s->sql, s->n_params, NULL, params, NULL, NULL, 0);
	a->preparing = true;
	return PQsendPrepare(a->conn, s->name, s->sql, s->n_params, NULL);
}

/* The statement that was to be prepared is: now it is asked. */
static void go_on(struct async *a)
{
	a->prepared[a->n_prepared++] = a->first->statement.name;
	if (send(a, a->first))
		flush(a);
	else
		break_by_server(a);
}

/* A prepared statement that the server has no more, or whose answer has other columns since. */
static bool is_outdated(const char *sqlstate)
{
	return !strcmp(sqlstate, "26000") || !strcmp(sqlstate, "0A000");
}

static void refuse(struct async *a, const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	answer(a, NULL, sqlstate ? sqlstate : "");
	if (sqlstate && is_outdated(sqlstate))
		break_off(a, "a prepared statement is outdated");
}

/* The whole answer of what is out has arrived. */
static void finish(struct async *a)
{
	PGresult *result = a->result;
	bool preparing = a->preparing;
	a->result = NULL;
	a->preparing = false;
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		refuse(a, result);
	else if (preparing)
		go_on(a);
	else
		answer(a, result, "");
	PQclear(result);
}

static void collect(struct async *a)
{
	while (a->state == ASYNC_READY && a->sent && !PQisBusy(a->conn)) {
		PGresult *result = PQgetResult(a->conn);
		if (result) {
			PQclear(a->result);
			a->result = result;
		} else if (a->result) {
			finish(a);
		} else {
			break_off(a, "no memory for an answer");
		}
	}
}

static void send_next(struct async *a, int64_t now)
{
	struct query *q = a->first;
	if (a->state != ASYNC_READY || a->sent || !q)
		return;
	if (!send(a, q)) {
		break_by_server(a);
		return;
	}
	a->sent = true;
	a->deadline = now + q->statement.timeout_ms;
	flush(a);
}

static void step_ready(struct async *a, int64_t now)
{
	if (!PQconsumeInput(a->conn)) {
		break_by_server(a);
		return;
	}
	if (a->flushing)
		flush(a);
	drain(a);
	collect(a);
	send_next(a, now);
	drain(a);
}

void async_step(struct async *a, int64_t now, bool ready)
{
	if (a->state == ASYNC_CONNECTING && ready)
		connect_on(a);
	if (a->state == ASYNC_READY)
		step_ready(a, now);
	if (a->state != ASYNC_BROKEN && a->deadline >= 0 && now >= a->deadline)
		break_off(a, a->state == ASYNC_READY ? "no answer within the deadline"
						      : "no connection within the deadline");
}

bool async_query(struct async *a, const struct async_statement *statement, const char *const *params,
		 async_done *done, void *arg)
{
	if (a->state == ASYNC_BROKEN)
		return false;
	struct query *q = query_new(statement, params);
	if (!q)
		return false;
	q->done = done;
	q->arg = arg;
	*a->last = q;
	a->last = &q->next;
	a->pending++;
	return true;
}

size_t async_pending(const struct async *a)
{
	return a->pending;
}

/* struct async_rows is libpq's result under a name of ours. */
static const PGresult *result_of(const struct async_rows *rows)
{
	return (const PGresult *)rows;
}

int async_count(const struct async_rows *rows)
{
	return PQntuples(result_of(rows));
}

const char *async_text(const struct async_rows *rows, int row, int column)
{
	const PGresult *r = result_of(rows);
	return PQgetisnull(r, row, column) ? NULL : PQgetvalue(r, row, column);
}

int64_t async_int(const struct async_rows *rows, int row, int column)
{
	const char *text = async_text(rows, row, column);
	return text ? strtoll(text, NULL, 10) : 0;
}

double async_real(const struct async_rows *rows, int row, int column)
{
	const char *text = async_text(rows, row, column);
	return text ? strtod(text, NULL) : 0;
}
