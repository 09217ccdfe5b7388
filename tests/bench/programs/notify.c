/*
 * The commit of a bare PostgreSQL that notifies so many listening connections:
 *
 *   notify --database CONNINFO --listeners N --count N --pause US
 *
 * Each commit writes a row and notifies; the listeners read what comes and do nothing. Prints
 * {"p50_ms","p95_ms"}.
 */
#include "client.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include <libpq-fe.h>

struct listeners {
	PGconn **conns;
	int n, epoll;
	atomic_bool stop;
};

static PGconn *open_with(const char *database, const char *sql)
{
	PGconn *conn = PQconnectdb(database);

	if (PQstatus(conn) != CONNECTION_OK)
		die(PQerrorMessage(conn));
	PGresult *result = PQexec(conn, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		die(PQerrorMessage(conn));
	PQclear(result);
	return conn;
}

static void *drain(void *arg)
{
	struct listeners *l = arg;
	struct epoll_event events[64];

	while (!atomic_load(&l->stop)) {
		int n = epoll_wait(l->epoll, events, 64, 50);
		for (int i = 0; i < n; i++) {
			PGnotify *note;
			if (!PQconsumeInput(events[i].data.ptr))
				die("a listener lost its connection");
			while ((note = PQnotifies(events[i].data.ptr)))
				PQfreemem(note);
		}
	}
	return NULL;
}

static const char *option(int argc, char *argv[], const char *flag)
{
	for (int i = 1; i + 1 < argc; i += 2)
		if (!strcmp(argv[i], flag))
			return argv[i + 1];
	die(flag);
}

static void commit(PGconn *writer)
{
	PGresult *result = PQexec(writer, "begin; insert into bench_notify values (1);"
					  " notify bench, 'a hint'; commit");

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		die(PQerrorMessage(writer));
	PQclear(result);
}

int main(int argc, char *argv[])
{
	const char *database = option(argc, argv, "--database");
	int count = atoi(option(argc, argv, "--count"));
	double pause = atof(option(argc, argv, "--pause"));
	struct listeners l = {
		.n = atoi(option(argc, argv, "--listeners")), .epoll = epoll_create1(EPOLL_CLOEXEC)};
	double *times = calloc((size_t)count, sizeof(*times));
	struct rlimit limit;
	pthread_t thread;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	l.conns = calloc((size_t)l.n, sizeof(PGconn *));
	if (!times || !l.conns)
		die("no memory");
	PGconn *writer = open_with(database, "set client_min_messages = warning;"
					     " create table if not exists bench_notify (n int)");
	for (int i = 0; i < l.n; i++) {
		l.conns[i] = open_with(database, "listen bench");
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = l.conns[i]};
		if (epoll_ctl(l.epoll, EPOLL_CTL_ADD, PQsocket(l.conns[i]), &event))
			die("epoll_ctl");
	}
	pthread_create(&thread, NULL, drain, &l);
	for (int i = 0; i < count; i++) {
		sleep_until(now_us() + pause);
		double start = now_us();
		commit(writer);
		times[i] = (now_us() - start) / 1e3;
	}
	atomic_store(&l.stop, true);
	pthread_join(thread, NULL);
	printf("{\"p50_ms\":%.4f,\"p95_ms\":%.4f}\n", percentile(times, (size_t)count, 50),
	       percentile(times, (size_t)count, 95));
	for (int i = 0; i < l.n; i++)
		PQfinish(l.conns[i]);
	PQfinish(writer);
	free(l.conns);
	free(times);
	return 0;
}
