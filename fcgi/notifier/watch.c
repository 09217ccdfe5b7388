#include "fcgi/notifier/watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "fcgi/notifier/ask.h"
#include "fcgi/notifier/poll.h"
#include "fcgi/notifier/query.h"
#include "fcgi/notifier/shared.h"
#include "fcgi/notifier/sight.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"
#include "fcgi/notifier/visit.h"
#include "fcgi/notifier/wire.h"

enum { ANSWERS = 64, ANYTHING = -1 };

const char *const watch_parameters[] = {"version", "wait", NULL};

/* One who watches. It is parked in the hub, or waits for an answer that is being made. */
struct watcher {
	struct hub_waiter waiter;
	struct watch *watch;
	struct visit *visit;
	struct event *timer;
	struct answer *answer;        /* that it waits for, or NULL */
	struct watcher *next_waiting; /* for the same answer */
	int64_t from;                 /* ANYTHING: it has no version */
	bool late;                    /* its time is up: whatever there is */
};

/* What differs from a version of an environment, as of some version. */
struct answer {
	struct watch *watch;
	char environment[SIGHT_ENVIRONMENT]; /* "" while unused */
	int64_t from, version, catalog_version;
	struct shared *body; /* NULL: there is none yet */
	bool asking;
	struct watcher *waiting;
};

struct watch {
	struct event_base *base;
	struct hub *hub;
	const struct sight *sight;
	struct wire *wire;
	struct answer answers[ANSWERS];
	size_t oldest; /* whose place is taken next */
};

static void serve(struct watcher *);

struct watch *watch_new(struct event_base *base, struct hub *hub, const struct sight *sight, struct wire *wire)
{
	struct watch *w = text_need(calloc(1, sizeof(*w)));
	w->base = base;
	w->hub = hub;
	w->sight = sight;
	w->wire = wire;
	for (size_t i = 0; i < ANSWERS; i++)
		w->answers[i].watch = w;
	return w;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < ANSWERS; i++)
		shared_drop(w->answers[i].body);
	free(w);
}

/* -- watchers -- */

static void leave_answer(struct watcher *w)
{
	if (!w->answer)
		return;
	for (struct watcher **at = &w->answer->waiting; *at; at = &(*at)->next_waiting)
		if (*at == w) {
			*at = w->next_waiting;
			break;
		}
	w->answer = NULL;
}

static void watcher_free(struct watcher *w)
{
	hub_leave(w->watch->hub, &w->waiter);
	leave_answer(w);
	event_free(w->timer);
	free(w);
}

static void on_gone(void *arg)
{
	watcher_free(arg);
}

static void finish(struct watcher *w, struct shared *body)
{
	visit_reply(w->visit, 200, "application/json", body);
	watcher_free(w);
}

static void refuse(struct watcher *w, enum code code, const char *detail)
{
	visit_problem(w->visit, code, detail);
	watcher_free(w);
}

static void park(struct watcher *w)
{
	w->waiter.after = hub_last(w->watch->hub);
	hub_park(w->watch->hub, &w->waiter);
}

static void on_wake(struct hub_waiter *waiter)
{
	serve((struct watcher *)(void *)waiter);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
	struct watcher *w = arg;
	(void)fd;
	(void)what;
	w->late = true;
	if (w->answer)
		return; /* it will be there in a moment */
	hub_leave(w->watch->hub, &w->waiter);
	serve(w);
}

/* -- answers -- */

static struct answer *answer_of(struct watch *w, const char *environment, int64_t from)
{
	for (size_t i = 0; i < ANSWERS; i++) {
		struct answer *a = &w->answers[i];
		if (a->from == from && !strcmp(a->environment, environment))
			return a;
	}
	for (size_t i = 0; i < ANSWERS; i++) {
		struct answer *a = &w->answers[w->oldest++ % ANSWERS];
		if (a->asking)
			continue;
		shared_drop(a->body);
		*a = (struct answer){.watch = w, .from = from};
		snprintf(a->environment, sizeof(a->environment), "%s", environment);
		return a;
	}
	return NULL;
}

/* A value of null is told in a delta ("it has none any more"), and left out of a whole. */
static void write_changes(struct canon *json, const struct async_rows *rows, bool full)
{
	canon_key(json, "changes");
	canon_object(json);
	for (int i = 0; i < async_count(rows); i++) {
		const char *name = async_text(rows, i, WATCH_NAME), *value = async_text(rows, i, WATCH_VALUE);
		if (name && (value || !full))
			text_member(json, name, value);
	}
	canon_end(json, '}');
}

static void write_answer(struct text *t, const struct answer *a, const struct async_rows *rows)
{
	struct canon json;
	bool full = a->from < 0 || a->from > a->version || a->version - a->from > CATCH_UP_VERSIONS;
	text_json(t, &json);
	canon_object(&json);
	text_member(&json, "environment", a->environment);
	text_member_number(&json, "version", a->version);
	text_member_number(&json, "catalog_version", a->catalog_version);
	canon_key(&json, "from");
	if (full)
		canon_null(&json);
	else
		canon_integer(&json, a->from);
	write_changes(&json, rows, full);
	canon_key(&json, "full");
	canon_bool(&json, full);
	canon_end(&json, '}');
}

/* The answer is there or failed: all who wait for it are served. */
static void release(struct answer *a, enum code code)
{
	struct watcher *waiting = a->waiting;
	a->waiting = NULL;
	while (waiting) {
		struct watcher *w = waiting;
		waiting = w->next_waiting;
		w->answer = NULL;
		if (code)
			refuse(w, code, NULL);
		else if (a->version == w->from && !w->late)
			park(w);
		else
			finish(w, a->body);
	}
}

static void take(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	struct answer *a = arg;
	struct text body = {0};
	(void)sqlstate;
	a->asking = false;
	shared_drop(a->body);
	a->body = NULL;
	if (!rows || !async_count(rows)) {
		release(a, rows ? CODE_NOT_FOUND : CODE_UNAVAILABLE);
		return;
	}
	a->version = async_int(rows, 0, WATCH_VERSION);
	a->catalog_version = async_int(rows, 0, WATCH_CATALOG);
	write_answer(&body, a, rows);
	size_t n = body.n;
	a->body = shared_new(text_take(&body), n);
	release(a, CODE_OK);
}

static bool start(struct answer *a)
{
	char from[24];
	snprintf(from, sizeof(from), "%" PRId64, a->from);
	const char *const params[] = {a->environment, a->from < 0 ? NULL : from};
	a->asking = ask(a->watch->wire, ASK_WATCH, params, take, a);
	return a->asking;
}

static bool is_fresh(const struct answer *a, const struct place *p)
{
	return a->body && a->version == p->version && a->catalog_version == a->watch->sight->catalog_version;
}

static void serve_from(struct watcher *w, struct answer *a, const struct place *p)
{
	if (!a || (!is_fresh(a, p) && !a->asking && !start(a))) {
		refuse(w, CODE_UNAVAILABLE, NULL);
	} else if (a->asking) {
		w->answer = a;
		w->next_waiting = a->waiting;
		a->waiting = w;
	} else {
		finish(w, a->body);
	}
}

/* What the watcher is due now: to wait on, or an answer. */
static void serve(struct watcher *w)
{
	const struct place *p = sight_place(w->watch->sight, w->visit->environment);
	if (!p)
		refuse(w, CODE_NOT_FOUND, NULL);
	else if (p->version == w->from && !w->late)
		park(w);
	else
		serve_from(w, answer_of(w->watch, p->environment, w->from), p);
}

void watch_handle(void *arg, struct visit *v)
{
	struct watch *watch = arg;
	const char *version = v->parameters[WATCH_PARAMETER_VERSION];
	int seconds = poll_wait(v->parameters[WATCH_PARAMETER_WAIT]);
	long long from = ANYTHING;
	if (seconds < 0 || (version && !query_number(version, &from))) {
		visit_problem(v, CODE_MALFORMED, "version is a number, and wait a number of seconds, at most 60");
		return;
	}
	if (!watch->sight->counted) {
		visit_problem(v, CODE_UNAVAILABLE, NULL);
		return;
	}
	struct watcher *w = text_need(calloc(1, sizeof(*w)));
	struct timeval wait = tick_interval(seconds * 1000);
	w->watch = watch;
	w->visit = v;
	w->from = from;
	w->late = !seconds;
	w->waiter = (struct hub_waiter){.filter = {.allowed = v->allowed, .only = v->environment}, .wake = on_wake};
	w->timer = text_need(event_new(watch->base, -1, 0, on_time, w));
	event_add(w->timer, &wait);
	visit_park(v, on_gone, w);
	serve(w);
}
