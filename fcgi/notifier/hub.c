#include "fcgi/notifier/hub.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/notifier/event.h"
#include "fcgi/notifier/text.h"

struct slot {
	struct hub_event event;
	struct text json;
};

struct hub {
	uint64_t epoch, last;
	size_t room, kept;
	struct slot *ring; /* event seq lies at seq % room */
	struct hub_waiter waiting; /* head of a circle */
	size_t count;
};

static void circle(struct hub_waiter *head)
{
	head->next = head->previous = head;
}

struct hub *hub_new(uint64_t epoch, size_t room)
{
	struct hub *h = text_need(calloc(1, sizeof(*h)));
	h->ring = text_need(calloc(room, sizeof(*h->ring)));
	h->epoch = epoch;
	h->room = room;
	circle(&h->waiting);
	return h;
}

void hub_free(struct hub *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->room; i++)
		text_free(&h->ring[i].json);
	free(h->ring);
	free(h);
}

bool hub_allows(const char *allowed, const char *environment)
{
	if (!strcmp(allowed, "*"))
		return true;
	size_t n = strlen(environment);
	for (const char *at = allowed; *at;) {
		size_t length = strcspn(at, ",");
		if (length == n && !memcmp(at, environment, n))
			return true;
		at += length + (at[length] == ',');
	}
	return false;
}

static bool passes(const struct hub_filter *f, const char *environment)
{
	if (!*environment || !strcmp(environment, "*"))
		return true;
	return (!*f->only || !strcmp(f->only, environment)) && hub_allows(f->allowed, environment);
}

void hub_cursor(const struct hub *h, uint64_t seq, char out[HUB_CURSOR])
{
	snprintf(out, HUB_CURSOR, "%016" PRIx64 "-%" PRIu64, h->epoch, seq);
}

uint64_t hub_last(const struct hub *h)
{
	return h->last;
}

void hub_emit(struct hub *h, const struct event *e)
{
	char cursor[HUB_CURSOR];
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
	if (strcmp(same, cursor) || seq > h->last || seq < h->last - h->kept)
		return false;
	*after = seq;
	return true;
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

void hub_park(struct hub *h, struct hub_waiter *w)
{
	w->reset = false;
	w->next = &h->waiting;
	w->previous = h->waiting.previous;
	w->previous->next = w;
	h->waiting.previous = w;
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
}

size_t hub_waiting(const struct hub *h)
{
	return h->count;
}

/* Moves all who wait to another circle, so that who parks again meanwhile is not met twice. */
static void move_all(struct hub *h, struct hub_waiter *round)
{
	circle(round);
	if (h->waiting.next == &h->waiting)
		return;
	*round = h->waiting;
	round->next->previous = round;
	round->previous->next = round;
	circle(&h->waiting);
}

static void wake_one(struct hub *h, struct hub_waiter *w, bool reset)
{
	reset = reset || w->after < h->last - h->kept; /* the ring came round before it was woken */
	bool concerned = reset || hub_next(h, w->after, &w->filter);
	hub_leave(h, w);
	if (concerned) {
		w->reset = reset;
		w->wake(w);
	} else {
		w->after = h->last;
		hub_park(h, w);
	}
}

static void wake_all(struct hub *h, bool reset)
{
	struct hub_waiter round;
	move_all(h, &round);
	while (round.next != &round)
		wake_one(h, round.next, reset);
}

void hub_wake(struct hub *h)
{
	wake_all(h, false);
}

void hub_reset(struct hub *h, uint64_t epoch)
{
	h->epoch = epoch;
	h->last = 0;
	h->kept = 0;
	wake_all(h, true);
}
