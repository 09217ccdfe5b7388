#include "fcgi/notifier/wheel.h"

#include <stddef.h>
#include <stdlib.h>

#include <event2/event.h>

#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"

enum { SLOT_MS = 100, SLOTS = WHEEL_MAX_MS / SLOT_MS + 2 };

struct wheel {
	struct event *timer;
	void (*due)(struct wheel_seat *);
	int64_t now; /* the slot that was emptied last, counted from the clock's zero */
	size_t seated;
	struct wheel_seat slots[SLOTS]; /* heads of circles */
};

static int64_t slot_now(void)
{
	return tick_ms() / SLOT_MS;
}

static void start(struct wheel *w)
{
	struct timeval every = tick_interval(SLOT_MS);
	w->now = slot_now();
	event_add(w->timer, &every);
}

static void empty(struct wheel *w, struct wheel_seat *head)
{
	while (head->next != head) {
		struct wheel_seat *seat = head->next;
		wheel_leave(w, seat);
		w->due(seat);
	}
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct wheel *w = arg;
	int64_t now = slot_now();
	(void)fd;
	(void)what;
	if (now - w->now > SLOTS)
		w->now = now - SLOTS; /* the process was stopped: each slot once is enough */
	while (w->now < now)
		empty(w, &w->slots[++w->now % SLOTS]);
	if (!w->seated)
		event_del(w->timer);
}

struct wheel *wheel_new(struct event_base *base, void (*due)(struct wheel_seat *))
{
	struct wheel *w = text_need(calloc(1, sizeof(*w)));
	for (size_t i = 0; i < SLOTS; i++)
		w->slots[i].next = w->slots[i].previous = &w->slots[i];
	w->due = due;
	w->timer = text_need(event_new(base, -1, EV_PERSIST, on_tick, w));
	return w;
}

void wheel_free(struct wheel *w)
{
	if (!w)
		return;
	event_free(w->timer);
	free(w);
}

void wheel_leave(struct wheel *w, struct wheel_seat *seat)
{
	if (!seat->next)
		return;
	seat->previous->next = seat->next;
	seat->next->previous = seat->previous;
	*seat = (struct wheel_seat){0};
	w->seated--;
}

void wheel_sit(struct wheel *w, struct wheel_seat *seat, int64_t ms)
{
	wheel_leave(w, seat);
	if (!w->seated++ && !event_pending(w->timer, EV_TIMEOUT, NULL))
		start(w);
	if (ms > WHEEL_MAX_MS)
		ms = WHEEL_MAX_MS;
	/* Rounded up, and one more for the part of this slot that is over. */
	int64_t slot = slot_now() + (ms + SLOT_MS - 1) / SLOT_MS + 1;
	if (slot > w->now + SLOTS - 1)
		slot = w->now + SLOTS - 1; /* the wheel is late itself */
	struct wheel_seat *head = &w->slots[slot % SLOTS];
	seat->next = head;
	seat->previous = head->previous;
	head->previous->next = seat;
	head->previous = seat;
}
