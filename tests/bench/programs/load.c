/*
 * So many clients that ask again as soon as they are answered, each on a connection of its own, in one loop:
 *
 *   load --port N --seconds S [--pause US] [--once 1] REQUEST-FILE...
 *
 * A file is one client's whole request; eight '@' in it become a number that differs each time. --pause: so
 * long each client waits after an answer; --once: each asks once, and it ends when all are answered. Prints
 * {"requests","refused","per_second","p50_ms","p95_ms","bytes"}: what was not answered by 200 or 304 is
 * refused, `bytes` is the body of the last answer.
 */
#include "client.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, TIMES = 4000000 };

struct client {
	int fd;
	char *request, *number; /* where the eight '@' were, or NULL */
	size_t n;
	double asked, due; /* due: when it asks again, 0 while it waits for an answer */
	struct answer answer;
};

struct load {
	int epoll, n, port;
	bool once;
	double pause;
	unsigned next;
	struct client *clients;
	double *times;
	size_t answered, refused, bytes;
};

static void ask(struct load *l, struct client *c)
{
	char digits[9];

	if (c->number) {
		snprintf(digits, sizeof(digits), "%08u", l->next++ % 100000000);
		memcpy(c->number, digits, 8);
	}
	c->due = 0;
	c->asked = now_us();
	if (send(c->fd, c->request, c->n, MSG_NOSIGNAL) != (ssize_t)c->n)
		die("a request could not be sent whole");
}

static void connect_client(const struct load *l, struct client *c)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};

	c->fd = dial(l->port);
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &event))
		die("epoll_ctl");
}

static void heard(struct load *l, struct client *c)
{
	answer_read(&c->answer, c->fd);
	if (!answer_whole(&c->answer))
		return;
	double now = now_us();

	if (l->answered < TIMES)
		l->times[l->answered++] = (now - c->asked) / 1e3;
	l->bytes = c->answer.n - c->answer.head;
	if (c->answer.status != 200 && c->answer.status != 304) {
		if (!l->refused++)
			fprintf(stderr, "load: %s\n", c->answer.text);
	}
	if (c->answer.last) {
		close(c->fd);
		connect_client(l, c);
	}
	answer_clear(&c->answer);
	if (l->once)
		return;
	if (l->pause > 0)
		c->due = now + l->pause;
	else
		ask(l, c);
}

static void ask_who_is_due(struct load *l)
{
	for (int i = 0; l->pause > 0 && i < l->n; i++) {
		struct client *c = &l->clients[i];
		if (c->due > 0 && (l->n == 1 || c->due <= now_us())) {
			sleep_until(c->due);
			ask(l, c);
		}
	}
}

static void be_born(const struct load *l, struct client *c, const char *path)
{
	c->request = file_text(path);
	c->n = strlen(c->request);
	c->number = strstr(c->request, "@@@@@@@@");
	connect_client(l, c);
}

static void run(struct load *l, double seconds)
{
	struct epoll_event events[BATCH];
	double end = now_us() + seconds * 1e6;

	for (int i = 0; i < l->n; i++)
		ask(l, &l->clients[i]);
	while (now_us() < end && !(l->once && l->answered == (size_t)l->n)) {
		int n = epoll_wait(l->epoll, events, BATCH, l->pause > 0 && l->n > 1 ? 1 : 1000);
		for (int i = 0; i < n; i++)
			heard(l, events[i].data.ptr);
		ask_who_is_due(l);
	}
}

int main(int argc, char *argv[])
{
	struct load l = {.epoll = epoll_create1(EPOLL_CLOEXEC), .next = (unsigned)(now_us() / 100)};
	double seconds = 0;
	int i = 1;

	for (; i + 1 < argc && !strncmp(argv[i], "--", 2); i += 2) {
		double value = atof(argv[i + 1]);
		if (!strcmp(argv[i], "--port"))
			l.port = (int)value;
		else if (!strcmp(argv[i], "--seconds"))
			seconds = value;
		else if (!strcmp(argv[i], "--pause"))
			l.pause = value;
		else if (!strcmp(argv[i], "--once"))
			l.once = value > 0;
		else
			die("usage: load --port N --seconds S [--pause US] REQUEST-FILE...");
	}
	l.n = argc - i;
	l.clients = calloc((size_t)argc, sizeof(*l.clients));
	l.times = calloc(TIMES, sizeof(*l.times));
	if (!l.port || seconds <= 0 || l.n < 1 || !l.clients || !l.times)
		die("usage: load --port N --seconds S [--pause US] REQUEST-FILE...");
	for (int k = 0; k < l.n; k++)
		be_born(&l, &l.clients[k], argv[i + k]);
	double start = now_us();
	run(&l, seconds);
	double took = (now_us() - start) / 1e6;
	if (!l.answered)
		die("nothing was answered");
	printf("{\"requests\":%zu,\"refused\":%zu,\"per_second\":%.2f,\"p50_ms\":%.4f,\"p95_ms\":%.4f,"
	       "\"bytes\":%zu}\n", l.answered, l.refused, (double)l.answered / took,
	       percentile(l.times, l.answered, 50), percentile(l.times, l.answered, 95), l.bytes);
	for (int k = 0; k < l.n; k++) {
		close(l.clients[k].fd);
		free(l.clients[k].request);
		answer_free(&l.clients[k].answer);
	}
	free(l.clients);
	free(l.times);
	return 0;
}
