#include "fcgi/notifier/poll.h"

#include <stdlib.h>
#include <string.h>

#include "fcgi/notifier/query.h"
#include "fcgi/notifier/scope.h"
#include "fcgi/notifier/shared.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/visit.h"
#include "workerlib/core/name.h"
#include "workerlib/core/watch.h"

const char *const poll_parameters[] = {"environment", "after", "wait", NULL};

/* All that an answer depends on. */
struct question {
	uint64_t epoch, last, after;
	bool reset;
	const struct hub_filter *filter;
};

struct poll {
	struct hub *hub;
	/* The latest answer, and what it is the answer to. */
	struct shared *answer;
	struct question question; /* its filter is in the texts */
	struct text allowed, only;
};

struct guest {
	struct hub_waiter waiter; /* first */
	struct poll *poll;
	struct visit *visit;
};

struct poll *poll_new(struct hub *hub)
{
	struct poll *p = text_need(calloc(1, sizeof(*p)));
	p->hub = hub;
	return p;
}

void poll_free(struct poll *p)
{
	if (!p)
		return;
	shared_drop(p->answer);
	text_free(&p->allowed);
	text_free(&p->only);
	free(p);
}

int poll_wait(const char *text)
{
	long long seconds;
	if (!text)
		return WATCH_WAIT_S;
	if (!query_number(text, &seconds))
		return -1;
	return seconds > WATCH_WAIT_MAX_S ? WATCH_WAIT_MAX_S : (int)seconds;
}

bool poll_filter(struct visit *v, struct hub_filter *filter)
{
	const char *only = v->question->parameters[POLL_ENVIRONMENT];
	*filter = (struct hub_filter){.allowed = v->question->allowed, .only = only ? only : ""};
	if (only && !name_is_environment(only, strlen(only)))
		visit_problem(v, CODE_MALFORMED, "environment is a name as of [a-z][a-z0-9-]{0,30}");
	else if (only && !scope_has(filter->allowed, only))
		visit_problem(v, CODE_FORBIDDEN, "you have no role in this environment");
	else
		return true;
	return false;
}

void poll_write(struct text *t, const struct hub *hub, uint64_t after, bool reset,
		const struct hub_filter *filter)
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

static bool is_known(const struct poll *p, const struct question *q)
{
	const struct question *k = &p->question;
	return p->answer && k->epoch == q->epoch && k->last == q->last && k->after == q->after &&
	       k->reset == q->reset && !strcmp(p->only.at, q->filter->only) &&
	       !strcmp(p->allowed.at, q->filter->allowed);
}

static void remember(struct poll *p, const struct question *q)
{
	p->question = *q;
	text_clear(&p->allowed);
	text_put(&p->allowed, q->filter->allowed);
	text_clear(&p->only);
	text_put(&p->only, q->filter->only);
}

/* Those who are woken for the same come one after the other: remembering one answer is enough. */
static struct shared *answer_to(struct poll *p, const struct question *q)
{
	struct text body = {0};
	if (is_known(p, q))
		return p->answer;
	poll_write(&body, p->hub, q->after, q->reset, q->filter);
	shared_drop(p->answer);
	p->answer = shared_answer(200, "application/json", "", &body);
	remember(p, q);
	text_free(&body);
	return p->answer;
}

static void answer(struct poll *p, struct visit *v, uint64_t after, bool reset,
		   const struct hub_filter *filter)
{
	visit_reply(v, answer_to(p, &(struct question){.epoch = hub_epoch(p->hub), .last = hub_last(p->hub),
						       .after = after, .reset = reset, .filter = filter}));
}

static void guest_free(struct guest *g)
{
	hub_leave(g->poll->hub, &g->waiter);
	free(g);
}

static void on_gone(void *arg)
{
	guest_free(arg);
}

static void on_wake(struct hub_waiter *w, const struct hub_news *news)
{
	struct guest *g = (struct guest *)(void *)w;
	answer(g->poll, g->visit, news->after, news->why == HUB_RESET, news->filter);
	guest_free(g);
}

/* Who still waits has seen all there is: for all of them it is one answer. */
static void on_late(void *arg)
{
	struct guest *g = arg;
	answer(g->poll, g->visit, hub_last(g->poll->hub), false,
	       &(struct hub_filter){.allowed = "", .only = ""});
	guest_free(g);
}

static const struct visit_owner owner = {.gone = on_gone, .late = on_late};

static void park(struct poll *p, struct visit *v, int seconds, const struct hub_filter *filter)
{
	struct guest *g = text_need(malloc(sizeof(*g)));
	*g = (struct guest){.waiter = {.wake = on_wake}, .poll = p, .visit = v};
	hub_park(p->hub, &g->waiter, filter);
	visit_park(v, &owner, g);
	visit_wait(v, (int64_t)seconds * 1000);
}

void poll_handle(void *arg, struct visit *v)
{
	struct poll *p = arg;
	struct hub_filter filter;
	uint64_t after;
	int seconds = poll_wait(v->question->parameters[POLL_WAIT]);
	if (seconds < 0)
		visit_problem(v, CODE_MALFORMED, "wait is a number of seconds");
	else if (!poll_filter(v, &filter))
		return;
	else if (!hub_resume(p->hub, v->question->parameters[POLL_AFTER], &after))
		answer(p, v, after, true, &filter);
	else if (!seconds || hub_closing(p->hub) || hub_next(p->hub, after, &filter))
		answer(p, v, after, false, &filter);
	else
		park(p, v, seconds, &filter);
}
