#include "fcgi/notifier/wire.h"

#include <stdio.h>
#include <stdlib.h>

#include <event2/event.h>

#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"

enum { CONNECT_MS = 3000, BACKOFF_MIN_MS = 200, BACKOFF_MAX_MS = 10000 };

struct wire {
	struct event_base *base;
	char *conninfo;
	const char *program;
	struct wire_owner owner;
	struct async *async; /* NULL between two tries */
	struct event *io, *timer;
	evutil_socket_t fd; /* what io watches */
	short flags;
	bool up, stepping;
	unsigned failures;
	char doubt[128]; /* "" when there is none */
};

static void open_now(struct wire *);
static void on_io(evutil_socket_t, short, void *);

/* Full jitter: anything between the least and a ceiling that doubles. */
static int64_t backoff(unsigned failures)
{
	int64_t ceiling = BACKOFF_MIN_MS;
	while (failures-- && ceiling < BACKOFF_MAX_MS)
		ceiling *= 2;
	if (ceiling > BACKOFF_MAX_MS)
		ceiling = BACKOFF_MAX_MS;
	return BACKOFF_MIN_MS + (int64_t)(tick_random() % (uint64_t)(ceiling - BACKOFF_MIN_MS + 1));
}

static void wake_in(struct wire *w, int64_t ms)
{
	struct timeval after = tick_interval(ms);
	event_add(w->timer, &after);
}

static void unwatch(struct wire *w)
{
	event_del(w->io);
	w->fd = -1;
	w->flags = 0;
}

static void close_now(struct wire *w, const char *reason)
{
	char why[256];
	snprintf(why, sizeof(why), "%s", reason);
	struct async *gone = w->async;
	unwatch(w);
	w->async = NULL;
	w->up = false;
	w->doubt[0] = '\0';
	async_close(gone);
	wake_in(w, backoff(w->failures));
	w->failures++;
	w->owner.down(w->owner.arg, why);
}

/* Watches what the connection wants now. */
static void watch(struct wire *w)
{
	bool in, out;
	async_wants(w->async, &in, &out);
	int fd = async_fd(w->async);
	short flags = (short)((in ? EV_READ : 0) | (out ? EV_WRITE : 0));
	if (fd != w->fd || flags != w->flags) {
		event_del(w->io);
		event_assign(w->io, w->base, fd, (short)(flags | EV_PERSIST), on_io, w);
		if (flags)
			event_add(w->io, NULL);
		w->fd = fd;
		w->flags = flags;
	}
	int64_t deadline = async_deadline(w->async);
	if (deadline >= 0)
		wake_in(w, deadline - tick_ms());
	else
		event_del(w->timer);
}

static void step(struct wire *w, bool ready)
{
	w->stepping = true;
	async_step(w->async, tick_ms(), ready);
	if (!w->up && async_state(w->async) == ASYNC_READY) {
		w->up = true;
		w->owner.up(w->owner.arg);
		async_step(w->async, tick_ms(), false);
	}
	w->stepping = false;
	if (async_state(w->async) == ASYNC_BROKEN)
		close_now(w, async_reason(w->async));
	else if (*w->doubt)
		close_now(w, w->doubt);
	else
		watch(w);
}

static void on_io(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	step(arg, true);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct wire *w = arg;
	(void)fd;
	(void)what;
	if (w->async)
		step(w, false);
	else
		open_now(w);
}

static void open_now(struct wire *w)
{
	int64_t deadline = tick_ms() + CONNECT_MS;
	w->async = text_need(async_open(w->conninfo, w->program, deadline, w->owner.notice, w->owner.arg));
	if (async_state(w->async) == ASYNC_BROKEN)
		close_now(w, async_reason(w->async));
	else
		watch(w);
}

struct wire *wire_new(struct event_base *base, const char *conninfo, const char *program,
		      const struct wire_owner *owner)
{
	struct wire *w = text_need(calloc(1, sizeof(*w)));
	struct text copy = {0};
	text_put(&copy, conninfo);
	w->conninfo = text_take(&copy);
	w->base = base;
	w->program = program;
	w->owner = *owner;
	w->fd = -1;
	w->io = text_need(event_new(base, -1, EV_PERSIST, on_io, w));
	w->timer = text_need(event_new(base, -1, 0, on_timer, w));
	wake_in(w, 0);
	return w;
}

void wire_free(struct wire *w)
{
	if (!w)
		return;
	w->up = false;
	async_close(w->async);
	event_free(w->io);
	event_free(w->timer);
	free(w->conninfo);
	free(w);
}

bool wire_up(const struct wire *w)
{
	return w->up && !*w->doubt;
}

bool wire_query(struct wire *w, const struct async_statement *statement, const char *const *params,
		async_done *done, void *arg)
{
	if (!wire_up(w) || !async_query(w->async, statement, params, done, arg))
		return false;
	if (!w->stepping)
		event_active(w->io, EV_WRITE, 0);
	return true;
}

void wire_doubt(struct wire *w, const char *reason)
{
	if (!w->async || *w->doubt)
		return;
	snprintf(w->doubt, sizeof(w->doubt), "%s", reason);
	if (!w->stepping)
		event_active(w->timer, EV_TIMEOUT, 0);
}

void wire_trust(struct wire *w)
{
	w->failures = 0;
}
