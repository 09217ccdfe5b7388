#include "workerlib/dial.h"

#include <poll.h>
#include <stdio.h>

#include "workerlib/fail.h"

int dial_check(const char *database, cvn_error *e)
{
	char *why = NULL;
	PQconninfoOption *options = PQconninfoParse(database, &why);
	int code = CVN_OK;

	if (!options)
		code = why ? fail(e, CVN_E_ARGUMENT, "database: ", why, NULL) : fail_memory(e);
	if (why)
		fail_one_line(e);
	PQconninfoFree(options);
	PQfreemem(why);
	return code;
}

/* libpq would print notices. */
static void be_silent(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

PGconn *dial_start(const char *database, const char *worker_id)
{
	char application[80];
	/* What stands before dbname the connection string may override; what stands after it may not be. */
	const struct {
		const char *name, *value;
	} settings[] = {
		{"fallback_application_name", application},
		{"keepalives_idle", "5"},
		{"keepalives_interval", "2"},
		{"keepalives_count", "3"},
		{"tcp_user_timeout", "8000"},
		{"target_session_attrs", "read-write"},
		{"dbname", database},
		{"client_encoding", "UTF8"},
	};
	enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };
	const char *names[SETTINGS + 1] = {NULL}, *values[SETTINGS + 1] = {NULL};
	PGconn *conn;

	snprintf(application, sizeof(application), "cvnworker/%s", worker_id);
	for (int i = 0; i < SETTINGS; i++) {
		names[i] = settings[i].name;
		values[i] = settings[i].value;
	}
	conn = PQconnectStartParams(names, values, 1);
	if (conn)
		PQsetNoticeReceiver(conn, be_silent, NULL);
	return conn;
}

/* libpq asks not to be called before the socket is ready. */
static int is_ready(const PGconn *conn, short events)
{
	struct pollfd p = {.fd = PQsocket(conn), .events = events};

	return poll(&p, 1, 0) > 0;
}

enum dial dial_go_on(PGconn *conn, short *events)
{
	if (!is_ready(conn, *events))
		return DIAL_GOES_ON;
	switch (PQconnectPoll(conn)) {
	case PGRES_POLLING_READING:
		*events = POLLIN;
		return DIAL_GOES_ON;
	case PGRES_POLLING_WRITING:
		*events = POLLOUT;
		return DIAL_GOES_ON;
	case PGRES_POLLING_OK:
		return PQsetnonblocking(conn, 1) == 0 ? DIAL_DONE : DIAL_FAILED;
	default:
		return DIAL_FAILED;
	}
}
