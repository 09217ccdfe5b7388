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

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>

#include "fcgi/notifier/hub.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"
#include "fcgi/notifier/verdict.h"
#include "fcgi/notifier/visit.h"
#include "fcgi/proc/log.h"
#include "workerlib/core/name.h"

enum { BACKLOG = 4096, HEADERS_MAX = 16384, BODY_MAX = 4096, IDLE_S = 75, FULL_PAUSE_MS = 200, ENTRANCES = 2 };

struct entrance {
	struct door *door;
	enum door_entrance kind;
	struct evhttp *http;
	struct evconnlistener *listener;
	struct event *pause; /* until the next try to accept, when no descriptor is left */
};

struct door {
	const struct log *log;
	struct event_base *base;
	const struct door_route *routes;
	struct verdicts *verdicts;
	struct entrance entrances[ENTRANCES];
	size_t opened;
	struct visit *visits; /* all that have no answer yet */
	size_t count, guests;
};

static void on_request(struct evhttp_request *, void *entrance);

struct door *door_new(struct event_base *base, const struct door_route *routes, struct verdicts *verdicts,
		      size_t guests, const struct log *log)
{
	struct door *d = text_need(calloc(1, sizeof(*d)));
	d->base = base;
	d->routes = routes;
	d->verdicts = verdicts;
	d->guests = guests;
	d->log = log;
	return d;
}

void door_free(struct door *d)
{
	if (!d)
		return;
	for (struct visit *v = d->visits, *next; v; v = next) {
		next = v->next;
		verdict_cancel(&v->verdict);
		if (v->gone)
			v->gone(v->arg);
		visit_cut(v);
	}
	for (size_t i = 0; i < d->opened; i++) {
		evhttp_free(d->entrances[i].http);
		event_free(d->entrances[i].pause);
	}
	free(d);
}

/* -- entrances -- */

static void on_pause_over(evutil_socket_t fd, short what, void *arg)
{
	struct entrance *e = arg;
	(void)fd;
	(void)what;
	evconnlistener_enable(e->listener);
}

/* Out of descriptors: without a pause the loop would spin on a listener that stays readable. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
	struct entrance *e = arg;
	struct timeval pause = tick_interval(FULL_PAUSE_MS);
	log_line(e->door->log, LOG_LEVEL_ERROR, "accept_failed",
		 (struct log_member[]){{.name = "reason", .text = strerror(errno)}, {0}});
	evconnlistener_disable(listener);
	event_add(e->pause, &pause);
}

static void serve(struct door *d, enum door_entrance kind, int fd)
{
	struct entrance *e = &d->entrances[d->opened++];
	*e = (struct entrance){.door = d, .kind = kind};
	e->http = text_need(evhttp_new(d->base));
	evhttp_set_max_headers_size(e->http, HEADERS_MAX);
	evhttp_set_max_body_size(e->http, BODY_MAX);
	evhttp_set_timeout(e->http, IDLE_S);
	evhttp_set_default_content_type(e->http, NULL);
	evhttp_set_allowed_methods(e->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
						    EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH);
	evhttp_set_gencb(e->http, on_request, e);
	e->pause = text_need(event_new(d->base, -1, 0, on_pause_over, e));
	e->listener = text_need(evconnlistener_new(d->base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
						   BACKLOG, fd));
	evconnlistener_set_error_cb(e->listener, on_accept_error);
	text_need(evhttp_bind_listener(e->http, e->listener));
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
	const int on = 1;
	char name[32];
	snprintf(name, sizeof(name), "127.0.0.1:%" PRIu16, port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, BACKLOG))
		return fail(fd, "cannot listen at", name, error);
	serve(d, DOOR_PORT, fd);
	return true;
}

/* -- visits -- */

static void over(struct visit *v)
{
	struct door *d = v->door;
	*(v->previous ? &v->previous->next : &d->visits) = v->next;
	if (v->next)
		v->next->previous = v->previous;
	d->count--;
}

/* The caller's id when it is one, else one of ours. */
static void name_request(struct visit *v)
{
	const char *given = visit_header(v, "X-Request-Id");
	if (given && name_is_id(given, strlen(given)))
		snprintf(v->request_id, sizeof(v->request_id), "%s", given);
	else
		snprintf(v->request_id, sizeof(v->request_id), "%016" PRIx64 "%016" PRIx64, tick_random(),
			 tick_random());
}

static struct visit *visit_new(struct door *d, struct evhttp_request *req)
{
	struct visit *v = text_need(calloc(1, sizeof(*v)));
	v->door = d;
	v->req = req;
	v->over = over;
	v->next = d->visits;
	if (v->next)
		v->next->previous = v;
	d->visits = v;
	d->count++;
	name_request(v);
	return v;
}

/* The path of a route that ends with "/" is followed by one segment, which is decoded after the split. */
static bool fits(const struct door_route *r, const char *path, size_t n, struct visit *v)
{
	size_t length = strlen(r->path);
	if (n < length || memcmp(path, r->path, length))
		return false;
	if (r->path[length - 1] != '/')
		return n == length;
	return !memchr(path + length, '/', n - length) &&
	       query_decode(path + length, n - length, v->environment, sizeof(v->environment)) &&
	       name_is_environment(v->environment, strlen(v->environment));
}

static const struct door_route *find(const struct entrance *e, const char *target, struct visit *v)
{
	size_t n = strcspn(target, "?");
	for (const struct door_route *r = e->door->routes; r->path; r++)
		if ((r->entrances & e->kind) && fits(r, target, n, v))
			return r;
	return NULL;
}

static bool may(const struct visit *v)
{
	return v->route->anybody || !*v->environment || hub_allows(v->allowed, v->environment);
}

/* The caller is known: the room may have it. */
static void enter(struct visit *v)
{
	if (may(v))
		v->route->handle(v->route->room, v);
	else
		visit_problem(v, CODE_FORBIDDEN, "you have no role in this environment");
}

static void allow(struct visit *v, const char *environments)
{
	struct text copy = {0};
	text_put(&copy, environments);
	v->allowed = text_take(&copy);
}

static void on_verdict(struct verdict_wait *w, const struct verdict *verdict)
{
	struct visit *v = (void *)((char *)w - offsetof(struct visit, verdict));
	if (verdict->code) {
		visit_problem(v, verdict->code, NULL);
		return;
	}
	allow(v, verdict->environments);
	enter(v);
}

static void on_gone_undecided(void *arg)
{
	struct visit *v = arg;
	verdict_cancel(&v->verdict);
}

static void identify_by_token(struct visit *v)
{
	static const char scheme[] = "Bearer ";
	const char *given = visit_header(v, "Authorization");
	if (!given || strncasecmp(given, scheme, sizeof(scheme) - 1)) {
		visit_problem(v, CODE_UNAUTHENTICATED, "send a token as Authorization: Bearer");
		return;
	}
	v->verdict.done = on_verdict;
	visit_park(v, on_gone_undecided, v);
	verdict_ask(v->door->verdicts, given + sizeof(scheme) - 1, &v->verdict);
}

static void identify_by_nginx(struct visit *v)
{
	const char *login = visit_header(v, "X-Cvn-Login");
	const char *environments = visit_header(v, "X-Cvn-Environments");
	if (!login || !*login) {
		visit_problem(v, CODE_UNAUTHENTICATED, NULL);
		return;
	}
	allow(v, environments ? environments : "");
	enter(v);
}

static void identify(struct visit *v, enum door_entrance kind)
{
	if (v->route->anybody)
		enter(v);
	else if (kind == DOOR_NGINX)
		identify_by_nginx(v);
	else
		identify_by_token(v);
}

static bool read_query(struct visit *v, const char *target, const char **why)
{
	const char *mark = strchr(target, '?');
	if (!query_read(&v->query, mark ? mark + 1 : NULL, v->route->parameters, why))
		return false;
	memcpy(v->parameters, v->query.values, sizeof(v->parameters));
	return true;
}

static void on_request(struct evhttp_request *req, void *arg)
{
	struct entrance *e = arg;
	struct door *d = e->door;
	struct visit *v = visit_new(d, req);
	const char *target = evhttp_request_get_uri(req), *why;
	v->route = find(e, target, v);
	if (!v->route)
		visit_problem(v, CODE_NOT_FOUND, NULL);
	else if (evhttp_request_get_command(req) != EVHTTP_REQ_GET)
		visit_problem(v, CODE_METHOD_NOT_ALLOWED, NULL);
	else if (!read_query(v, target, &why))
		visit_problem(v, CODE_MALFORMED, why);
	else if (d->count > d->guests && !v->route->anybody)
		visit_problem(v, CODE_UNAVAILABLE, "too many callers are waiting already");
	else
		identify(v, e->kind);
}
