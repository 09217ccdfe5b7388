#include "fcgi/notifier/watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/notifier/ask.h"
#include "fcgi/notifier/hub.h"
#include "fcgi/notifier/poll.h"
#include "fcgi/notifier/query.h"
#include "fcgi/notifier/shared.h"
#include "fcgi/notifier/sight.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/visit.h"
#include "fcgi/notifier/wire.h"
#include "workerlib/core/name.h"
#include "workerlib/core/watch.h"

enum { ANSWERS = 64, ANYTHING = -1 };

const char *const watch_parameters[] = {WATCH_QUERY_VERSION, WATCH_QUERY_CATALOG, WATCH_QUERY_WAIT,
					WATCH_QUERY_HEAD, NULL};

/* One who watches. It is parked in the hub, or waits for an answer that is being made. */
struct watcher {
	struct hub_waiter waiter; /* first */
	struct watch *watch;
	struct visit *visit;
	struct answer *answer;        /* that it waits for, or NULL */
	struct watcher *next_waiting; /* for the same answer */
	int64_t from;                 /* ANYTHING: it has no version */
	int64_t catalog;              /* that it knows; ANYTHING: of the time it came */
	unsigned catalogs;            /* that had been seen when it came */
	bool late;                    /* its time is up: whatever there is */
	const char *head;             /* of its version, behind the environment; "": not known */
	char environment[];
};

/* What differs from a version of an environment, as of some version. */
struct answer {
	struct watch *watch;
	char environment[SIGHT_ENVIRONMENT]; /* "" while unused */
	char head[SIGHT_HEAD];               /* of `from`; "": not known */
	int64_t from, version, catalog_version;
	bool whole;
	char now[SIGHT_HEAD];                /* the head of `version` */
	char stamp[SIGHT_STAMP];             /* of the catalog */
	struct shared *body;                 /* NULL: there is none yet */
	bool asking;
	struct watcher *waiting;
};

struct watch {
	struct hub *hub;
	const struct sight *sight;
	struct wire *wire;
	struct answer answers[ANSWERS];
	size_t oldest; /* whose place is taken next */
};

static void serve(struct watcher *);

struct watch *watch_new(struct hub *hub, const struct sight *sight, struct wire *wire)
{
	struct watch *w = text_need(calloc(1, sizeof(*w)));
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
	free(w);
}

static void on_gone(void *arg)
{
	watcher_free(arg);
}

static void finish(struct watcher *w, struct shared *answer)
{
	visit_reply(w->visit, answer);
	watcher_free(w);
}

static void refuse(struct watcher *w, enum code code, const char *detail)
{
	visit_problem(w->visit, code, detail);
	watcher_free(w);
}

/* It is told of its environment, and of what concerns all; who it is was looked at before. */
static void park(struct watcher *w)
{
	hub_park(w->watch->hub, &w->waiter,
		 &(struct hub_filter){.allowed = w->environment, .only = w->environment});
}

static void on_wake(struct hub_waiter *waiter, const struct hub_news *news)
{
	struct watcher *w = (struct watcher *)(void *)waiter;
	w->late |= news->why == HUB_CLOSING;
	serve(w);
}

static void on_late(void *arg)
{
	struct watcher *w = arg;
	w->late = true;
	if (w->answer)
		return; /* it will be there in a moment */
	hub_leave(w->watch->hub, &w->waiter);
	serve(w);
}

static const struct visit_owner owner = {.gone = on_gone, .late = on_late};

/* -- answers -- */

static struct answer *answer_of(struct watch *w, const char *environment, int64_t from, const char *head)
{
	for (size_t i = 0; i < ANSWERS; i++) {
		struct answer *a = &w->answers[i];
		if (a->from == from && !strcmp(a->environment, environment) && !strcmp(a->head, head))
			return a;
	}
	for (size_t i = 0; i < ANSWERS; i++) {
		struct answer *a = &w->answers[w->oldest++ % ANSWERS];
		if (a->asking)
			continue;
		shared_drop(a->body);
		*a = (struct answer){.watch = w, .from = from};
		snprintf(a->environment, sizeof(a->environment), "%s", environment);
		snprintf(a->head, sizeof(a->head), "%s", head);
		return a;
	}
	return NULL;
}

/* A value of null is told in a delta ("it has none any more"), and left out of a whole. */
static void write_changes(struct canon *json, const struct async_rows *rows, bool full)
{
	int n = rows ? async_count(rows) : 0;
	canon_key(json, WATCH_CHANGES);
	canon_object(json);
	for (int i = 0; i < n; i++) {
		const char *name = async_text(rows, i, WATCHED_NAME);
		const char *value = async_text(rows, i, WATCHED_VALUE);
		if (name && (value || !full))
			canon_member(json, name, value);
	}
	canon_end(json, '}');
}

/* rows NULL: nothing differs. */
static void write_answer(struct text *t, const struct answer *a, const struct async_rows *rows)
{
	struct canon json;
	text_json(t, &json);
	canon_object(&json);
	canon_member(&json, WATCH_ENVIRONMENT, a->environment);
	text_member_number(&json, WATCH_VERSION, a->version);
	text_member_number(&json, WATCH_CATALOG_VERSION, a->catalog_version);
	if (*a->stamp)
		canon_member(&json, WATCH_CATALOG_STAMP, a->stamp);
	if (*a->now)
		canon_member(&json, WATCH_HEAD, a->now);
	canon_key(&json, WATCH_FROM);
	if (a->whole)
		canon_null(&json);
	else
		canon_integer(&json, a->from);
	write_changes(&json, rows, a->whole);
	canon_key(&json, WATCH_FULL);
	canon_bool(&json, a->whole);
	canon_end(&json, '}');
}

static void keep_head(struct answer *a, const char *head)
{
	snprintf(a->now, sizeof(a->now), "%s", head ? head : "");
}

static void keep_catalog(struct answer *a, int64_t version, const char *stamp)
{
	a->catalog_version = version;
	snprintf(a->stamp, sizeof(a->stamp), "%s", stamp ? stamp : "");
}

static void make(struct answer *a, const struct async_rows *rows)
{
	struct text body = {0};
	write_answer(&body, a, rows);
	shared_drop(a->body);
	a->body = shared_answer(200, "application/json", "", &body);
	text_free(&body);
}

/* There is nothing to tell it. */
static bool knows_all(const struct watcher *w, int64_t version, int64_t catalog)
{
	return w->from == version && w->catalog == catalog && w->catalogs == w->watch->sight->catalogs &&
	       !w->late;
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
		else if (!a->whole && knows_all(w, a->version, a->catalog_version))
			park(w);
		else
			finish(w, a->body);
	}
}

static void take(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	struct answer *a = arg;
	(void)sqlstate;
	a->asking = false;
	if (!rows || !async_count(rows)) {
		release(a, rows ? CODE_NOT_FOUND : CODE_UNAVAILABLE);
		return;
	}
	a->version = async_int(rows, 0, WATCHED_VERSION);
	keep_catalog(a, async_int(rows, 0, WATCHED_CATALOG), async_text(rows, 0, WATCHED_STAMP));
	a->whole = !strcmp(async_text(rows, 0, WATCHED_WHOLE), "t");
	keep_head(a, async_text(rows, 0, WATCHED_HEAD));
	make(a, rows);
	release(a, CODE_OK);
}

static bool start(struct answer *a)
{
	char from[24];
	snprintf(from, sizeof(from), "%" PRId64, a->from);
	const char *const params[] = {a->environment, a->from < 0 ? NULL : from, *a->head ? a->head : NULL};
	a->asking = ask(a->watch->wire, ASK_WATCH, params, take, a);
	return a->asking;
}

static bool is_fresh(const struct answer *a, const struct place *p)
{
	return a->body && a->version == p->version &&
	       a->catalog_version == a->watch->sight->catalog_version &&
	       !strcmp(a->stamp, a->watch->sight->stamp) &&
	       (!*p->head || !strcmp(a->now, p->head));
}

/*
 * A caller with another head than we have seen is of another history,
 * or has seen a newer one: the database knows.
 */
static bool is_of_another(const char *head, const struct place *p)
{
	return *head && *p->head && strcmp(head, p->head) != 0;
}

/* An answer that is there, or is asked for, or needs no asking since nothing differs. */
static bool prepare(struct answer *a, const struct place *p)
{
	if (a->asking || is_fresh(a, p))
		return true;
	if (a->from != p->version || is_of_another(a->head, p))
		return start(a);
	a->whole = false;
	keep_head(a, p->head);
	a->version = p->version;
	keep_catalog(a, a->watch->sight->catalog_version, a->watch->sight->stamp);
	make(a, NULL);
	return true;
}

static void serve_from(struct watcher *w, struct answer *a, const struct place *p)
{
	if (!a || !prepare(a, p)) {
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
	const struct sight *sight = w->watch->sight;
	const struct place *p = sight_place(sight, w->environment);
	if (!p)
		refuse(w, CODE_NOT_FOUND, "there is no such environment");
	else if (knows_all(w, p->version, sight->catalog_version) && !is_of_another(w->head, p))
		park(w);
	else
		serve_from(w, answer_of(w->watch, p->environment, w->from, w->head), p);
}

static struct watcher *watcher_new(struct watch *watch, struct visit *v)
{
	const char *environment = v->question->environment;
	const char *given = v->question->parameters[WATCH_PARAMETER_HEAD], *head = given ? given : "";
	size_t n = strlen(environment) + 1, more = strlen(head) + 1;
	struct watcher *w = text_need(calloc(1, sizeof(*w) + n + more));
	memcpy(w->environment, environment, n);
	w->head = memcpy(w->environment + n, head, more);
	w->waiter.wake = on_wake;
	w->watch = watch;
	w->visit = v;
	return w;
}

/* NULL: not given, and `otherwise` it is. */
static bool number(const char *text, int64_t otherwise, int64_t *n)
{
	long long read = otherwise;
	bool good = !text || query_number(text, &read);
	*n = read;
	return good;
}

void watch_handle(void *arg, struct visit *v)
{
	struct watch *watch = arg;
	const char *const *given = v->question->parameters;
	const char *head = given[WATCH_PARAMETER_HEAD];
	int seconds = poll_wait(given[WATCH_PARAMETER_WAIT]);
	int64_t from, catalog;
	if (seconds < 0 || !number(given[WATCH_PARAMETER_VERSION], ANYTHING, &from) ||
	    !number(given[WATCH_PARAMETER_CATALOG], watch->sight->catalog_version, &catalog)) {
		visit_problem(v, CODE_MALFORMED, "versions are numbers, and wait a number of seconds");
		return;
	}
	if (head && !name_is_digest(head, strlen(head))) {
		visit_problem(v, CODE_MALFORMED, "head is a SHA-256: 64 lower-case hex digits");
		return;
	}
	if (!watch->sight->counted) {
		visit_problem(v, CODE_UNAVAILABLE, NULL);
		return;
	}
	struct watcher *w = watcher_new(watch, v);
	w->from = from == 0 ? ANYTHING : from; /* versions begin at 1: who is at 0 has nothing */
	w->catalog = catalog;
	w->catalogs = watch->sight->catalogs;
	w->late = !seconds || hub_closing(watch->hub);
	visit_park(v, &owner, w);
	visit_wait(v, (int64_t)seconds * 1000);
	serve(w);
}
