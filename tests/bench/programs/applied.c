/*
 * From a save to its being in force: one client that saves, and whoever is told, in one process and one loop.
 *
 *   applied --port N --request FILE --count N --pause US --database CONNINFO --environment ENV [--workers N]
 *   applied --port N --request FILE --count N --pause US --watch FILE
 *
 * The first form has so many workers (default 1) with libcvnworker, direct feed, and a save counts as applied
 * when the last of them has the version in force in memory. The second is etcd's HTTP gateway: FILE is the
 * request that opens the watch, and a put counts as applied when the line of the watch that names its
 * revision is there, unread. Eight '@' in the request become a number that differs each time. The pause is
 * from one save's end to the next one's start. Prints {"p50_ms","p95_ms","p99_ms","ack_ms"}.
 */
#include "client.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cvnworker.h>

enum { TICK_MS = 100, WAIT_US = 10000000, WORKERS_MAX = 1000 };

struct applied {
	int port, count, workers;
	double pause;
	const char *request, *database, *environment, *watch;
};

/* Who is told. version: the latest that all of them have; at: since when. */
struct told {
	int epoll, n;
	cvn_worker *workers[WORKERS_MAX];
	int64_t versions[WORKERS_MAX];
	double at;
	double tick;
	int watch; /* etcd's */
	struct answer stream;
};

static void open_worker(const struct applied *a, struct told *t, int i)
{
	cvn_options *options = cvn_options_new();
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
	cvn_error e = {0};
	char id[32];

	snprintf(id, sizeof(id), "bench-%d", i);
	if (!options || cvn_options_set(options, "database", a->database, &e) ||
	    cvn_options_set(options, "environment", a->environment, &e) ||
	    cvn_options_set(options, "worker_id", id, &e) || cvn_worker_open(options, &t->workers[i], &e))
		die(e.detail);
	cvn_options_free(options);
	t->versions[i] = cvn_worker_version(t->workers[i]);
	event.data.u32 = (uint32_t)i;
	if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, cvn_worker_fd(t->workers[i]), &event))
		die("epoll_ctl");
}

static void dispatch(struct told *t, int i)
{
	cvn_error e = {0};

	if (cvn_worker_dispatch(t->workers[i], &e))
		die(e.detail);
	int64_t version = cvn_worker_version(t->workers[i]);
	if (version != t->versions[i])
		t->at = now_us();
	t->versions[i] = version;
}

/* Reports and heartbeats are due by time, not by a descriptor. */
static void tick(struct told *t)
{
	double now = now_us();

	for (int i = 0; i < t->n; i++)
		if (cvn_worker_timeout_ms(t->workers[i]) == 0 || now > t->tick + TICK_MS * 1e3)
			dispatch(t, i);
	if (now > t->tick + TICK_MS * 1e3)
		t->tick = now;
}

static void open_watch(const struct applied *a, struct told *t)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = WORKERS_MAX};
	char *request = file_text(a->watch);

	t->watch = dial(a->port);
	if (send(t->watch, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
		die("the watch could not be asked for");
	free(request);
	while (!t->stream.text || !strstr(t->stream.text, "\"created\":true"))
		answer_read(&t->stream, t->watch);
	answer_clear(&t->stream);
	if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->watch, &event))
		die("epoll_ctl");
}

static int all_have(const struct told *t, int64_t version)
{
	char text[48];

	if (t->watch) {
		snprintf(text, sizeof(text), "\"mod_revision\":\"%lld\"", (long long)version);
		return t->stream.n && strstr(t->stream.text, text) && t->stream.text[t->stream.n - 1] == '\n';
	}
	for (int i = 0; i < t->n; i++)
		if (t->versions[i] < version)
			return 0;
	return 1;
}

/* Waits for what may come, until the time. Returns whether the saver's own connection is readable. */
static int turn(struct told *t, int ms)
{
	struct epoll_event events[64];
	int n = epoll_wait(t->epoll, events, 64, ms), mine = 0;

	for (int i = 0; i < n; i++) {
		if (events[i].data.u32 == WORKERS_MAX) {
			answer_read(&t->stream, t->watch);
			t->at = now_us();
		} else if (events[i].data.u32 < WORKERS_MAX) {
			dispatch(t, (int)events[i].data.u32);
		} else {
			mine = 1;
		}
	}
	tick(t);
	return mine;
}

static void rest(struct told *t, double us)
{
	double end = now_us() + us;

	while (end - now_us() > 2000)
		turn(t, (int)((end - now_us()) / 1000) - 1);
	sleep_until(end);
}

static int64_t number_after(const char *text, const char *mark)
{
	const char *at = strstr(text, mark);

	if (!at)
		die(text);
	return strtoll(at + strlen(mark), NULL, 10);
}

/* The saver's connection, in place of `old` when that was closed (-1: the first). */
static int dial_saver(const struct told *t, int port, int old)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = WORKERS_MAX + 1};
	int fd;

	if (old >= 0)
		close(old);
	fd = dial(port);
	if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl");
	return fd;
}

/*
 * One save; *ack is when it was answered.
 * Returns when it was in force everywhere, both in ms from its start.
 */
static double save(struct told *t, int *fd, const char *request, int port, struct answer *answer, double *ack)
{
	double start = now_us();
	int64_t version = 0;

	answer_clear(answer);
	if (send(*fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
		die("a save could not be sent whole");
	while (!version || !all_have(t, version)) {
		if (turn(t, TICK_MS)) {
			answer_read(answer, *fd);
			if (answer_whole(answer)) {
				*ack = (now_us() - start) / 1e3;
				if (answer->status != 200)
					die(answer->text);
				version = number_after(answer->text + answer->head,
						       t->watch ? "\"revision\":\"" : "\"version\":");
				if (answer->last)
					*fd = dial_saver(t, port, *fd);
			}
		}
		if (now_us() > start + WAIT_US)
			die("a save was not applied within ten seconds");
	}
	answer_clear(&t->stream);
	return (t->at - start) / 1e3;
}

static void run(const struct applied *a, struct told *t)
{
	double *times = calloc((size_t)a->count, sizeof(*times));
	double *acks = calloc((size_t)a->count, sizeof(*acks));
	char *template = file_text(a->request), *request = strdup(template);
	unsigned number = (unsigned)(now_us() / 100);
	struct answer answer = {0};
	int fd = dial_saver(t, a->port, -1);

	if (!times || !acks || !request)
		die("no memory");
	for (int i = 0; i < a->count; i++) {
		strcpy(request, template);
		number_write(request, number++);
		rest(t, a->pause);
		times[i] = save(t, &fd, request, a->port, &answer, &acks[i]);
	}
	printf("{\"p50_ms\":%.4f,", percentile(times, (size_t)a->count, 50));
	printf("\"p95_ms\":%.4f,", percentile(times, (size_t)a->count, 95));
	printf("\"p99_ms\":%.4f,", percentile(times, (size_t)a->count, 99));
	printf("\"ack_ms\":%.4f}\n", percentile(acks, (size_t)a->count, 50));
	answer_free(&answer);
	free(times);
	free(acks);
	free(template);
	free(request);
	close(fd);
}

static void read_arguments(struct applied *a, int argc, char *argv[])
{
	for (int i = 1; i + 1 < argc; i += 2) {
		const char *flag = argv[i], *value = argv[i + 1];
		if (!strcmp(flag, "--port"))
			a->port = atoi(value);
		else if (!strcmp(flag, "--count"))
			a->count = atoi(value);
		else if (!strcmp(flag, "--workers"))
			a->workers = atoi(value);
		else if (!strcmp(flag, "--pause"))
			a->pause = atof(value);
		else if (!strcmp(flag, "--request"))
			a->request = value;
		else if (!strcmp(flag, "--database"))
			a->database = value;
		else if (!strcmp(flag, "--environment"))
			a->environment = value;
		else if (!strcmp(flag, "--watch"))
			a->watch = value;
		else
			die(flag);
	}
	if (!a->port || !a->request || a->count < 1 || a->workers > WORKERS_MAX ||
	    (!a->watch && (!a->database || !a->environment)))
		die("usage: see the head of applied.c");
}

int main(int argc, char *argv[])
{
	struct applied a = {.workers = 1};
	struct told t = {.epoll = epoll_create1(EPOLL_CLOEXEC), .tick = now_us()};

	read_arguments(&a, argc, argv);
	if (a.watch) {
		open_watch(&a, &t);
	} else {
		for (; t.n < a.workers; t.n++)
			open_worker(&a, &t, t.n);
	}
	run(&a, &t);
	for (int i = 0; i < t.n; i++)
		cvn_worker_close(t.workers[i]);
	if (t.watch)
		close(t.watch);
	answer_free(&t.stream);
	return 0;
}
