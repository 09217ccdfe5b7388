#include "workerlib/feed_listen.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workerlib/backoff.h"
#include "workerlib/clock.h"
#include "workerlib/core/payload.h"
#include "workerlib/dial.h"
#include "workerlib/fail.h"
#include "workerlib/history.h"
#include "workerlib/proof.h"
#include "workerlib/report.h"
#include "workerlib/reported.h"
#include "workerlib/resolved.h"
#include "workerlib/snapshot.h"
#include "workerlib/sqlstate.h"

enum {
	CONNECT_MS = 3000,
	ANSWER_MS = 3000,
	/* Anyone may notify: a read that brought nothing new makes the next one wait. */
	USELESS_READ_MS = 200,
	/* A report may overtake the notification of what it tells by this much. */
	SUSPECT_MS = 1000,
	/* News that follow each other this fast share a report. */
	REPORT_GAP_MS = 100,
	/* All who were told of a version read it before most of them report. */
	REPORT_SPREAD_MS = 100
};

/* Each step sends a statement and takes its result; the table at the end of the file has a row for each. */
enum step {
	STEP_DOWN,
	STEP_CONNECT,
	STEP_LISTEN,
	STEP_PROVE,
	STEP_READ,
	STEP_IDLE,
	STEP_REPORT,
	STEP_PREPARE_READ,
	STEP_PREPARE_REPORT,
	STEPS
};

struct listen {
	struct feed feed; /* first */
	struct feed_client client;
	struct feed_identity identity;
	char *database;

	PGconn *conn;
	uint64_t serial; /* of the connection */
	short events;    /* to wait for */
	bool up;         /* the client was told so */
	bool prepared;   /* both statements are */
	enum step step;
	int64_t deadline; /* of the step; when DOWN: when to connect again */
	unsigned failures;

	bool read_due; /* something may be newer than what was read */
	int64_t hint;  /* the newest version notified since the last read began */
	int64_t read_not_before;
	bool report_due;
	int64_t last_report;
	int64_t report_not_before;
	int64_t last_notify;    /* -1: none */
	uint64_t report_number; /* of the report on its way */
	int64_t version;        /* last read; -1: read again */
	int64_t catalog_version;
	struct snapshot *whole; /* a copy of the last whole read; NULL: read all */
	bool of_entries;        /* the read on its way is of entries alone */
	struct history history;
	int64_t suspect;    /* a version that a report told and no notification did */
	int64_t suspect_at; /* when that is a doubt about LISTEN; CLOCK_NEVER: there is none */
};

static const struct step_row {
	const char *name;
	int deadline_ms; /* 0: none */
	bool (*send)(struct listen *, int64_t now);
	void (*take)(struct listen *, const PGresult *, int64_t now);
	enum step next;
} steps[STEPS];

static void fall(struct listen *l, int code, const char *why, int64_t now);

/* ---- the wire ---- */

static bool send_query(struct listen *l, const char *sql, int n, const char *const *values)
{
	return PQsendQueryParams(l->conn, sql, n, NULL, values, NULL, NULL, 0) == 1;
}

/*
 * A statement that is prepared once the connection has nothing better to do:
 * to plan it takes as long as to run it.
 */
struct kept {
	const char *name, *sql;
};

static const struct kept kept_entries = {"cvn_entries", resolved_entries_sql},
			 kept_report = {"cvn_report", reported_sql};

static bool send_kept(struct listen *l, const struct kept *kept, int n, const char *const *values)
{
	if (!l->prepared)
		return send_query(l, kept->sql, n, values);
	return PQsendQueryPrepared(l->conn, kept->name, n, values, NULL, NULL, 0) == 1;
}

static bool prepare(struct listen *l, const struct kept *kept)
{
	return PQsendPrepare(l->conn, kept->name, kept->sql, 0, NULL) == 1;
}

static bool prepare_read_send(struct listen *l, int64_t now)
{
	(void)now;
	return prepare(l, &kept_entries);
}

static bool prepare_report_send(struct listen *l, int64_t now)
{
	(void)now;
	return prepare(l, &kept_report);
}

static void prepared_take(struct listen *l, const PGresult *result, int64_t now)
{
	(void)result;
	(void)now;
	l->prepared = true;
}

/* ---- LISTEN, and the proof that it holds ---- */

static bool listen_send(struct listen *l, int64_t now)
{
	(void)now;
	/*
	 * Set here, for a pool would refuse it among the
	 * options of the connection before it can be recognised.
	 */
	return PQsendQuery(l->conn, "set statement_timeout = '5s'; listen " PAYLOAD_CHANNEL) == 1;
}

static bool prove_send(struct listen *l, int64_t now)
{
	(void)now;
	return send_query(l, proof_sql, 0, NULL);
}

static void prove_take(struct listen *l, const PGresult *result, int64_t now)
{
	const char *why = proof_fails(result, PQbackendPID(l->conn));

	if (why)
		fall(l, CVN_E_REFUSED, why, now);
}

/* ---- reading a configuration ---- */

static bool read_send(struct listen *l, int64_t now)
{
	(void)now;
	l->read_due = false;
	l->hint = 0;
	/* Over a new connection as well: a stamp is of one catalog only, whichever server has it. */
	l->of_entries = l->whole != NULL;
	if (l->of_entries)
		return send_kept(l, &kept_entries, 1, &l->identity.environment);
	return send_query(l, resolved_sql, 1, &l->identity.environment);
}

static void forget_whole(struct listen *l)
{
	snapshot_unref(l->whole);
	l->whole = NULL;
}

static void read_again(struct listen *l, int64_t now)
{
	l->version = -1;
	l->read_due = true;
	l->read_not_before = now + USELESS_READ_MS;
}

/*
 * Who is waiting to report waits no longer for another version,
 * so that however many come it is told in time.
 */
static void spread_report(struct listen *l, int64_t now)
{
	if (!l->report_due)
		l->report_not_before = now + backoff_below(REPORT_SPREAD_MS);
}

/* NULL: no memory. */
static struct snapshot *snapshot_of(struct listen *l, const PGresult *result)
{
	struct snapshot *s;

	if (l->of_entries)
		return resolved_over(l->whole, result);
	s = resolved_snapshot(result);
	if (s)
		l->whole = snapshot_copy(s);
	return s;
}

static void read_take(struct listen *l, const PGresult *result, int64_t now)
{
	struct snapshot *s;
	int64_t version, catalog_version;

	if (!resolved_exists(result)) {
		fall(l, CVN_E_REFUSED, "there is no such environment", now);
		return;
	}
	/* The catalog is another one: this time everything. */
	if (l->of_entries && !resolved_is_of(l->whole, result)) {
		forget_whole(l);
		l->read_due = true;
		return;
	}
	s = snapshot_of(l, result);
	if (!s) {
		forget_whole(l);
		read_again(l, now);
		return;
	}
	version = s->version;
	catalog_version = s->catalog_version;
	if (version == l->version && catalog_version == l->catalog_version)
		l->read_not_before = now + USELESS_READ_MS;
	l->version = version;
	l->catalog_version = catalog_version;
	if (!l->client.received(l->client.arg, s))
		read_again(l, now);
	else if (l->up)
		spread_report(l, now);
	else {
		l->up = true;
		l->client.link(l->client.arg, CVN_OK, NULL);
	}
}

/* ---- reporting, which is the heartbeat ---- */

static bool report_send_filled(struct listen *l, const struct report *r, int64_t now)
{
	struct reported parameters;

	reported_fill(&parameters, &l->identity, r, l->last_notify < 0 ? -1 : now - l->last_notify);
	return send_kept(l, &kept_report, REPORTED_PARAMETERS, parameters.values);
}

/* Without memory there is no report now; the next heartbeat tries again, and the platform sees a silence. */
static bool report_send(struct listen *l, int64_t now)
{
	struct report r = {0};
	bool ok = true;

	l->report_due = false;
	l->last_report = now;
	if (l->client.report(l->client.arg, &r)) {
		l->report_number = r.number;
		ok = report_send_filled(l, &r, now);
	} else {
		l->step = STEP_IDLE;
		l->deadline = CLOCK_NEVER;
	}
	report_free(&r);
	return ok;
}

/* It is read at once; but a listener that was not told of it may be deaf. */
static void suspect(struct listen *l, int64_t version, int64_t now)
{
	if (l->suspect_at != CLOCK_NEVER)
		return;
	l->suspect = version;
	l->suspect_at = now + SUSPECT_MS;
}

static void report_take(struct listen *l, const PGresult *result, int64_t now)
{
	struct reported_current current;

	if (!reported_answer(result, &current)) {
		fall(l, CVN_E_LINK, "a report was not answered", now);
		return;
	}
	if (!history_goes_on(&l->history, current.version, current.head)) {
		fall(l, CVN_E_LINK, history_is_another, now);
		return;
	}
	if (current.version != l->version || current.catalog_version != l->catalog_version)
		l->read_due = true;
	if (current.version != l->version && current.version > l->hint)
		suspect(l, current.version, now);
	/*
	 * Only now has all been done that a connection is for:
	 * one that is refused later is tried ever less often.
	 */
	l->failures = 0;
	l->client.reported(l->client.arg, l->report_number);
}

/* ---- steps ---- */

static void nothing_take(struct listen *l, const PGresult *result, int64_t now)
{
	(void)l;
	(void)result;
	(void)now;
}

static const struct step_row steps[STEPS] = {
	[STEP_DOWN] = {"wait", 0, NULL, NULL, STEP_DOWN},
	[STEP_CONNECT] = {"connect", CONNECT_MS, NULL, NULL, STEP_LISTEN},
	[STEP_LISTEN] = {"LISTEN", ANSWER_MS, listen_send, nothing_take, STEP_PROVE},
	[STEP_PROVE] = {"the check of LISTEN", ANSWER_MS, prove_send, prove_take, STEP_READ},
	[STEP_READ] = {"reading the configuration", ANSWER_MS, read_send, read_take, STEP_IDLE},
	[STEP_IDLE] = {"idle", 0, NULL, NULL, STEP_IDLE},
	[STEP_REPORT] = {"a report", ANSWER_MS, report_send, report_take, STEP_IDLE},
	[STEP_PREPARE_READ] = {"preparing the read", ANSWER_MS, prepare_read_send, nothing_take,
			       STEP_PREPARE_REPORT},
	[STEP_PREPARE_REPORT] = {"preparing the report", ANSWER_MS, prepare_report_send, prepared_take,
				 STEP_IDLE},
};

/* Any doubt: never mend a connection, start afresh. */
static void fall(struct listen *l, int code, const char *why, int64_t now)
{
	cvn_error e;

	/* Copied first: it may be the connection's own text. */
	fail(&e, code, why, NULL);
	fail_one_line(&e);
	PQfinish(l->conn);
	l->conn = NULL;
	l->step = STEP_DOWN;
	l->failures++;
	l->deadline = now + backoff_ms(l->failures);
	l->up = false;
	l->client.link(l->client.arg, e.code, e.detail);
}

static void enter(struct listen *l, enum step step, int64_t now)
{
	const struct step_row *row = &steps[step];

	l->step = step;
	l->deadline = row->deadline_ms ? now + row->deadline_ms : CLOCK_NEVER;
	if (row->send && !row->send(l, now))
		fall(l, CVN_E_LINK, l->conn ? PQerrorMessage(l->conn) : "the link is lost", now);
}

static void connect_now(struct listen *l, int64_t now)
{
	l->serial++;
	l->conn = dial_start(l->database, l->identity.worker_id);
	if (!l->conn || PQstatus(l->conn) == CONNECTION_BAD) {
		fall(l, l->conn ? CVN_E_LINK : CVN_E_NO_MEMORY,
		     l->conn ? PQerrorMessage(l->conn) : "out of memory", now);
		return;
	}
	l->events = POLLOUT;
	l->prepared = false;
	l->read_due = false;
	l->read_not_before = 0;
	l->suspect_at = CLOCK_NEVER;
	l->report_due = true;
	l->last_report = now - REPORT_GAP_MS;
	l->report_not_before = now;
	enter(l, STEP_CONNECT, now);
}

static void connect_go_on(struct listen *l, int64_t now)
{
	/* It tries one address after the other, each with a socket of its own. */
	l->serial++;
	switch (dial_go_on(l->conn, &l->events)) {
	case DIAL_GOES_ON:
		break;
	case DIAL_DONE:
		enter(l, STEP_LISTEN, now);
		break;
	case DIAL_FAILED:
		fall(l, CVN_E_LINK, PQerrorMessage(l->conn), now);
		break;
	}
}

/* Before there is a prepared statement none can be outdated: who says so then has not what is asked for. */
static bool passes(const struct listen *l, const char *sqlstate)
{
	return sqlstate_passes(sqlstate) || (l->prepared && sqlstate_outdates(sqlstate));
}

/* The answer is an error: of the link, or by the server, which has an SQLSTATE. */
static void take_error(struct listen *l, const PGresult *result, int64_t now)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	fall(l, state && !passes(l, state) ? CVN_E_REFUSED : CVN_E_LINK,
	     text ? text : PQerrorMessage(l->conn), now);
}

static bool is_good(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

/* Results until the statement is complete (NULL), then the next step. */
static void take_results(struct listen *l, int64_t now)
{
	while (l->conn && steps[l->step].take && !PQisBusy(l->conn)) {
		enum step step = l->step;
		PGresult *result = PQgetResult(l->conn);
		if (!result)
			enter(l, steps[step].next, now);
		else if (is_good(result))
			steps[step].take(l, result, now);
		else
			take_error(l, result, now);
		PQclear(result);
	}
}

static void note_notification(struct listen *l, const char *text, int64_t now)
{
	struct payload p;

	if (!payload_read(text, &p) || strcmp(p.environment, l->identity.environment) != 0)
		return;
	l->last_notify = now;
	if (strcmp(p.key, "*") == 0)
		l->read_due = true;
	if (p.version > l->hint)
		l->hint = p.version;
	if (p.version >= l->suspect)
		l->suspect_at = CLOCK_NEVER;
}

static void drain_notifications(struct listen *l, int64_t now)
{
	PGnotify *n;

	while (l->conn && (n = PQnotifies(l->conn)) != NULL) {
		if (strcmp(n->relname, PAYLOAD_CHANNEL) == 0)
			note_notification(l, n->extra, now);
		PQfreemem(n);
	}
}

static int64_t report_at(const struct listen *l)
{
	int64_t gap = l->report_due ? REPORT_GAP_MS : l->identity.heartbeat_ms, at = l->last_report + gap;

	return at > l->report_not_before ? at : l->report_not_before;
}

static bool wants_read(const struct listen *l)
{
	return l->read_due || l->hint > l->version;
}

/* Nothing is under way: begin what is due. */
static void begin_due(struct listen *l, int64_t now)
{
	if (now >= l->suspect_at)
		fall(l, CVN_E_LINK, "a version was not notified", now);
	else if (wants_read(l) && now >= l->read_not_before)
		enter(l, STEP_READ, now);
	else if (now >= report_at(l))
		enter(l, STEP_REPORT, now);
	else if (!l->prepared)
		enter(l, STEP_PREPARE_READ, now);
}

static void talk(struct listen *l, int64_t now)
{
	int unsent;

	if (PQconsumeInput(l->conn) == 0) {
		fall(l, CVN_E_LINK, PQerrorMessage(l->conn), now);
		return;
	}
	take_results(l, now);
	drain_notifications(l, now);
	if (l->conn && l->step == STEP_IDLE)
		begin_due(l, now);
	if (!l->conn)
		return;
	unsent = PQflush(l->conn);
	if (unsent < 0)
		fall(l, CVN_E_LINK, PQerrorMessage(l->conn), now);
	else
		l->events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;
}

/* ---- the feed ---- */

static struct listen *listen_of(const struct feed *feed)
{
	return (struct listen *)(uintptr_t)feed;
}

static void listen_dispatch(struct feed *feed, int64_t now)
{
	struct listen *l = listen_of(feed);
	char why[96];

	if (l->step == STEP_DOWN) {
		if (now >= l->deadline)
			connect_now(l, now);
		return;
	}
	if (l->step == STEP_CONNECT)
		connect_go_on(l, now);
	else
		talk(l, now);
	/* What has come counts, also when it was we who were late. */
	if (l->step != STEP_DOWN && now >= l->deadline) {
		snprintf(why, sizeof(why), "no answer in time: %s", steps[l->step].name);
		fall(l, CVN_E_LINK, why, now);
	}
}

static int listen_descriptor(const struct feed *feed, short *events, uint64_t *serial)
{
	const struct listen *l = listen_of(feed);

	*events = l->events;
	*serial = l->serial;
	return l->conn ? PQsocket(l->conn) : -1;
}

static int64_t listen_deadline(const struct feed *feed)
{
	const struct listen *l = listen_of(feed);
	int64_t at = l->deadline;

	if (l->step != STEP_IDLE)
		return at;
	if (report_at(l) < at)
		at = report_at(l);
	if (l->suspect_at < at)
		at = l->suspect_at;
	if (wants_read(l) && l->read_not_before < at)
		at = l->read_not_before;
	return at;
}

static void listen_news(struct feed *feed)
{
	listen_of(feed)->report_due = true;
}

static void listen_abandon(struct feed *feed)
{
	const struct listen *l = listen_of(feed);

	if (PQsocket(l->conn) >= 0)
		close(PQsocket(l->conn));
}

static void listen_free(struct feed *feed)
{
	struct listen *l = listen_of(feed);

	PQfinish(l->conn);
	snapshot_unref(l->whole);
	free(l->database);
	free(l);
}

static const struct feed_kind listen_kind = {
	.dispatch = listen_dispatch,
	.descriptor = listen_descriptor,
	.deadline = listen_deadline,
	.news = listen_news,
	.abandon = listen_abandon,
	.free = listen_free,
};

struct feed *feed_listen_new(const char *database, const struct feed_identity *identity,
			     const struct feed_client *client, cvn_error *e)
{
	struct listen *l;

	if (dial_check(database, e) != CVN_OK)
		return NULL;
	l = calloc(1, sizeof(*l));
	if (l)
		l->database = strdup(database);
	if (!l || !l->database) {
		free(l);
		fail_memory(e);
		return NULL;
	}
	l->feed.kind = &listen_kind;
	l->client = *client;
	l->identity = *identity;
	l->step = STEP_DOWN;
	l->version = -1;
	l->last_notify = -1;
	l->suspect_at = CLOCK_NEVER;
	return &l->feed;
}
