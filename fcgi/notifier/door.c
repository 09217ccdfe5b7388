#include "fcgi/notifier/door.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/listener.h>

#include "fcgi/notifier/hub.h"
#include "fcgi/notifier/line.h"
#include "fcgi/notifier/query.h"
#include "fcgi/notifier/scope.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"
#include "fcgi/notifier/verdict.h"
#include "fcgi/notifier/visit.h"
#include "fcgi/proc/log.h"
#include "workerlib/core/name.h"

/* What a stopped reader may have the kernel keep; the longest answers are about as long. */
enum { SEND_BUFFER = 128 * 1024 };
enum { BACKLOG = 4096, FULL_PAUSE_MS = 200, ENTRANCES = 2 };

/*
 * Who is one too many is told so, up to these;
 * the descriptors beyond are for the database and the Pushgateway.
 */
enum { TURNED_AWAY = 32 };

_Static_assert((int)VISIT_PARAMETERS == (int)QUERY_NAMES, "a question holds what a query has");

struct door_entrance {
	struct door *door;
	unsigned kind;
	struct evconnlistener *listener;
	struct event *pause; /* until the next try to accept, when no descriptor is left */
	bool short_of_them;  /* and that was said */
};

/* A request until its room has it: what it asks, and who does. */
struct arrival {
	struct verdict_wait verdict; /* first */
	struct visit_question question;
	struct query query;
	const struct door_route *route;
	struct visit *visit;
};

struct door {
	const struct log *log;
	struct event_base *base;
	const struct door_route *routes;
	struct verdicts *verdicts;
	struct door_entrance entrances[ENTRANCES];
	size_t opened;
	struct lines *lines;
	size_t guests;
};

static void on_request(struct line *, const struct http_request *, enum http_outcome);

static const struct line_owner line_owner = {
	.request = on_request,
	.sent = visit_sent,
	.late = visit_late,
	.gone = visit_gone,
	.closed = visit_closed,
};

struct door *door_new(struct event_base *base, const struct door_route *routes, struct verdicts *verdicts,
		      size_t guests, const struct log *log)
{
	struct door *d = text_need(calloc(1, sizeof(*d)));
	d->base = base;
	d->lines = lines_new(base, &line_owner);
	d->routes = routes;
	d->verdicts = verdicts;
	d->guests = guests;
	d->log = log;
	return d;
}

static void shut(struct door_entrance *e)
{
	if (e->listener)
		evconnlistener_free(e->listener);
	if (e->pause)
		event_free(e->pause);
	e->listener = NULL;
	e->pause = NULL;
}

void door_close(struct door *d)
{
	for (size_t i = 0; i < d->opened; i++)
		shut(&d->entrances[i]);
	lines_drain(d->lines);
}

void door_free(struct door *d)
{
	if (!d)
		return;
	door_close(d);
	lines_free(d->lines);
	free(d);
}

bool door_empty(const struct door *d)
{
	return !lines_count(d->lines);
}

size_t door_waiting(const struct door *d)
{
	return lines_waiting(d->lines);
}

uint64_t door_dropped(const struct door *d)
{
	return lines_dropped(d->lines);
}

/* -- entrances -- */

static bool is_full(const struct door *d)
{
	return lines_count(d->lines) >= d->guests + TURNED_AWAY;
}

static void rest(struct door_entrance *e)
{
	struct timeval pause = tick_interval(FULL_PAUSE_MS);
	evconnlistener_disable(e->listener);
	event_add(e->pause, &pause);
}

static void on_pause_over(evutil_socket_t fd, short what, void *arg)
{
	struct door_entrance *e = arg;
	(void)fd;
	(void)what;
	if (is_full(e->door))
		rest(e);
	else
		evconnlistener_enable(e->listener);
}

/* Out of descriptors: without a pause the loop would spin on a listener that stays readable. */
static void run_short(struct door_entrance *e, const char *reason)
{
	if (!e->short_of_them)
		log_line(e->door->log, LOG_LEVEL_ERROR, "accept_failed",
			 (struct log_member[]){{.name = "reason", .text = reason},
					       {.name = "hint",
						.text = "raise the limit of open files (LimitNOFILE)"},
					       {0}});
	e->short_of_them = true;
	rest(e);
}

static void on_accept_error(struct evconnlistener *listener, void *arg)
{
	(void)listener;
	run_short(arg, strerror(errno));
}

static void on_accept(struct evconnlistener *listener, int fd, struct sockaddr *from, int n, void *arg)
{
	struct door_entrance *e = arg;
	(void)listener;
	(void)from;
	(void)n;
	lines_add(e->door->lines, &visit_new(e)->line, fd);
	if (is_full(e->door))
		run_short(e, "as many callers as there are descriptors for");
	else
		e->short_of_them = false;
}

static void serve(struct door *d, unsigned kind, int fd)
{
	struct door_entrance *e = &d->entrances[d->opened++];
	*e = (struct door_entrance){.door = d, .kind = kind};
	e->pause = text_need(event_new(d->base, -1, 0, on_pause_over, e));
	e->listener = text_need(evconnlistener_new(d->base, on_accept, e,
						   LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
						   BACKLOG, fd));
	evconnlistener_set_error_cb(e->listener, on_accept_error);
}

static bool fail(int fd, const char *what, const char *name, struct error *error)
{
	code_error(error, CODE_INTERNAL, what, " ", name, ": ", strerror(errno), NULL);
	if (fd >= 0)
		close(fd);
	return false;
}

/* Somebody answers at that socket: it must not be taken away from him. */
static bool is_alive(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool alive = fd >= 0 && !connect(fd, (const struct sockaddr *)address, sizeof(*address));
	if (fd >= 0)
		close(fd);
	return alive;
}

bool door_open_socket(struct door *d, const char *path, unsigned mode, struct error *error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat there;
	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return fail(-1, "cannot listen at", path, error);
	}
	memcpy(address.sun_path, path, strlen(path));
	if (is_alive(&address)) {
		errno = EADDRINUSE;
		return fail(-1, "cannot listen at", path, error);
	}
	if (!lstat(path, &there) && S_ISSOCK(there.st_mode))
		unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || chmod(path, mode))
		return fail(fd, "cannot listen at", path, error);
	serve(d, DOOR_NGINX, fd);
	return true;
}

bool door_open_port(struct door *d, uint16_t port, struct error *error)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	const int on = 1, buffer = SEND_BUFFER;
	char name[32];
	snprintf(name, sizeof(name), "127.0.0.1:%" PRIu16, port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer)) ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, BACKLOG))
		return fail(fd, "cannot listen at", name, error);
	serve(d, DOOR_PORT, fd);
	return true;
}

/* -- visits -- */

/* The path of a route that ends with "/" is followed by one segment, which is decoded after the split. */
static bool fits(const struct door_route *r, struct http_slice path, char environment[VISIT_ENVIRONMENT])
{
	size_t length = strlen(r->path);
	if (path.n < length || memcmp(path.at, r->path, length))
		return false;
	const char *rest = path.at + length;
	size_t n = path.n - length;
	if (r->path[length - 1] != '/')
		return !n;
	return !memchr(rest, '/', n) && query_decode(rest, n, environment, VISIT_ENVIRONMENT) &&
	       name_is_environment(environment, strlen(environment));
}

static const struct door_route *find(const struct door_entrance *e, struct http_slice path, char *environment)
{
	for (const struct door_route *r = e->door->routes; r->path; r++)
		if ((r->entrances & e->kind) && fits(r, path, environment))
			return r;
	return NULL;
}

static void arrival_free(struct arrival *a)
{
	verdict_cancel(&a->verdict);
	free(a->question.allowed);
	free(a);
}

/* The caller is known: the room may have it. */
static void enter(struct arrival *a)
{
	struct visit *v = a->visit;
	const struct visit_question *q = &a->question;
	v->question = q;
	if (a->route->anybody || !*q->environment || scope_has(q->allowed, q->environment))
		a->route->handle(a->route->room, v);
	else
		visit_problem(v, CODE_FORBIDDEN, "you have no role in this environment");
	v->question = NULL;
	arrival_free(a);
}

static void refuse(struct arrival *a, enum code code, const char *detail)
{
	visit_problem(a->visit, code, detail);
	arrival_free(a);
}

static void allow(struct arrival *a, const char *environments, size_t n)
{
	struct text copy = {0};
	text_add(&copy, environments, n);
	a->question.allowed = text_take(&copy);
}

static void on_verdict(struct verdict_wait *w, const struct verdict *verdict)
{
	struct arrival *a = (struct arrival *)(void *)w;
	if (verdict->code) {
		refuse(a, verdict->code, NULL);
		return;
	}
	allow(a, verdict->environments, strlen(verdict->environments));
	enter(a);
}

static void on_gone_undecided(void *arg)
{
	arrival_free(arg);
}

static void identify_by_token(struct arrival *a, const struct http_request *request)
{
	static const char scheme[] = "Bearer ";
	static const struct visit_owner undecided = {.gone = on_gone_undecided};
	const size_t n = sizeof(scheme) - 1;
	struct http_slice given = request->headers[HTTP_AUTHORIZATION];
	if (!given.at || given.n < n || strncasecmp(given.at, scheme, n)) {
		refuse(a, CODE_UNAUTHENTICATED, "send a token as Authorization: Bearer");
		return;
	}
	a->question.credential = credential_of_token(given.at + n, given.n - n);
	a->verdict.done = on_verdict;
	visit_park(a->visit, &undecided, a);
	verdict_ask(a->visit->entrance->door->verdicts, &a->question.credential, &a->verdict);
}

static void identify_by_nginx(struct arrival *a, const struct http_request *request)
{
	struct http_slice environments = request->headers[HTTP_ENVIRONMENTS];
	struct http_slice credential = request->headers[HTTP_CREDENTIAL];
	if (!request->headers[HTTP_LOGIN].n) {
		refuse(a, CODE_UNAUTHENTICATED, NULL);
		return;
	}
	if (credential.at)
		a->question.credential = credential_read(credential.at, credential.n);
	allow(a, environments.at ? environments.at : "", environments.n);
	enter(a);
}

static void identify(struct arrival *a, const struct http_request *request)
{
	if (a->route->anybody)
		enter(a);
	else if (a->visit->entrance->kind == DOOR_NGINX)
		identify_by_nginx(a, request);
	else
		identify_by_token(a, request);
}

/* What follows the "?" of the target. */
static bool read_query(struct arrival *a, struct http_slice target, size_t path, const char **why)
{
	struct text raw = {0};
	if (path < target.n)
		text_add(&raw, target.at + path + 1, target.n - path - 1);
	bool good = query_read(&a->query, raw.at, a->route->parameters, why);
	text_free(&raw);
	memcpy(a->question.parameters, a->query.values, sizeof(a->question.parameters));
	return good;
}

static bool contains(struct http_slice s, const char *words)
{
	size_t n = strlen(words), i = 0;
	while (i + n <= s.n && strncasecmp(s.at + i, words, n))
		i++;
	return s.at && i + n <= s.n;
}

static void read_wishes(struct visit_question *q, const struct http_request *request)
{
	struct http_slice cursor = request->headers[HTTP_LAST_EVENT_ID];
	q->stream = contains(request->headers[HTTP_ACCEPT], "text/event-stream");
	if (!cursor.at)
		return;
	/* One that is too long is none of ours, and must not become one by being cut. */
	snprintf(q->cursor, sizeof(q->cursor), "%.*s", cursor.n < sizeof(q->cursor) ? (int)cursor.n : 1,
		 cursor.at);
}

static void receive(struct visit *v, const struct http_request *request)
{
	struct door *d = v->entrance->door;
	struct arrival *a = text_need(calloc(1, sizeof(*a)));
	const char *mark = memchr(request->target.at, '?', request->target.n), *why;
	size_t path = mark ? (size_t)(mark - request->target.at) : request->target.n;
	a->visit = v;
	a->route = find(v->entrance, (struct http_slice){request->target.at, path}, a->question.environment);
	read_wishes(&a->question, request);
	if (!a->route)
		refuse(a, CODE_NOT_FOUND,
		       "there is nothing at this path, or a name in it is not well-formed");
	else if (!http_is(request->method, "GET"))
		refuse(a, CODE_METHOD_NOT_ALLOWED, "this path takes GET");
	else if (!read_query(a, request->target, path, &why))
		refuse(a, CODE_MALFORMED, why);
	else if (lines_count(d->lines) > d->guests && !a->route->anybody)
		refuse(a, CODE_UNAVAILABLE, "too many callers are waiting already");
	else
		identify(a, request);
}

static void on_request(struct line *l, const struct http_request *request, enum http_outcome outcome)
{
	struct visit *v = (struct visit *)(void *)l;
	visit_begin(v, request);
	if (request)
		receive(v, request);
	else if (outcome == HTTP_TOO_LONG)
		visit_problem(v, CODE_TOO_LARGE, "the head of the request is longer than 16 KiB");
	else
		visit_problem(v, CODE_MALFORMED, "this is not a request of HTTP/1.1,"
						 " or one with a chunked body, which is not taken here");
}
