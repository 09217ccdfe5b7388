/*
 * A worker that missed so many changes while its connection was gone, until it has the current configuration
 * in force: against a connection that LISTENs and reads the configuration once.
 *
 *   reconnect --database CONNINFO --owner CONNINFO --environment ENV --missed N --count N
 *
 * Both are timed from the moment that PostgreSQL began their connection, so that the pause before it, random
 * by design, is not in it. The owner must be a superuser: it writes versions past the API and ends
 * connections. Prints {"worker_ms","bare_ms"}.
 */
#include "client.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cvnworker.h>
#include <libpq-fe.h>

#include "worker_read.h"

#define NAME "bench-reconnect"

enum { WAIT_US = 30000000 };

static double wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double number(PGconn *conn, const char *sql, int n, const char *const *values)
{
	PGresult *result = PQexecParams(conn, sql, n, NULL, values, NULL, NULL, 0);

	if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) < 1)
		die(PQerrorMessage(conn));
	double value = atof(PQgetvalue(result, 0, 0));
	PQclear(result);
	return value;
}

static PGconn *connected(const char *database)
{
	PGconn *conn = PQconnectdb(database);

	if (PQstatus(conn) != CONNECTION_OK)
		die(PQerrorMessage(conn));
	return conn;
}

/* Unheard: no notification is sent. Then the worker's connection is ended. */
static int64_t miss(PGconn *owner, const char *environment, const char *missed)
{
	static const char bump[] =
		"with v as (update active_config set version = version + $2::bigint"
		" where environment = $1 returning id, version), e as ("
		" insert into active_config_entries (config_id, name, value, version, changed_at, changed_by)"
		" select id, 'CVN_ENTRY_THRESHOLD', '0.' || (version % 100000) || '1',"
		" version, now(), 'bench' from v on conflict (config_id, name)"
		" do update set value = excluded.value, version = excluded.version)"
		" select version from v";
	int64_t version = (int64_t)number(owner, bump, 2, (const char *const[]){environment, missed});

	number(owner, "select count(pg_terminate_backend(pid)) from pg_stat_activity"
		      " where application_name = '" NAME "'", 0, NULL);
	return version;
}

static double by_worker(cvn_worker *worker, PGconn *owner, int64_t version)
{
	cvn_error e = {0};
	double end = now_us() + WAIT_US;

	while (cvn_worker_version(worker) < version) {
		struct pollfd fd = {.fd = cvn_worker_fd(worker), .events = POLLIN};
		int timeout = cvn_worker_timeout_ms(worker);
		poll(&fd, 1, timeout < 0 || timeout > 1000 ? 1000 : timeout);
		if (cvn_worker_dispatch(worker, &e))
			die(e.detail);
		if (now_us() > end)
			die("the worker did not come back within thirty seconds");
	}
	double now = wall_ms();
	return now - number(owner,
			    "select extract(epoch from max(backend_start)) * 1000 from pg_stat_activity"
				   " where application_name = '" NAME "'", 0, NULL);
}

static double by_libpq(const char *database, const char *environment)
{
	PGconn *conn = connected(database);

	PQclear(PQexec(conn, "listen config_changed"));
	PGresult *result = PQexecParams(conn, read_sql, 1, NULL, &environment, NULL, NULL, 0);
	double now = wall_ms();
	if (PQntuples(result) < 1)
		die(PQerrorMessage(conn));
	PQclear(result);
	double start = number(conn, "select extract(epoch from backend_start) * 1000 from pg_stat_activity"
				    " where pid = pg_backend_pid()", 0, NULL);
	PQfinish(conn);
	return now - start;
}

static const char *option(int argc, char *argv[], const char *flag)
{
	for (int i = 1; i + 1 < argc; i += 2)
		if (!strcmp(argv[i], flag))
			return argv[i + 1];
	die(flag);
}

int main(int argc, char *argv[])
{
	const char *database = option(argc, argv, "--database");
	const char *environment = option(argc, argv, "--environment");
	const char *missed = option(argc, argv, "--missed");
	size_t count = strtoul(option(argc, argv, "--count"), NULL, 10);
	double *ours = calloc(count + 1, sizeof(*ours)), *bare = calloc(count + 1, sizeof(*bare));
	PGconn *owner = connected(option(argc, argv, "--owner"));
	cvn_options *options = cvn_options_new();
	cvn_worker *worker = NULL;
	cvn_error e = {0};
	char named[1024];

	snprintf(named, sizeof(named), "%s application_name=" NAME, database);
	PQclear(PQexec(owner, "set session_replication_role = replica"));
	if (!ours || !bare || !options || cvn_options_set(options, "database", named, &e) ||
	    cvn_options_set(options, "environment", environment, &e) ||
	    cvn_options_set(options, "worker_id", NAME, &e) || cvn_worker_open(options, &worker, &e))
		die(e.detail);
	cvn_options_free(options);
	for (size_t i = 0; i < count; i++) {
		ours[i] = by_worker(worker, owner, miss(owner, environment, missed));
		bare[i] = by_libpq(database, environment);
	}
	printf("{\"worker_ms\":%.4f,\"bare_ms\":%.4f}\n", percentile(ours, count, 50),
	       percentile(bare, count, 50));
	cvn_worker_close(worker);
	PQfinish(owner);
	free(ours);
	free(bare);
	return 0;
}
