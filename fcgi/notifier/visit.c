#include "fcgi/notifier/visit.h"

#include <stdlib.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

#include "fcgi/notifier/door.h"
#include "fcgi/notifier/problem.h"
#include "fcgi/notifier/shared.h"
#include "fcgi/notifier/text.h"

const char *visit_header(const struct visit *v, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(v->req), name);
}

/* Frees the visit; its request is libevent's from here on. */
static void finish(struct visit *v)
{
	struct evhttp_connection *connection = evhttp_request_get_connection(v->req);
	if (connection)
		evhttp_connection_set_closecb(connection, NULL, NULL);
	if (v->left)
		event_free(v->left);
	v->over(v);
	free(v->allowed);
	free(v);
}

static void tell_owner(struct visit *v)
{
	void (*gone)(void *) = v->gone;
	v->gone = NULL;
	if (gone)
		gone(v->arg);
}

/*
 * libevent closed the connection by itself. It has let go of the request when that was not answered in full, and
 * then it is ours to free.
 */
static void on_close(struct evhttp_connection *connection, void *arg)
{
	struct visit *v = arg;
	struct evhttp_request *req = v->req;
	bool ours = evhttp_request_get_connection(req) != connection;
	tell_owner(v);
	finish(v);
	if (ours)
		evhttp_request_free(req);
}

void visit_cut(struct visit *v)
{
	struct evhttp_connection *connection = evhttp_request_get_connection(v->req);
	finish(v);
	evhttp_connection_free(connection);
}

static void on_left(evutil_socket_t fd, short what, void *arg)
{
	struct visit *v = arg;
	(void)fd;
	(void)what;
	tell_owner(v);
	visit_cut(v);
}

/*
 * While a visit is parked nothing is read from its connection: libevent takes a pipelined request then for an
 * error of its own. So that the caller's leaving is seen all the same, the socket is watched beside it.
 */
void visit_park(struct visit *v, void (*gone)(void *arg), void *arg)
{
	struct evhttp_connection *connection = evhttp_request_get_connection(v->req);
	struct bufferevent *io = evhttp_connection_get_bufferevent(connection);
	v->gone = gone;
	v->arg = arg;
	if (v->left)
		return;
	bufferevent_disable(io, EV_READ);
	evhttp_connection_set_closecb(connection, on_close, v);
	v->left = text_need(event_new(bufferevent_get_base(io), bufferevent_getfd(io), EV_CLOSED, on_left, v));
	event_add(v->left, NULL);
}

static void add_headers(struct visit *v, const char *content_type)
{
	const char *const rows[][2] = {
		{"Content-Type", content_type},
		{"Cache-Control", "no-store"},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Request-Id", v->request_id},
	};
	struct evkeyvalq *headers = evhttp_request_get_output_headers(v->req);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		evhttp_add_header(headers, rows[i][0], rows[i][1]);
}

void visit_reply(struct visit *v, int status, const char *content_type, struct shared *body)
{
	struct evhttp_request *req = v->req;
	struct evbuffer *out = text_need(evbuffer_new());
	shared_append(body, out);
	add_headers(v, content_type);
	finish(v);
	evhttp_send_reply(req, status, NULL, out);
	evbuffer_free(out);
}

void visit_reply_text(struct visit *v, int status, const char *content_type, struct text *body)
{
	size_t n = body->n;
	struct shared *shared = shared_new(text_take(body), n);
	visit_reply(v, status, content_type, shared);
	shared_drop(shared);
}

static void add_hints(struct visit *v, enum code code)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(v->req);
	if (code == CODE_METHOD_NOT_ALLOWED)
		evhttp_add_header(headers, "Allow", "GET");
	else if (code == CODE_UNAVAILABLE)
		evhttp_add_header(headers, "Retry-After", "1");
	else if (code == CODE_UNAUTHENTICATED)
		evhttp_add_header(headers, "WWW-Authenticate", "Bearer realm=\"cvn\"");
}

void visit_problem(struct visit *v, enum code code, const char *detail)
{
	struct text body = {0};
	problem_write(&body, code, detail, v->request_id);
	add_hints(v, code);
	visit_reply_text(v, problem_status(code), "application/problem+json", &body);
}

void visit_stream(struct visit *v, const char *content_type, void (*drained)(void *arg))
{
	v->drained = drained;
	add_headers(v, content_type);
	evhttp_add_header(evhttp_request_get_output_headers(v->req), "X-Accel-Buffering", "no");
	evhttp_send_reply_start(v->req, 200, NULL);
}

size_t visit_unsent(const struct visit *v)
{
	struct evhttp_connection *connection = evhttp_request_get_connection(v->req);
	return evbuffer_get_length(bufferevent_get_output(evhttp_connection_get_bufferevent(connection)));
}

static void on_drained(struct evhttp_connection *connection, void *arg)
{
	struct visit *v = arg;
	(void)connection;
	v->drained(v->arg);
}

void visit_write(struct visit *v, const char *bytes, size_t n)
{
	struct evbuffer *chunk = text_need(evbuffer_new());
	if (evbuffer_add(chunk, bytes, n))
		text_need(NULL);
	evhttp_send_reply_chunk_with_cb(v->req, chunk, on_drained, v);
	evbuffer_free(chunk);
}

void visit_end(struct visit *v)
{
	struct evhttp_request *req = v->req;
	finish(v);
	evhttp_send_reply_end(req);
}
