#include "fcgi/notifier/poll.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "fcgi/notifier/query.h"
#include "fcgi/notifier/shared.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"
#include "fcgi/notifier/visit.h"
#include "workerlib/core/name.h"

const char *const poll_parameters[] = {"environment", "after", "wait", NULL};

struct poll {
	struct event_base *base;
	struct hub *hub;
	struct shared *body; /* the latest answer, and the question it is the answer to */
	struct text question;
};

struct guest {
	struct hub_waiter waiter;
	struct poll *poll;
	struct visit *visit;
	struct event *timer;
	uint64_t after; /* what it asked for; waiter.after rises */
};

struct poll *poll_new(struct event_base *base, struct hub *hub)
{
	struct poll *p = text_need(calloc(1, sizeof(*p)));
	p->base = base;
	p->hub = hub;
	return p;
}

void poll_free(struct poll *p)
{
	if (!p)
		return;
	shared_drop(p->body);
	text_free(&p->question);
	free(p);
}

int poll_wait(const char *text)
{
	long long seconds;
	if (!text)
		return POLL_WAIT_S;
	if (!query_number(text, &seconds))
		return -1;
	return seconds > POLL_WAIT_MAX_S ? POLL_WAIT_MAX_S : (int)seconds;
}

bool poll_filter(const struct visit *v, struct hub_filter *filter)
{
	const char *only = v->parameters[POLL_ENVIRONMENT];
	*filter = (struct hub_filter){.allowed = v->allowed, .only = only ? only : ""};
	return !*filter->only || hub_allows(v->allowed, filter->only);
}

void poll_write(struct text *t, const struct hub *hub, uint64_t after, bool reset, const struct hub_filter *filter)
{
	struct text events = {0};
	char cursor[HUB_CURSOR];
	uint64_t last = hub_last(hub), at = after;
	const struct hub_event *e;
	for (int n = 0; !reset && (e = hub_next(hub, at, filter)); n++) {
		if (n == POLL_EVENTS) {
			last = at;
			break;
		}
		text_put(&events, n ? "," : "");
		text_add(&events, e->json, e->n);
		at = e->seq;
	}
	hub_cursor(hub, last, cursor);
	text_format(t, "{\"cursor\":\"%s\",\"reset\":%s,\"events\":[%s]}\n", cursor, reset ? "true" : "false",
		    events.n ? events.at : "");
	text_free(&events);
}

/* All that an answer depends on. */
static void write_question(struct text *t, const struct poll *p, uint64_t after, bool reset,
			   const struct hub_filter *f)
{
	char from[HUB_CURSOR], to[HUB_CURSOR];
	hub_cursor(p->hub, after, from);
	hub_cursor(p->hub, hub_last(p->hub), to);
	text_format(t, "%s %s %d %s %s", from, to, reset, f->only, f->allowed);
}

static struct shared *body_of(struct poll *p, uint64_t after, bool reset, const struct hub_filter *filter)
{
	struct text question = {0}, answer = {0};
	write_question(&question, p, after, reset, filter);
	if (p->body && !strcmp(question.at, p->question.at)) {
		text_free(&question);
		return p->body;
	}
	poll_write(&answer, p->hub, after, reset, filter);
	shared_drop(p->body);
	text_free(&p->question);
	p->question = question;
	size_t n = answer.n;
	p->body = shared_new(text_take(&answer), n);
	return p->body;
}

static void answer(struct poll *p, struct visit *v, uint64_t after, bool reset, const struct hub_filter *filter)
{
	visit_reply(v, 200, "application/json", body_of(p, after, reset, filter));
}

static void guest_free(struct guest *g)
{
	hub_leave(g->poll->hub, &g->waiter);
	event_free(g->timer);
	free(g);
}

static void on_gone(void *arg)
{
	guest_free(arg);
}

static void on_wake(struct hub_waiter *w)
{
	struct guest *g = (struct guest *)(void *)w;
	answer(g->poll, g->visit, g->after, w->reset, &w->filter);
	guest_free(g);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
	struct guest *g = arg;
	(void)fd;
	(void)what;
	g->waiter.reset = false;
	on_wake(&g->waiter);
}

static void park(struct poll *p, struct visit *v, uint64_t after, int seconds, const struct hub_filter *filter)
{
	struct guest *g = text_need(calloc(1, sizeof(*g)));
	struct timeval wait = tick_interval(seconds * 1000);
	g->poll = p;
	g->visit = v;
	g->after = after;
	g->waiter = (struct hub_waiter){.filter = *filter, .after = after, .wake = on_wake};
	g->timer = text_need(event_new(p->base, -1, 0, on_time, g));
	event_add(g->timer, &wait);
	visit_park(v, on_gone, g);
	hub_park(p->hub, &g->waiter);
}

void poll_handle(void *arg, struct visit *v)
{
	struct poll *p = arg;
	struct hub_filter filter;
	uint64_t after;
	int seconds = poll_wait(v->parameters[POLL_WAIT]);
	if (seconds < 0) {
		visit_problem(v, CODE_MALFORMED, "wait is a number of seconds, at most 60");
	} else if (!poll_filter(v, &filter)) {
		visit_problem(v, CODE_FORBIDDEN, "you have no role in this environment");
	} else if (!hub_resume(p->hub, v->parameters[POLL_AFTER], &after)) {
		answer(p, v, after, true, &filter);
	} else if (!seconds || hub_next(p->hub, after, &filter)) {
		answer(p, v, after, false, &filter);
	} else {
		park(p, v, after, seconds, &filter);
	}
}
