#include "fcgi/notifier/rounds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "fcgi/notifier/desk.h"
#include "fcgi/notifier/metrics.h"
#include "fcgi/notifier/push.h"
#include "fcgi/notifier/scrape.h"
#include "fcgi/notifier/states.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"

/* A worker's group, as we left it at the gateway. */
struct group {
	char worker[65];
	bool there; /* until the gateway agreed to delete it */
	bool met;   /* in this round */
};

struct rounds {
	struct desk *desk;
	struct scrape *scrape;
	struct push *push;
	struct event *timer;
	struct group *groups;
	size_t n, room;
	bool pushed, stopped, deleted;
};

/* A worker not met before may have a group that an earlier notifier left. */
static struct group *group_of(struct rounds *r, const char *worker)
{
	for (size_t i = 0; i < r->n; i++)
		if (!strcmp(r->groups[i].worker, worker))
			return &r->groups[i];
	if (r->n == r->room) {
		r->room = r->room ? 2 * r->room : 16;
		r->groups = text_need(realloc(r->groups, r->room * sizeof(*r->groups)));
	}
	struct group *g = &r->groups[r->n++];
	*g = (struct group){.there = true};
	snprintf(g->worker, sizeof(g->worker), "%s", worker);
	return g;
}

static void push_worker(struct rounds *r, const struct worker *w)
{
	struct group *g = group_of(r, w->id);
	struct text body = {0};
	g->met = true;
	if (states_counts(w)) {
		metrics_worker(&body, w);
		push_put(r->push, w->id, &body);
		g->there = true;
	} else if (g->there) {
		push_delete(r->push, w->id);
	}
	text_free(&body);
}

/* Groups of workers that are on no list any more. */
static void sweep(struct rounds *r)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->n; i++) {
		struct group *g = &r->groups[i];
		bool gone = !g->met;
		g->met = false;
		if (gone && g->there)
			push_delete(r->push, g->worker);
		if (!gone || g->there)
			r->groups[kept++] = *g;
	}
	r->n = kept;
}

static void on_deleted(void *arg, const char *worker)
{
	struct rounds *r = arg;
	for (size_t i = 0; i < r->n; i++)
		if (!strcmp(r->groups[i].worker, worker))
			r->groups[i].there = false;
}

static void on_refreshed(void *arg)
{
	struct rounds *r = arg;
	struct metrics_source source;
	struct text body = {0};
	if (r->stopped)
		return;
	r->pushed = true;
	scrape_source(r->scrape, &source);
	metrics_service(&body, &source);
	push_put(r->push, NULL, &body);
	text_free(&body);
	if (!source.states->known)
		return;
	for (size_t i = 0; i < source.states->n; i++)
		push_worker(r, &source.states->workers[i]);
	sweep(r);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
	struct rounds *r = arg;
	(void)fd;
	(void)what;
	desk_refresh(r->desk, on_refreshed, r);
}

struct rounds *rounds_new(struct event_base *base, struct desk *desk, struct scrape *scrape,
			  struct push *push, int64_t interval_ms)
{
	struct rounds *r = text_need(calloc(1, sizeof(*r)));
	struct timeval every = tick_interval(interval_ms);
	r->desk = desk;
	r->scrape = scrape;
	r->push = push;
	push_on_deleted(push, on_deleted, r);
	r->timer = text_need(event_new(base, -1, EV_PERSIST, on_time, r));
	event_add(r->timer, &every);
	return r;
}

void rounds_stop(struct rounds *r)
{
	r->stopped = true;
	event_del(r->timer);
}

static void delete_all(struct rounds *r)
{
	if (r->pushed)
		push_delete(r->push, NULL);
	for (size_t i = 0; i < r->n; i++)
		if (r->groups[i].there)
			push_delete(r->push, r->groups[i].worker);
	r->deleted = true;
}

bool rounds_over(struct rounds *r)
{
	if (r->stopped && !r->deleted && push_idle(r->push))
		delete_all(r);
	return r->deleted && push_idle(r->push);
}

void rounds_free(struct rounds *r)
{
	if (!r)
		return;
	push_on_deleted(r->push, NULL, NULL);
	event_free(r->timer);
	free(r->groups);
	free(r);
}
