#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ = 65536, DIGITS = 8 };

double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

void sleep_until(double us)
{
	struct timespec t = {.tv_sec = (time_t)(us / 1e6)};

	t.tv_nsec = (long)((us - (double)t.tv_sec * 1e6) * 1e3);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

_Noreturn void die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

int dial(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		die(strerror(errno));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

void answer_read(struct answer *a, int fd)
{
	ssize_t got;

	if (a->room < a->n + READ + 1) {
		a->room = a->n + READ + 1;
		a->text = realloc(a->text, a->room);
		if (!a->text)
			die("no memory");
	}
	do
		got = recv(fd, a->text + a->n, READ, 0);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		die("the server closed the connection");
	a->n += (size_t)got;
	a->text[a->n] = '\0';
}

/* The last chunk is empty. */
static int chunks_whole(const struct answer *a)
{
	static const char last[] = "\r\n0\r\n\r\n";

	return a->n >= a->head + sizeof(last) - 1 &&
	       !memcmp(a->text + a->n - (sizeof(last) - 1), last, sizeof(last) - 1);
}

int answer_whole(struct answer *a)
{
	const char *end, *length, *chunked, *last;
	size_t body;

	if (!a->n || !(end = strstr(a->text, "\r\n\r\n")))
		return 0;
	a->head = (size_t)(end + 4 - a->text);
	a->status = atoi(a->text + sizeof("HTTP/1.1"));
	last = strcasestr(a->text, "\r\nconnection: close");
	a->last = last && last < end;
	chunked = strcasestr(a->text, "\r\ntransfer-encoding: chunked");
	if (chunked && chunked < end)
		return chunks_whole(a);
	length = strcasestr(a->text, "\r\ncontent-length:");
	if (a->status != 304 && a->status != 204 && (!length || length > end))
		die("an answer without Content-Length");
	body = 0;
	if (a->status != 304 && a->status != 204)
		body = strtoul(length + sizeof("\r\ncontent-length:") - 1, NULL, 10);
	return a->n >= a->head + body;
}

void answer_clear(struct answer *a)
{
	a->n = a->head = 0;
	a->status = a->last = 0;
}

void answer_free(struct answer *a)
{
	free(a->text);
}

char *file_text(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	if (!file || getdelim(&text, &room, '\0', file) < 0)
		die(path);
	fclose(file);
	return text;
}

void number_write(char *request, unsigned number)
{
	char digits[DIGITS + 1], *at = strstr(request, "@@@@@@@@");

	if (!at)
		return;
	snprintf(digits, sizeof(digits), "%08u", number % 100000000);
	memcpy(at, digits, DIGITS);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double percentile(double *list, size_t n, double p)
{
	size_t rank = (size_t)((double)n * p / 100);

	qsort(list, n, sizeof(*list), ascending);
	return list[rank < n ? rank : n - 1];
}
