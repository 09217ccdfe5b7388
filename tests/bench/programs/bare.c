/*
 * The least that a save told to many can be with this schema: libpq alone, the statements of a save and a
 * worker's one read, and nothing that checks, reports or keeps.
 *
 *   bare --writer CONNINFO --reader CONNINFO --environment ENV --listeners N --count N --pause US
 *
 * The writer sends what fcgi/ops sends, in the same two pipelines; each listener reads the entries in
 * one statement when it is notified (several hints of one commit are one read). Prints
 * {"p50_ms","p95_ms","p99_ms"}: from the save's begin until the last listener has its rows.
 */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <libpq-fe.h>

#include "worker_read.h"

#define NAME "CVN_ENTRY_THRESHOLD"

enum { WAIT_US = 10000000 };

struct listener {
	PGconn *conn;
	int reading, due; /* a read is on its way; another one is wanted after it */
	long long version;
};

struct bare {
	PGconn *writer;
	struct listener *listeners;
	int n, epoll;
	const char *environment;
	char old[16];
	double at;
};

/*
 * The statements of a save, in order;
 * those before the write are one round trip, the write and the commit another.
 */
static const char *const reads[] = {
	"begin isolation level read committed",
	"select pg_current_xact_id()::text",
	"select version, locked_by, case when frozen_until is not null"
	" then greatest(1, ceil(extract(epoch from frozen_until - clock_timestamp())))::bigint end, 0,"
	" to_char(frozen_until at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), catalog_stamp"
	" from config_lock($1)",
	"select e.name, e.value from active_config c join active_config_entries e on e.config_id = c.id"
	" where c.environment = $1 union all select l, null from catalog_loosened(array['editor']) l",
};

static const char write_sql[] = "select version from config_write($1, 'save', $2::bigint, $3::jsonb,"
				" $4::jsonb, repeat('0', 64), 'editor', null, 'bench', 'bench', null)";

enum { READS = sizeof(reads) / sizeof(*reads), LOCK = 2 };

static PGconn *connected(const char *database)
{
	PGconn *conn = PQconnectdb(database);

	if (PQstatus(conn) != CONNECTION_OK)
		die(PQerrorMessage(conn));
	return conn;
}

static void check(PGconn *conn, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_SYNC)
		die(PQerrorMessage(conn));
	PQclear(result);
}

static void prepare(PGconn *conn, const char *name, const char *sql)
{
	check(conn, PQprepare(conn, name, sql, 0, NULL));
}

static void open_writer(struct bare *b, const char *database)
{
	char name[8];

	b->writer = connected(database);
	for (int i = 0; i < READS; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		prepare(b->writer, name, reads[i]);
	}
	prepare(b->writer, "write", write_sql);
	prepare(b->writer, "commit", "commit");
	if (!PQenterPipelineMode(b->writer))
		die("no pipeline");
}

static void open_listener(struct bare *b, struct listener *l, const char *database)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = l};

	l->conn = connected(database);
	check(l->conn, PQexec(l->conn, "listen config_changed"));
	prepare(l->conn, "read", entries_sql);
	if (epoll_ctl(b->epoll, EPOLL_CTL_ADD, PQsocket(l->conn), &event))
		die("epoll_ctl");
}

static void send_prepared(PGconn *conn, const char *name, int n, const char *const *values)
{
	if (!PQsendQueryPrepared(conn, name, n, values, NULL, NULL, 0))
		die(PQerrorMessage(conn));
}

/* The next result of a pipeline that has rows or is done; what ends each query is passed over. */
static PGresult *next_result(PGconn *conn)
{
	PGresult *result = PQgetResult(conn);

	return result ? result : PQgetResult(conn);
}

static long long read_under_lock(struct bare *b)
{
	long long version = 0;
	char name[8];

	for (int i = 0; i < READS; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		send_prepared(b->writer, name, strstr(reads[i], "$1") != NULL, &b->environment);
	}
	PQpipelineSync(b->writer);
	for (int i = 0; i < READS; i++) {
		PGresult *result = next_result(b->writer);
		if (i == LOCK)
			version = atoll(PQgetvalue(result, 0, 0));
		check(b->writer, result);
	}
	check(b->writer, next_result(b->writer));
	return version;
}

static long long save(struct bare *b, unsigned number)
{
	char base[24], now[16], changes[80], diff[160];
	long long version = read_under_lock(b);

	snprintf(now, sizeof(now), "0.%08u1", number % 100000000);
	snprintf(base, sizeof(base), "%lld", version);
	snprintf(changes, sizeof(changes), "{\"" NAME "\":\"%s\"}", now);
	snprintf(diff, sizeof(diff), "[{\"name\":\"" NAME "\",\"old\":\"%s\",\"new\":\"%s\"}]", b->old, now);
	send_prepared(b->writer, "write", 4, (const char *const[]){b->environment, base, changes, diff});
	send_prepared(b->writer, "commit", 0, NULL);
	PQpipelineSync(b->writer);
	for (int i = 0; i < 3; i++)
		check(b->writer, next_result(b->writer));
	strcpy(b->old, now);
	return version + 1;
}

static void read_now(const struct bare *b, struct listener *l)
{
	l->due = 0;
	l->reading = 1;
	send_prepared(l->conn, "read", 1, &b->environment);
}

static void hear(struct bare *b, struct listener *l)
{
	PGnotify *note;

	if (!PQconsumeInput(l->conn))
		die(PQerrorMessage(l->conn));
	while (l->reading && !PQisBusy(l->conn)) {
		PGresult *result = PQgetResult(l->conn);
		if (!result) {
			l->reading = 0;
			break;
		}
		l->version = atoll(PQgetvalue(result, 0, 1));
		check(l->conn, result);
		b->at = now_us();
	}
	while ((note = PQnotifies(l->conn))) {
		l->due = 1;
		PQfreemem(note);
	}
	if (l->due && !l->reading)
		read_now(b, l);
}

static void wait_for_all(struct bare *b, long long version)
{
	struct epoll_event events[64];
	double end = now_us() + WAIT_US;
	int behind = 1;

	while (behind) {
		int n = epoll_wait(b->epoll, events, 64, 100);
		for (int i = 0; i < n; i++)
			hear(b, events[i].data.ptr);
		behind = 0;
		for (int i = 0; i < b->n; i++)
			behind |= b->listeners[i].version < version;
		if (behind && now_us() > end)
			die("a listener was not told within ten seconds");
	}
}

static const char *option(int argc, char *argv[], const char *flag)
{
	for (int i = 1; i + 1 < argc; i += 2)
		if (!strcmp(argv[i], flag))
			return argv[i + 1];
	die(flag);
}

static void current_value(struct bare *b, const char *database)
{
	PGconn *conn = connected(database);
	static const char sql[] =
		"select value from resolved_config where environment = $1 and name = '" NAME "'";
	PGresult *result = PQexecParams(conn, sql, 1, NULL, &b->environment, NULL, NULL, 0);

	if (PQntuples(result) != 1)
		die(PQerrorMessage(conn));
	snprintf(b->old, sizeof(b->old), "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	PQfinish(conn);
}

int main(int argc, char *argv[])
{
	struct bare b = {.environment = option(argc, argv, "--environment"),
			 .n = atoi(option(argc, argv, "--listeners")), .epoll = epoll_create1(EPOLL_CLOEXEC)};
	int count = atoi(option(argc, argv, "--count"));
	double pause = atof(option(argc, argv, "--pause")), *times = calloc((size_t)count, sizeof(*times));
	unsigned number = (unsigned)(now_us() / 100);

	b.listeners = calloc((size_t)b.n, sizeof(*b.listeners));
	if (!times || !b.listeners)
		die("no memory");
	current_value(&b, option(argc, argv, "--writer"));
	open_writer(&b, option(argc, argv, "--writer"));
	for (int i = 0; i < b.n; i++)
		open_listener(&b, &b.listeners[i], option(argc, argv, "--reader"));
	for (int i = 0; i < count; i++) {
		sleep_until(now_us() + pause);
		double start = now_us();
		wait_for_all(&b, save(&b, number++));
		times[i] = (b.at - start) / 1e3;
	}
	printf("{\"p50_ms\":%.4f,", percentile(times, (size_t)count, 50));
	printf("\"p95_ms\":%.4f,\"p99_ms\":%.4f}\n", percentile(times, (size_t)count, 95),
	       percentile(times, (size_t)count, 99));
	for (int i = 0; i < b.n; i++)
		PQfinish(b.listeners[i].conn);
	PQfinish(b.writer);
	free(b.listeners);
	free(times);
	return 0;
}
