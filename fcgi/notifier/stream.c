#include "fcgi/notifier/stream.h"

#include <stdlib.h>

#include <event2/event.h>

#include "fcgi/notifier/poll.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"
#include "fcgi/notifier/visit.h"

enum { COMMENT_MS = 15000, LIFE_MS = 600000, STALL_MS = 10000, BATCH = 64, UNSENT_MAX = 64 * 1024 };

struct stream {
	struct event_base *base;
	struct hub *hub;
	uint64_t dropped;
};

struct listener {
	struct hub_waiter waiter;
	struct stream *stream;
	struct visit *visit;
	struct event *timer; /* the next comment; when behind, the end of patience */
	int64_t until;
	bool behind; /* there is more for it, once it has taken in what was sent */
	bool reset;  /* and what there was is gone */
};

struct stream *stream_new(struct event_base *base, struct hub *hub)
{
	struct stream *s = text_need(calloc(1, sizeof(*s)));
	s->base = base;
	s->hub = hub;
	return s;
}

void stream_free(struct stream *s)
{
	free(s);
}

uint64_t stream_dropped(const struct stream *s)
{
	return s->dropped;
}

void stream_frame(struct text *t, const struct hub *hub, const struct hub_event *e)
{
	char cursor[HUB_CURSOR];
	hub_cursor(hub, e->seq, cursor);
	text_format(t, "id: %s\ndata: ", cursor);
	text_add(t, e->json, e->n);
	text_put(t, "\n\n");
}

void stream_reset_frame(struct text *t, const struct hub *hub)
{
	char cursor[HUB_CURSOR];
	hub_cursor(hub, hub_last(hub), cursor);
	text_format(t, "event: reset\nid: %s\ndata: {\"cursor\":\"%s\",\"reset\":true}\n\n", cursor, cursor);
}

static void listener_free(struct listener *l)
{
	hub_leave(l->stream->hub, &l->waiter);
	event_free(l->timer);
	free(l);
}

static void on_gone(void *arg)
{
	listener_free(arg);
}

static void rest_for(struct listener *l, int64_t ms)
{
	struct timeval wait = tick_interval(ms);
	event_add(l->timer, &wait);
	hub_park(l->stream->hub, &l->waiter);
}

/* All that is newer, some frames at a time, until it is as much as may be unsent; then waits for more. */
static void send_news(struct listener *l)
{
	const struct hub *hub = l->stream->hub;
	const struct hub_event *e = hub_next(hub, l->waiter.after, &l->waiter.filter);
	while (e && visit_unsent(l->visit) < UNSENT_MAX) {
		struct text frames = {0};
		for (int n = 0; e && n < BATCH; n++) {
			stream_frame(&frames, hub, e);
			l->waiter.after = e->seq;
			e = hub_next(hub, e->seq, &l->waiter.filter);
		}
		visit_write(l->visit, frames.at, frames.n);
		text_free(&frames);
	}
	l->behind = e;
	if (!l->behind)
		l->waiter.after = hub_last(hub);
	rest_for(l, l->behind ? STALL_MS : COMMENT_MS);
}

static void send_reset(struct listener *l)
{
	struct text frame = {0};
	l->waiter.after = hub_last(l->stream->hub);
	l->reset = false;
	stream_reset_frame(&frame, l->stream->hub);
	visit_write(l->visit, frame.at, frame.n);
	text_free(&frame);
}

static void go_on(struct listener *l)
{
	if (l->reset)
		send_reset(l);
	send_news(l);
}

static void on_wake(struct hub_waiter *w)
{
	struct listener *l = (struct listener *)(void *)w;
	l->reset |= w->reset;
	if (l->behind)
		hub_park(l->stream->hub, w);
	else
		go_on(l);
}

static void on_drained(void *arg)
{
	struct listener *l = arg;
	if (!l->behind)
		return;
	hub_leave(l->stream->hub, &l->waiter);
	go_on(l);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;
	struct visit *v = l->visit;
	(void)fd;
	(void)what;
	hub_leave(l->stream->hub, &l->waiter);
	if (l->behind) {
		l->stream->dropped++;
		listener_free(l);
		visit_cut(v);
	} else if (tick_ms() >= l->until) {
		listener_free(l);
		visit_end(v);
	} else {
		visit_write(v, ":\n\n", 3);
		rest_for(l, COMMENT_MS);
	}
}

/* The first frames, and then whatever comes. */
static void begin(struct listener *l, const char *cursor)
{
	const struct hub *hub = l->stream->hub;
	struct text start = {0};
	text_put(&start, "retry: 2000\n\n");
	if (!hub_resume(hub, cursor, &l->waiter.after))
		stream_reset_frame(&start, hub);
	visit_write(l->visit, start.at, start.n);
	text_free(&start);
	send_news(l);
}

void stream_handle(void *arg, struct visit *v)
{
	struct stream *s = arg;
	struct hub_filter filter;
	if (!poll_filter(v, &filter)) {
		visit_problem(v, CODE_FORBIDDEN, "you have no role in this environment");
		return;
	}
	const char *cursor = visit_header(v, "Last-Event-ID");
	struct listener *l = text_need(calloc(1, sizeof(*l)));
	l->stream = s;
	l->visit = v;
	l->until = tick_ms() + LIFE_MS;
	l->timer = text_need(event_new(s->base, -1, 0, on_time, l));
	l->waiter = (struct hub_waiter){.filter = filter, .wake = on_wake};
	visit_park(v, on_gone, l);
	visit_stream(v, "text/event-stream", on_drained);
	begin(l, cursor ? cursor : v->parameters[POLL_AFTER]);
}
