#include "fcgi/notifier/line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "fcgi/notifier/outbox.h"
#include "fcgi/notifier/shared.h"
#include "fcgi/notifier/text.h"

enum { BATCH = 512, LINGER_MS = 2000 };

enum {
	IDLE,    /* between two requests, or in the middle of one */
	SERVED,  /* its request is with the owner */
	WRITING, /* a part of the answer is on its way, more will come */
	TAKEN,   /* it was taken in, and the owner is told next */
	ENDING,  /* the last part is on its way */
	PARTING  /* all was said; until the peer closes too */
};

struct lines {
	const struct line_owner *owner;
	struct wheel *wheel;
	struct outbox *outbox; /* what is sent at the end of this turn */
	struct event *ready, *turn;
	int epoll;
	struct line *all, *dead;
	size_t count;
	uint64_t dropped;
	bool draining, turning;
	/* Who goes on after that. */
	struct line **again;
	size_t n_again, again_room;
	char buffer[HTTP_HEAD_MAX + 1]; /* for reading, within one call */
};

static void pump(struct line *);

static void end_turn(struct lines *all)
{
	if (!all->turning)
		event_active(all->turn, EV_TIMEOUT, 0);
}

/* -- the end of a line -- */

static void in_free(struct line *l)
{
	if (l->in)
		text_free(l->in);
	free(l->in);
	l->in = NULL;
}

/* Something may still point to it: it is buried at the end of the turn. */
void line_cut(struct line *l)
{
	struct lines *all = l->lines;
	if (l->fd < 0)
		return;
	close(l->fd);
	l->fd = -1;
	wheel_leave(all->wheel, &l->seat);
	in_free(l);
	piece_free(l->rest);
	l->rest = NULL;
	*(l->previous ? &l->previous->next : &all->all) = l->next;
	if (l->next)
		l->next->previous = l->previous;
	l->next = all->dead;
	all->dead = l;
	all->count--;
	end_turn(all);
}

/* The peer is gone, or shall be. */
static void lose(struct line *l)
{
	bool waits = l->state == SERVED || l->state == WRITING || l->state == TAKEN;
	if (l->fd < 0)
		return;
	line_cut(l);
	if (waits)
		l->lines->owner->gone(l);
}

static void bury(struct lines *all)
{
	while (all->dead) {
		struct line *l = all->dead;
		all->dead = l->next;
		all->owner->closed(l);
	}
}

/* The peer reads our last words before it hears that we are gone. */
static void part(struct line *l)
{
	l->state = PARTING;
	shutdown(l->fd, SHUT_WR);
	wheel_sit(l->lines->wheel, &l->seat, LINGER_MS);
	l->readable = true;
	pump(l);
}

/* -- out -- */

/* In the next turn of the loop, so that nobody who calls us is called by us. */
static void call_again(struct line *l)
{
	struct lines *all = l->lines;
	if (all->n_again == all->again_room) {
		all->again_room = all->again_room ? 2 * all->again_room : 64;
		all->again = text_need(realloc(all->again, all->again_room * sizeof(*all->again)));
	}
	all->again[all->n_again++] = l;
	end_turn(all);
}

/* All of it was taken in. */
static void finish(struct line *l)
{
	if (l->state == WRITING) {
		l->state = TAKEN;
		wheel_leave(l->lines->wheel, &l->seat);
		call_again(l);
	} else if (l->ending || l->lines->draining) {
		part(l);
	} else {
		l->state = IDLE;
		wheel_sit(l->lines->wheel, &l->seat, LINE_IDLE_MS);
		if (l->readable || l->in)
			call_again(l);
	}
}

static int where(void *receiver, struct piece **rest)
{
	const struct line *l = receiver;
	*rest = l->rest;
	return l->fd;
}

/* Nothing that is called from here posts: what is posted next comes after all of these. */
static void conclude(void *receiver, struct piece *p, ssize_t sent)
{
	struct line *l = receiver;
	l->posted = false;
	if (l->fd < 0)
		return;
	if (sent < 0 && sent != -EAGAIN) {
		lose(l);
		return;
	}
	p->at += sent > 0 ? (size_t)sent : 0;
	if (piece_whole(p)) {
		piece_free(l->rest);
		l->rest = NULL;
		finish(l);
		return;
	}
	if (!l->rest)
		l->rest = piece_keep(p);
	if (sent > 0 || !l->seat.next)
		wheel_sit(l->lines->wheel, &l->seat, LINE_STALL_MS);
}

static void flush(struct lines *all)
{
	static const struct outbox_user user = {.where = where, .sent = conclude};
	outbox_send(all->outbox, &user);
}

/* s NULL: what is left of before. */
static void post(struct line *l, struct shared *s, const char *id)
{
	struct lines *all = l->lines;
	if (outbox_full(all->outbox))
		flush(all);
	outbox_add(all->outbox, l, s, id);
	l->posted = true;
	end_turn(all);
}

static void give(struct line *l, struct shared *s, const char *id, uint8_t state)
{
	if (l->fd < 0)
		return;
	l->state = state;
	l->ending |= s->last;
	wheel_leave(l->lines->wheel, &l->seat);
	post(l, s, id);
}

void line_answer(struct line *l, struct shared *s, const char *id)
{
	give(l, s, id, ENDING);
}

void line_write(struct line *l, struct shared *s, const char *id)
{
	give(l, s, id, WRITING);
}

void line_wait(struct line *l, int64_t ms)
{
	if (l->fd >= 0)
		wheel_sit(l->lines->wheel, &l->seat, ms);
}

/* -- in -- */

static void keep(struct line *l, const char *bytes, size_t n)
{
	if (!n)
		return;
	l->in = text_need(calloc(1, sizeof(*l->in)));
	text_add(l->in, bytes, n);
}

/* What the peer has sent so far, in the buffer of all. False: the line is no more. */
static bool gather(struct line *l, size_t *n)
{
	struct lines *all = l->lines;
	*n = l->in ? l->in->n : 0;
	if (*n)
		memcpy(all->buffer, l->in->at, *n);
	in_free(l);
	size_t room = sizeof(all->buffer) - *n;
	ssize_t got = l->readable ? recv(l->fd, all->buffer + *n, room, MSG_DONTWAIT) : -EAGAIN;
	if (!got || (got < 0 && l->readable && errno != EAGAIN && errno != EINTR)) {
		lose(l);
		return false;
	}
	l->readable = got == (ssize_t)room || (got < 0 && l->readable && errno == EINTR);
	*n += got > 0 ? (size_t)got : 0;
	return true;
}

/* True: there may be another one. */
static bool read_request(struct line *l)
{
	struct lines *all = l->lines;
	struct http_request request;
	size_t n;
	if (!gather(l, &n) || !n)
		return false;
	enum http_outcome outcome = http_read(all->buffer, n, &request);
	if (outcome == HTTP_MORE) {
		keep(l, all->buffer, n);
		return l->readable;
	}
	l->state = SERVED;
	wheel_leave(all->wheel, &l->seat);
	l->ending |= outcome != HTTP_WHOLE || !request.keep;
	if (outcome == HTTP_WHOLE)
		keep(l, all->buffer + request.head, n - request.head);
	all->owner->request(l, outcome == HTTP_WHOLE ? &request : NULL, outcome);
	return false; /* the next one, after the answer */
}

/* What a peer still says to whom has nothing to answer. */
static void discard(struct line *l)
{
	struct lines *all = l->lines;
	ssize_t got = l->readable ? recv(l->fd, all->buffer, sizeof(all->buffer), MSG_DONTWAIT) : -1;
	if (!got || (got < 0 && l->readable && errno != EAGAIN && errno != EINTR))
		line_cut(l);
	else if (got == (ssize_t)sizeof(all->buffer))
		call_again(l);
	else
		l->readable = false;
}

static void pump(struct line *l)
{
	while (l->fd >= 0 && l->state == IDLE && read_request(l))
		;
	if (l->fd >= 0 && l->state == PARTING)
		discard(l);
}

/*
 * The peer has closed its end.
 * What it asked for before is not worth waiting for, but an answer on its way is.
 */
static void leave(struct line *l)
{
	if (l->fd < 0)
		return;
	if (l->state == ENDING)
		l->ending = true;
	else
		lose(l);
}

static void on_event(struct line *l, uint32_t what)
{
	if (l->fd < 0)
		return;
	l->readable |= (what & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
	if (what & (EPOLLHUP | EPOLLERR)) {
		lose(l);
		return;
	}
	if ((what & EPOLLOUT) && l->rest && !l->posted)
		post(l, NULL, "");
	pump(l);
	if (what & EPOLLRDHUP)
		leave(l);
}

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct epoll_event events[BATCH];
	(void)what;
	(void)arg;
	int n = epoll_wait(fd, events, BATCH, 0);
	for (int i = 0; i < n; i++)
		on_event(events[i].data.ptr, events[i].events);
}

static void go_on(struct line *l)
{
	if (l->fd < 0)
		return;
	if (l->state == TAKEN) {
		l->state = SERVED;
		l->lines->owner->sent(l);
	} else {
		pump(l);
	}
}

/* The end of a turn: what was to be sent is sent, who may go on does, who is gone is buried. */
static void on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct lines *all = arg;
	(void)fd;
	(void)what;
	all->turning = true;
	flush(all);
	size_t n = all->n_again;
	for (size_t i = 0; i < n; i++)
		go_on(all->again[i]);
	if (n && n < all->n_again)
		memmove(all->again, all->again + n, (all->n_again - n) * sizeof(*all->again));
	all->n_again -= n;
	all->turning = false;
	if (all->n_again || !outbox_empty(all->outbox))
		event_add(all->turn, &(struct timeval){0}); /* after a look at the sockets */
	else
		bury(all);
}

static void on_due(struct wheel_seat *seat)
{
	struct line *l = (struct line *)(void *)seat;
	if (l->state == SERVED) {
		l->lines->owner->late(l);
		return;
	}
	if (l->state == ENDING || l->state == WRITING)
		l->lines->dropped++;
	lose(l);
}

/* -- all of them -- */

struct lines *lines_new(struct event_base *base, const struct line_owner *owner)
{
	struct lines *all = text_need(calloc(1, sizeof(*all)));
	all->owner = owner;
	all->wheel = wheel_new(base, on_due);
	all->outbox = text_need(outbox_new());
	all->epoll = epoll_create1(EPOLL_CLOEXEC);
	all->ready = text_need(event_new(base, all->epoll, EV_READ | EV_PERSIST, on_ready, all));
	all->turn = text_need(event_new(base, -1, 0, on_turn, all));
	event_add(all->ready, NULL);
	return all;
}

void lines_free(struct lines *all)
{
	if (!all)
		return;
	while (all->all)
		lose(all->all);
	bury(all);
	event_free(all->ready);
	event_free(all->turn);
	close(all->epoll);
	outbox_free(all->outbox);
	wheel_free(all->wheel);
	free(all->again);
	free(all);
}

void lines_add(struct lines *all, struct line *l, int fd)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = l};
	l->lines = all;
	l->fd = fd;
	l->state = IDLE;
	l->next = all->all;
	if (l->next)
		l->next->previous = l;
	all->all = l;
	all->count++;
	wheel_sit(all->wheel, &l->seat, LINE_IDLE_MS);
	if (epoll_ctl(all->epoll, EPOLL_CTL_ADD, fd, &event))
		line_cut(l);
}

size_t lines_count(const struct lines *all)
{
	return all->count;
}

/* Walked, not kept: it is asked for every few seconds, and the states change all the time. */
size_t lines_waiting(const struct lines *all)
{
	size_t n = 0;
	for (const struct line *l = all->all; l; l = l->next)
		n += (l->state == SERVED && l->seat.next) || l->state == WRITING || l->state == TAKEN;
	return n;
}

uint64_t lines_dropped(const struct lines *all)
{
	return all->dropped;
}

void lines_drain(struct lines *all)
{
	all->draining = true;
	for (struct line *l = all->all, *next; l; l = next) {
		next = l->next;
		if (l->state == IDLE)
			line_cut(l);
	}
}
