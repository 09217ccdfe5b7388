#include "fcgi/notifier/stream.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/notifier/poll.h"
#include "fcgi/notifier/scope.h"
#include "fcgi/notifier/shared.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"
#include "fcgi/notifier/visit.h"

enum { COMMENT_MS = 15000, LIFE_MS = 60000, BATCH = 64 };

/* Frames that several readers are sent: all that is newer than `after`, or as many as go at once. */
struct frames {
	struct shared *bytes;
	uint64_t epoch, after, last; /* of the hub, when they were written */
	uint64_t up_to;              /* who has them has seen this */
	struct text allowed, only;
};

struct stream {
	struct hub *hub;
	struct verdicts *verdicts;
	struct shared *head, *comment;
	struct frames frames; /* the latest */
};

struct listener {
	struct hub_waiter waiter;    /* first */
	struct verdict_wait verdict; /* second */
	struct stream *stream;
	struct visit *visit;
	struct hub_filter filter;
	struct credential credential;
	uint64_t epoch, after; /* what it has seen, or is being sent */
	int64_t until; /* when it is asked again who it is, or ends where that cannot be asked */
	bool sending, reset, over;
	char words[]; /* of the filter */
};

/* The head, and how soon to come back after a cut. */
static struct shared *hello(void)
{
	struct shared *head = shared_answer(200, "text/event-stream", "X-Accel-Buffering: no\r\n", NULL);
	struct text t = {0};
	text_add(&t, head->bytes, head->n);
	text_put(&t, "retry: 1000\n\n");
	struct shared *all = shared_new(t.at, t.n);
	all->cut = head->cut;
	shared_drop(head);
	text_free(&t);
	return all;
}

struct stream *stream_new(struct hub *hub, struct verdicts *verdicts)
{
	struct stream *s = text_need(calloc(1, sizeof(*s)));
	s->hub = hub;
	s->verdicts = verdicts;
	s->head = hello();
	s->comment = shared_new(":\n\n", 3);
	return s;
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	shared_drop(s->head);
	shared_drop(s->comment);
	shared_drop(s->frames.bytes);
	text_free(&s->frames.allowed);
	text_free(&s->frames.only);
	free(s);
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

/* -- frames -- */

static bool is_known(const struct stream *s, const struct listener *l)
{
	const struct frames *f = &s->frames;
	return f->bytes && f->epoch == hub_epoch(s->hub) && f->last == hub_last(s->hub) &&
	       f->after == l->after && !strcmp(f->only.at, l->filter.only) &&
	       !strcmp(f->allowed.at, l->filter.allowed);
}

/*
 * Some of what is newer than the listener has seen.
 * Those who are woken for the same come one after the other.
 */
static const struct frames *frames_for(struct stream *s, const struct listener *l)
{
	struct frames *f = &s->frames;
	struct text t = {0};
	const struct hub_event *e;
	if (is_known(s, l))
		return f;
	f->epoch = hub_epoch(s->hub);
	f->last = f->up_to = hub_last(s->hub);
	f->after = l->after;
	text_clear(&f->allowed);
	text_put(&f->allowed, l->filter.allowed);
	text_clear(&f->only);
	text_put(&f->only, l->filter.only);
	uint64_t at = l->after;
	for (int n = 0; (e = hub_next(s->hub, at, &l->filter)); n++) {
		if (n == BATCH) {
			f->up_to = at;
			break;
		}
		stream_frame(&t, s->hub, e);
		at = e->seq;
	}
	shared_drop(f->bytes);
	f->bytes = shared_new(t.at ? t.at : "", t.n);
	text_free(&t);
	return f;
}

/* -- listeners -- */

static void listener_free(struct listener *l)
{
	hub_leave(l->stream->hub, &l->waiter);
	verdict_cancel(&l->verdict);
	free(l);
}

static void end(struct listener *l)
{
	struct visit *v = l->visit;
	listener_free(l);
	visit_cut(v);
}

static void give(struct listener *l, struct shared *part)
{
	hub_leave(l->stream->hub, &l->waiter);
	l->sending = true;
	visit_write(l->visit, part);
}

static void give_text(struct listener *l, struct text *t)
{
	struct shared *part = shared_new(t->at, t->n);
	give(l, part);
	shared_drop(part);
	text_free(t);
}

static void give_reset(struct listener *l)
{
	const struct hub *hub = l->stream->hub;
	struct text frame = {0};
	l->epoch = hub_epoch(hub);
	l->after = hub_last(hub);
	l->reset = false;
	stream_reset_frame(&frame, hub);
	give_text(l, &frame);
}

/* While something is sent, so that a verdict that is there already ends nobody under our hands. */
static void doubt(struct listener *l)
{
	if (!l->credential.kind || tick_ms() < l->until)
		return;
	l->until = tick_ms() + COMMENT_MS;
	if (!l->verdict.next)
		verdict_ask(l->stream->verdicts, &l->credential, &l->verdict);
}

/* How long it may be silent. */
static int64_t silence(const struct listener *l)
{
	int64_t left = l->until - tick_ms();
	return left < 0 ? 0 : left < COMMENT_MS ? left : COMMENT_MS;
}

/* What it has not seen yet, one part at a time; then it waits. */
static void go_on(struct listener *l)
{
	struct hub *hub = l->stream->hub;
	l->over |= !l->credential.kind && tick_ms() >= l->until;
	if (l->over || hub_closing(hub)) {
		end(l);
	} else if (l->reset || l->epoch != hub_epoch(hub) || !hub_holds(hub, l->after)) {
		give_reset(l);
	} else if (hub_next(hub, l->after, &l->filter)) {
		const struct frames *f = frames_for(l->stream, l);
		l->after = f->up_to;
		give(l, f->bytes);
		doubt(l);
	} else {
		l->after = hub_last(hub);
		hub_park(hub, &l->waiter, &l->filter);
		visit_wait(l->visit, silence(l));
	}
}

static void on_wake(struct hub_waiter *w, const struct hub_news *news)
{
	struct listener *l = (struct listener *)(void *)w;
	if (news->why == HUB_CLOSING) {
		end(l);
		return;
	}
	l->reset = news->why == HUB_RESET;
	l->after = news->after;
	go_on(l);
}

static void on_taken(void *arg)
{
	struct listener *l = arg;
	l->sending = false;
	go_on(l);
}

/* Who was let in is let in no more; a database that is away is no reason. */
static void on_verdict(struct verdict_wait *w, const struct verdict *verdict)
{
	struct listener *l = (struct listener *)(void *)((char *)w - offsetof(struct listener, verdict));
	bool same = verdict->code == CODE_OK && scope_covers(verdict->environments, l->filter.allowed) &&
		    scope_covers(l->filter.allowed, verdict->environments);
	if (verdict->code == CODE_UNAVAILABLE || same)
		return;
	l->over = true;
	if (!l->sending)
		end(l);
}

static void on_late(void *arg)
{
	struct listener *l = arg;
	l->over |= !l->credential.kind && tick_ms() >= l->until;
	if (l->over) {
		end(l);
		return;
	}
	l->after = hub_last(l->stream->hub);
	give(l, l->stream->comment);
	doubt(l);
}

static void on_gone(void *arg)
{
	listener_free(arg);
}

static const struct visit_owner owner = {.gone = on_gone, .late = on_late, .taken = on_taken};

static struct listener *listener_new(struct stream *s, struct visit *v, const struct hub_filter *filter)
{
	size_t allowed = strlen(filter->allowed) + 1, only = strlen(filter->only) + 1;
	struct listener *l = text_need(calloc(1, sizeof(*l) + allowed + only));
	memcpy(l->words, filter->allowed, allowed);
	memcpy(l->words + allowed, filter->only, only);
	l->filter = (struct hub_filter){.allowed = l->words, .only = l->words + allowed};
	l->waiter.wake = on_wake;
	l->verdict.done = on_verdict;
	l->stream = s;
	l->visit = v;
	l->credential = v->question->credential;
	l->epoch = hub_epoch(s->hub);
	l->until = tick_ms() + (l->credential.kind ? COMMENT_MS : LIFE_MS);
	return l;
}

void stream_handle(void *arg, struct visit *v)
{
	struct stream *s = arg;
	struct hub_filter filter;
	if (!poll_filter(v, &filter))
		return;
	const struct visit_question *q = v->question;
	struct listener *l = listener_new(s, v, &filter);
	l->reset = !hub_resume(s->hub, *q->cursor ? q->cursor : q->parameters[POLL_AFTER], &l->after);
	visit_park(v, &owner, l);
	give(l, s->head);
}
