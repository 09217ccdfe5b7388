#include "fcgi/notifier/hub.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/notifier/event.h"
#include "fcgi/notifier/scope.h"
#include "fcgi/notifier/text.h"

struct slot {
	struct hub_event event;
	struct text json;
};

/* Those who wait with one filter. All of them have seen the same, or they would not wait. */
struct hub_group {
	struct hub_group *next;
	struct hub_filter filter; /* its words are below */
	uint64_t after;
	size_t n;
	struct hub_waiter waiting, woken; /* heads of circles */
	struct hub_news news;             /* of the woken */
	char words[];
};

struct hub {
	uint64_t epoch, last;
	size_t room, kept;
	struct slot *ring; /* event seq lies at seq % room */
	struct hub_group *groups;
	size_t count;
	bool waking, closing, hushed;
};

static void circle(struct hub_waiter *head)
{
	head->next = head->previous = head;
}

/* Groups without anyone. */
static void sweep(struct hub *h)
{
	for (struct hub_group **at = &h->groups, *g; (g = *at);) {
		if (g->n) {
			at = &g->next;
		} else {
			*at = g->next;
			free(g);
		}
	}
}

struct hub *hub_new(uint64_t epoch, size_t room)
{
	struct hub *h = text_need(calloc(1, sizeof(*h)));
	h->ring = text_need(calloc(room, sizeof(*h->ring)));
	h->epoch = epoch;
	h->room = room;
	return h;
}

void hub_free(struct hub *h)
{
	if (!h)
		return;
	while (h->groups) {
		struct hub_group *g = h->groups;
		h->groups = g->next;
		free(g);
	}
	for (size_t i = 0; i < h->room; i++)
		text_free(&h->ring[i].json);
	free(h->ring);
	free(h);
}

static bool passes(const struct hub_filter *f, const char *environment)
{
	if (!*environment || scope_is_all(environment))
		return true;
	return (!*f->only || !strcmp(f->only, environment)) && scope_has(f->allowed, environment);
}

void hub_cursor(const struct hub *h, uint64_t seq, char out[HUB_CURSOR])
{
	snprintf(out, HUB_CURSOR, "%016" PRIx64 "-%" PRIu64, h->epoch, seq);
}

uint64_t hub_last(const struct hub *h)
{
	return h->last;
}

bool hub_closing(const struct hub *h)
{
	return h->closing;
}

uint64_t hub_epoch(const struct hub *h)
{
	return h->epoch;
}

void hub_emit(struct hub *h, const struct event *e)
{
	char cursor[HUB_CURSOR];
	if (h->hushed)
		return;
	uint64_t seq = ++h->last;
	struct slot *s = &h->ring[seq % h->room];
	hub_cursor(h, seq, cursor);
	text_clear(&s->json);
	event_write(&s->json, cursor, e);
	s->event = (struct hub_event){.seq = seq, .json = s->json.at, .n = s->json.n};
	snprintf(s->event.environment, sizeof(s->event.environment), "%s", e->environment);
	if (h->kept < h->room)
		h->kept++;
}

/* Both numbers in full, in the form hub_cursor() writes them: one cursor has one text. */
bool hub_resume(const struct hub *h, const char *cursor, uint64_t *after)
{
	*after = h->last;
	if (!cursor)
		return false;
	const char *dash = strchr(cursor, '-');
	if (!dash)
		return false;
	uint64_t seq = strtoull(dash + 1, NULL, 10);
	char same[HUB_CURSOR];
	hub_cursor(h, seq, same);
	if (strcmp(same, cursor) || !hub_holds(h, seq))
		return false;
	*after = seq;
	return true;
}

bool hub_holds(const struct hub *h, uint64_t after)
{
	return after <= h->last && after >= h->last - h->kept;
}

const struct hub_event *hub_next(const struct hub *h, uint64_t after, const struct hub_filter *f)
{
	uint64_t oldest = h->last - h->kept;
	for (uint64_t seq = (after < oldest ? oldest : after) + 1; seq <= h->last; seq++) {
		const struct hub_event *e = &h->ring[seq % h->room].event;
		if (passes(f, e->environment))
			return e;
	}
	return NULL;
}

static struct hub_group *group_of(struct hub *h, const struct hub_filter *f)
{
	for (struct hub_group *g = h->groups; g; g = g->next)
		if (!strcmp(g->filter.only, f->only) && !strcmp(g->filter.allowed, f->allowed))
			return g;
	size_t allowed = strlen(f->allowed) + 1, only = strlen(f->only) + 1;
	struct hub_group *g = text_need(calloc(1, sizeof(*g) + allowed + only));
	memcpy(g->words, f->allowed, allowed);
	memcpy(g->words + allowed, f->only, only);
	g->filter = (struct hub_filter){.allowed = g->words, .only = g->words + allowed};
	circle(&g->waiting);
	circle(&g->woken);
	g->next = h->groups;
	h->groups = g;
	return g;
}

void hub_park(struct hub *h, struct hub_waiter *w, const struct hub_filter *f)
{
	struct hub_group *g = group_of(h, f);
	if (g->waiting.next == &g->waiting)
		g->after = h->last;
	w->group = g;
	w->next = &g->waiting;
	w->previous = g->waiting.previous;
	w->previous->next = w;
	g->waiting.previous = w;
	g->n++;
	h->count++;
}

void hub_leave(struct hub *h, struct hub_waiter *w)
{
	if (!w->next)
		return;
	w->previous->next = w->next;
	w->next->previous = w->previous;
	w->next = w->previous = NULL;
	h->count--;
	if (!--w->group->n && !h->waking)
		sweep(h);
}

size_t hub_waiting(const struct hub *h)
{
	return h->count;
}

/* Moves all who wait to the circle of the woken, so that who parks again meanwhile is not met twice. */
static void move_all(struct hub_group *g)
{
	if (g->waiting.next == &g->waiting)
		return;
	g->woken = g->waiting;
	g->woken.next->previous = &g->woken;
	g->woken.previous->next = &g->woken;
	circle(&g->waiting);
}

/* Who is concerned is moved aside, before the first is woken and may do who knows what. */
static void gather(struct hub *h, struct hub_group *g, enum hub_why why)
{
	if (why == HUB_NEWS && g->after < h->last - h->kept)
		why = HUB_RESET; /* the ring came round before they were woken */
	bool concerned = why != HUB_NEWS || hub_next(h, g->after, &g->filter);
	if (concerned) {
		g->news = (struct hub_news){.why = why, .after = g->after, .filter = &g->filter};
		move_all(g);
	}
	g->after = h->last;
}

static void wake_group(struct hub *h, struct hub_group *g)
{
	while (g->woken.next != &g->woken) {
		struct hub_waiter *w = g->woken.next;
		hub_leave(h, w);
		w->wake(w, &g->news);
	}
}

static void wake_all(struct hub *h, enum hub_why why)
{
	h->waking = true;
	for (struct hub_group *g = h->groups; g; g = g->next)
		gather(h, g, why);
	for (struct hub_group *g = h->groups; g; g = g->next)
		wake_group(h, g);
	h->waking = false;
	sweep(h);
}

void hub_wake(struct hub *h)
{
	wake_all(h, HUB_NEWS);
}

void hub_close(struct hub *h)
{
	h->closing = true;
	wake_all(h, HUB_CLOSING);
}

void hub_reset(struct hub *h, uint64_t epoch)
{
	h->epoch = epoch;
	h->last = 0;
	h->kept = 0;
	h->hushed = false;
	wake_all(h, HUB_RESET);
}

void hub_hush(struct hub *h)
{
	h->hushed = true;
}
