/*
 * A crowd of clients in one process: so many long polls or streams, one loop, one line of JSON
 * for what they saw.
 *
 *   crowd --port N --clients N --path TARGET [--header LINE]... [--rounds N] [--plain]
 *         [--all-told] [--stream SECONDS] [--stopped N]
 *
 * A client polls TARGET from the cursor that it was given last. When all of them wait, "parked" is
 * printed; somebody then saves. A round is over when each has been told of one version, or ten seconds
 * are over, and what came meanwhile is printed: {"answered","missed","twice","first_ms","last_ms"},
 * counted from the first answer of the round; `twice` counts versions that a client was told again, and
 * is looked for until the next round has ended.
 *
 * Who was told asks again at once, so that the time from first to last is also that of the next
 * questions; with --all-told when all were told, so that it is the server's alone.
 *
 * --plain takes any answer for an event and asks for the same again (other servers). --stream counts versions
 * that arrive in SECONDS; the first --stopped clients never read. Who is told 503 asks again a second later,
 * as Retry-After says, from the same cursor; "put_off" counts it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 256, ROUND_MS = 10000, PUT_OFF_MS = 1000, BATCH = 512, CURSOR = 48, READ = 65536 };

enum state { UNBORN, CONNECTING, ASKING, PARKED, TOLD, STREAMING, PUT_OFF, LOST };

struct client {
	int fd;
	enum state state;
	bool told;          /* in this round */
	long long version;  /* the latest it was told */
	char cursor[CURSOR];
	double again; /* when it was put off until */
	char *in; /* an answer that is not whole yet */
	size_t n, room;
};

struct crowd {
	struct sockaddr_in to;
	const char *path;
	char headers[4096];
	int epoll;
	struct client *clients;
	size_t n, born, connecting, parked, lost, stopped, refused, waiting, put_off;
	bool plain, stream, all_told;
	/* This round. */
	bool under_way;
	size_t told;
	double first, last;
	size_t twice, skipped;
	unsigned long long events;
};

static char buffer[READ + 1];

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const char *what)
{
	fprintf(stderr, "crowd: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void watch(const struct crowd *c, struct client *one, int how, uint32_t what)
{
	struct epoll_event event = {.events = what, .data.ptr = one};
	if (epoll_ctl(c->epoll, how, one->fd, &event))
		die("epoll_ctl");
}

static void lose(struct crowd *c, struct client *one)
{
	close(one->fd);
	one->fd = -1;
	if (one->state == PUT_OFF)
		return; /* it comes again */
	c->parked -= one->state == PARKED || one->state == STREAMING;
	c->connecting -= one->state == CONNECTING;
	c->lost++;
	one->state = LOST;
}

static void be_born(struct crowd *c, struct client *one)
{
	const int on = 1, little = 4096;
	one->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (one->fd < 0)
		die("socket");
	setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if ((size_t)(one - c->clients) < c->stopped)
		setsockopt(one->fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof(little));
	if (connect(one->fd, (struct sockaddr *)&c->to, sizeof(c->to)) && errno != EINPROGRESS)
		die("connect");
	one->state = CONNECTING;
	c->connecting++;
	watch(c, one, EPOLL_CTL_ADD, EPOLLOUT);
}

/* The next question. Who has a cursor waits for news. */
static void ask(struct crowd *c, struct client *one)
{
	char text[8192];
	const char *cursor = *one->cursor && !c->plain ? one->cursor : "";
	int n = snprintf(text, sizeof(text), "GET %s%s%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s%s\r\n", c->path,
			 *cursor ? "&after=" : "", cursor, ntohs(c->to.sin_port), c->headers,
			 c->stream ? "Accept: text/event-stream\r\n" : "");
	if (send(one->fd, text, (size_t)n, MSG_NOSIGNAL) != n) {
		lose(c, one);
		return;
	}
	bool waits = c->plain || *cursor;
	one->state = c->stream ? STREAMING : waits ? PARKED : ASKING;
	c->parked += one->state != ASKING;
}

static void connected(struct crowd *c, struct client *one)
{
	int error = 0;
	socklen_t n = sizeof(error);
	getsockopt(one->fd, SOL_SOCKET, SO_ERROR, &error, &n);
	c->connecting--;
	one->state = ASKING;
	if (error) {
		lose(c, one);
		return;
	}
	bool reads = (size_t)(one - c->clients) >= c->stopped;
	watch(c, one, EPOLL_CTL_MOD, reads ? EPOLLIN : 0);
	ask(c, one);
}

static void note(struct crowd *c, struct client *one)
{
	if (one->told)
		return;
	one->told = true;
	c->last = now_ms();
	if (!c->told++)
		c->first = c->last;
}

/* Every version named in the text of a config_changed event; they come in order. */
static void read_versions(struct crowd *c, struct client *one, const char *text)
{
	static const char mark[] = "\"type\":\"config_changed\"", number[] = "\"version\":";
	while ((text = strstr(text, mark)) && (text = strstr(text, number))) {
		long long version = strtoll(text + sizeof(number) - 1, NULL, 10);
		c->events++;
		if (version <= one->version)
			c->twice++;
		else
			note(c, one);
		c->skipped += one->version && version > one->version + 1;
		one->version = version > one->version ? version : one->version;
	}
}

static void put_off(struct crowd *c, struct client *one)
{
	one->state = PUT_OFF;
	one->again = now_ms() + PUT_OFF_MS;
	c->waiting++;
	c->put_off++;
}

static void call_again(struct crowd *c)
{
	double now = c->waiting ? now_ms() : 0;
	for (size_t i = 0; c->waiting && i < c->born; i++) {
		struct client *one = &c->clients[i];
		if (one->state != PUT_OFF || one->again > now)
			continue;
		c->waiting--;
		if (one->fd < 0)
			be_born(c, one);
		else
			ask(c, one);
	}
}

static void answered(struct crowd *c, struct client *one, char *text, size_t head, size_t n)
{
	static const char mark[] = "\"cursor\":\"";
	char *body = text + head, *cursor, after = text[n];
	text[n] = '\0';
	c->parked -= one->state == PARKED;
	one->n = 0;
	if (!strncmp(text, "HTTP/1.1 503", 12)) {
		put_off(c, one);
		return;
	}
	c->refused += strncmp(text, "HTTP/1.1 200", 12) != 0;
	if (c->plain) {
		note(c, one);
	} else if ((cursor = strstr(body, mark))) {
		cursor += sizeof(mark) - 1;
		size_t length = strcspn(cursor, "\"");
		read_versions(c, one, cursor);
		if (length < CURSOR)
			snprintf(one->cursor, CURSOR, "%.*s", (int)length, cursor);
	}
	text[n] = after;
	if (c->all_told && c->under_way && one->told)
		one->state = TOLD;
	else
		ask(c, one);
}

/* Bytes of the first whole answer in the text, its head in *head; 0: there is none. */
static size_t whole(const char *text, size_t n, size_t *head)
{
	const char *end = memmem(text, n, "\r\n\r\n", 4), *length;
	if (!end)
		return 0;
	*head = (size_t)(end - text) + 4;
	length = memmem(text, *head, "Content-Length: ", 16);
	size_t all = *head + (length ? strtoul(length + 16, NULL, 10) : 0);
	return all <= n ? all : 0;
}

static void keep(struct client *one, const char *bytes, size_t n)
{
	if (one->n + n + 1 > one->room) {
		one->room = one->n + n + 1;
		one->in = realloc(one->in, one->room);
		if (!one->in)
			die("realloc");
	}
	memcpy(one->in + one->n, bytes, n);
	one->n += n;
	one->in[one->n] = '\0';
}

/* Whole lines of a stream; the rest is kept. */
static void read_stream(struct crowd *c, struct client *one)
{
	char *end = memrchr(one->in, '\n', one->n);
	if (!end)
		return;
	*end = '\0';
	read_versions(c, one, one->in);
	size_t used = (size_t)(end + 1 - one->in);
	one->n -= used;
	memmove(one->in, end + 1, one->n + 1);
}

static void readable(struct crowd *c, struct client *one)
{
	ssize_t got = recv(one->fd, buffer, READ, 0);
	size_t head, all;
	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) {
		lose(c, one);
		return;
	}
	if (!c->stream && !one->n && (all = whole(buffer, (size_t)got, &head)) == (size_t)got) {
		answered(c, one, buffer, head, all);
		return;
	}
	keep(one, buffer, (size_t)got);
	if (c->stream) {
		read_stream(c, one);
	} else if ((all = whole(one->in, one->n, &head))) {
		answered(c, one, one->in, head, all);
	}
}

static void turn(struct crowd *c, int ms)
{
	struct epoll_event events[BATCH];
	while (c->born < c->n && c->connecting < AT_ONCE)
		be_born(c, &c->clients[c->born++]);
	call_again(c);
	int n = epoll_wait(c->epoll, events, BATCH, ms);
	for (int i = 0; i < n; i++) {
		struct client *one = events[i].data.ptr;
		if (one->state == CONNECTING)
			connected(c, one);
		else if (one->state != LOST)
			readable(c, one);
	}
}

static void begin_round(struct crowd *c)
{
	c->told = 0;
	c->under_way = true;
	for (size_t i = 0; i < c->n; i++)
		c->clients[i].told = false;
}

static void wait_until_parked(struct crowd *c)
{
	double end = now_ms() + 60000;
	while (c->parked + c->lost < c->n && now_ms() < end)
		turn(c, 20);
	/* What was asked must have arrived, and not only been sent. */
	for (end = now_ms() + 300; now_ms() < end;)
		turn(c, 50);
}

static void end_round(struct crowd *c)
{
	c->under_way = false;
	for (size_t i = 0; i < c->born; i++)
		if (c->clients[i].state == TOLD)
			ask(c, &c->clients[i]);
}

static void round_of_polls(struct crowd *c)
{
	wait_until_parked(c);
	begin_round(c);
	printf("parked %zu\n", c->parked);
	fflush(stdout);
	double end = now_ms() + 600000;
	while (c->told + c->lost < c->n && now_ms() < end) {
		turn(c, 100);
		if (c->told == 1 || (c->told && end > c->first + ROUND_MS))
			end = c->first + ROUND_MS;
	}
	end_round(c);
	wait_until_parked(c); /* and whatever comes after it */
	printf("{\"answered\":%zu,\"missed\":%zu,\"twice\":%zu,\"skipped\":%zu,\"refused\":%zu,"
	       "\"put_off\":%zu,\"first_to_last_ms\":%.2f}\n", c->told, c->n - c->told, c->twice, c->skipped,
	       c->refused, c->put_off, c->last - c->first);
	fflush(stdout);
}

static void streams(struct crowd *c, int seconds)
{
	double end = now_ms() + 60000;
	while (c->parked + c->lost < c->n && now_ms() < end)
		turn(c, 100);
	printf("parked %zu\n", c->parked);
	fflush(stdout);
	for (end = now_ms() + seconds * 1000.0; now_ms() < end;)
		turn(c, 100);
	long long least = -1, most = 0;
	for (size_t i = c->stopped; i < c->n; i++) {
		least = least < 0 || c->clients[i].version < least ? c->clients[i].version : least;
		most = c->clients[i].version > most ? c->clients[i].version : most;
	}
	printf("{\"events\":%llu,\"twice\":%zu,\"skipped\":%zu,\"lost\":%zu,\"least\":%lld,\"most\":%lld}\n",
	       c->events, c->twice, c->skipped, c->lost, least, most);
}

static void add_header(struct crowd *c, const char *line)
{
	size_t n = strlen(c->headers);
	if (snprintf(c->headers + n, sizeof(c->headers) - n, "%s\r\n", line) >= (int)(sizeof(c->headers) - n))
		die("too many headers");
}

static void usage(void)
{
	fprintf(stderr,
		"usage: crowd --port N --clients N --path TARGET [--header LINE]... [--rounds N] [--plain]\n"
		"             [--all-told] [--stream SECONDS] [--stopped N]\n");
	exit(2);
}

int main(int argc, char *argv[])
{
	struct crowd c = {.path = "/", .to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}}};
	struct rlimit limit;
	int rounds = 1, seconds = 0;
	for (int i = 1; i < argc; i++) {
		const char *flag = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
		if (!strcmp(flag, "--plain")) {
			c.plain = true;
			continue;
		}
		if (!strcmp(flag, "--all-told")) {
			c.all_told = true;
			continue;
		}
		if (!value)
			usage();
		i++;
		if (!strcmp(flag, "--port"))
			c.to.sin_port = htons((uint16_t)atoi(value));
		else if (!strcmp(flag, "--clients"))
			c.n = strtoul(value, NULL, 10);
		else if (!strcmp(flag, "--path"))
			c.path = value;
		else if (!strcmp(flag, "--header"))
			add_header(&c, value);
		else if (!strcmp(flag, "--rounds"))
			rounds = atoi(value);
		else if (!strcmp(flag, "--stream"))
			seconds = atoi(value);
		else if (!strcmp(flag, "--stopped"))
			c.stopped = strtoul(value, NULL, 10);
		else
			usage();
	}
	if (!c.n || !c.to.sin_port)
		usage();
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	c.stream = seconds > 0;
	c.epoll = epoll_create1(EPOLL_CLOEXEC);
	c.clients = calloc(c.n, sizeof(*c.clients));
	if (c.epoll < 0 || !c.clients)
		die("epoll");
	if (c.stream)
		streams(&c, seconds);
	for (int i = 0; !c.stream && i < rounds; i++)
		round_of_polls(&c);
	for (size_t i = 0; i < c.n; i++)
		free(c.clients[i].in);
	free(c.clients);
	return 0;
}
