#include "workerlib/feed_poll.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workerlib/answered.h"
#include "workerlib/asked.h"
#include "workerlib/backoff.h"
#include "workerlib/clock.h"
#include "workerlib/core/watch.h"
#include "workerlib/fail.h"
#include "workerlib/history.h"
#include "workerlib/http.h"
#include "workerlib/posted.h"
#include "workerlib/report.h"
#include "workerlib/snapshot.h"

enum {
	ANSWER_MS = 3000,
	WATCH_GRACE_MS = 5000,
	/* After a watch that brought nothing before its time, and before what failed is tried again. */
	USELESS_MS = 200,
	/* After a watch that sent to read. */
	STALE_MS = 1000,
	/* A report may overtake the watch by this much. */
	SUSPECT_MS = 1000,
	REPORT_GAP_MS = 100,
	URL_MAX = 4096 + ASKED_PATH
};

enum { SLOT_CALL, SLOT_WATCH };

/* What the one call under way is; the table at the end of the file has a row for each. */
enum step { STEP_DOWN, STEP_CATALOG, STEP_VALUES, STEP_RULES, STEP_CATCH_UP, STEP_IDLE, STEP_REPORT, STEPS };

struct poll {
	struct feed feed; /* first */
	struct feed_client client;
	struct feed_identity identity;
	char *url, *watch_url;
	struct http *http;

	enum step step;
	int64_t deadline; /* when DOWN: when to connect again */
	unsigned failures;
	bool up; /* the client was told so */

	struct answered_body bodies[ANSWERED_BODIES]; /* while all is read */
	struct snapshot *base;                        /* what was read last, ours alone; NULL: read all */
	bool read_due;                                /* all must be read again */
	int64_t deliver_at;                           /* the client is to be offered it (again) */

	bool watching;
	unsigned put_off; /* watches in a row that were answered with "not now" */
	bool watched; /* who answers the watch has done so since the link was made */
	int64_t watch_since, watch_not_before;
	int64_t last_notify; /* -1: none */
	int64_t suspect_at;  /* when a version that was reported and not watched is a doubt */

	bool report_due;
	int64_t last_report;
	uint64_t report_number; /* of the report on its way */
	int64_t report_base;    /* the version held when it was sent */
	struct history history;
};

static const struct step_row {
	const char *name;
	bool (*ask)(struct poll *, int64_t now);
	int (*take)(struct poll *, struct answered_body *, int64_t now, cvn_error *); /* may keep the body */
	enum step next;
} steps[STEPS];

static void fall(struct poll *p, int code, const char *why, int64_t now);
static void enter(struct poll *p, enum step step, int64_t now);

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* ---- asking ---- */

static bool ask(struct poll *p, int slot, const char *base, const char *path, const char *body,
		long timeout_ms)
{
	char url[URL_MAX];
	const struct http_request request = {.url = url, .body = body, .timeout_ms = timeout_ms};

	snprintf(url, sizeof(url), "%s%s", base, path);
	return http_ask(p->http, slot, &request);
}

static bool catalog_ask(struct poll *p, int64_t now)
{
	(void)now;
	return ask(p, SLOT_CALL, p->url, asked_catalog, NULL, ANSWER_MS);
}

static bool values_ask(struct poll *p, int64_t now)
{
	char path[ASKED_PATH];

	(void)now;
	asked_values(path, p->identity.environment);
	return ask(p, SLOT_CALL, p->url, path, NULL, ANSWER_MS);
}

static bool rules_ask(struct poll *p, int64_t now)
{
	(void)now;
	return ask(p, SLOT_CALL, p->url, asked_rules, NULL, ANSWER_MS);
}

static bool watch_ask(struct poll *p, int slot, int wait_s, long timeout_ms)
{
	const struct asked_watch watch = {
		.environment = p->identity.environment,
		.version = p->base->version,
		.catalog_version = p->base->catalog_version,
		.head = history_head(&p->history, p->base->version),
		.wait_s = wait_s,
	};
	char path[ASKED_PATH];

	asked_changes(path, &watch);
	return ask(p, slot, p->watch_url, path, NULL, timeout_ms);
}

static bool catch_up_ask(struct poll *p, int64_t now)
{
	(void)now;
	return watch_ask(p, SLOT_CALL, 0, ANSWER_MS);
}

static bool report_post(struct poll *p, const struct report *r, int64_t now)
{
	struct report_text body = {0};
	char path[ASKED_PATH];
	bool ok;

	posted_write(&body, &p->identity, r, p->last_notify < 0 ? -1 : now - p->last_notify);
	asked_report(path, p->identity.worker_id);
	ok = !body.failed && ask(p, SLOT_CALL, p->url, path, body.bytes, ANSWER_MS);
	free(body.bytes);
	return ok;
}

/* Without memory there is no report now; the next heartbeat tries again, and the platform sees a silence. */
static bool report_ask(struct poll *p, int64_t now)
{
	struct report r = {0};

	p->report_due = false;
	p->last_report = now;
	p->report_number = 0;
	p->report_base = p->base->version;
	if (p->client.report(p->client.arg, &r) && report_post(p, &r, now))
		p->report_number = r.number;
	else
		p->step = STEP_IDLE;
	report_free(&r);
	return true;
}

/* ---- a new configuration ---- */

/* A copy is the client's; without memory, or when he cannot take it in, he is offered it again. */
static void deliver(struct poll *p, int64_t now)
{
	struct snapshot *copy = snapshot_copy(p->base);

	p->deliver_at = CLOCK_NEVER;
	if (!copy || !p->client.received(p->client.arg, copy)) {
		p->deliver_at = now + USELESS_MS;
	} else if (!p->up) {
		p->up = true;
		p->client.link(p->client.arg, CVN_OK, NULL);
	}
}

static void take_in(struct poll *p, struct snapshot *s, int64_t now)
{
	snapshot_unref(p->base);
	p->base = s;
	p->suspect_at = CLOCK_NEVER;
	deliver(p, now);
}

/* ---- taking answers ---- */

static void drop_bodies(struct poll *p)
{
	for (int i = 0; i < ANSWERED_BODIES; i++)
		free(p->bodies[i].bytes);
	memset(p->bodies, 0, sizeof(p->bodies));
}

static void keep_body(struct poll *p, int which, struct answered_body *body)
{
	free(p->bodies[which].bytes);
	p->bodies[which] = *body;
	body->bytes = NULL;
}

static int catalog_take(struct poll *p, struct answered_body *body, int64_t now, cvn_error *e)
{
	(void)now;
	(void)e;
	keep_body(p, ANSWERED_CATALOG, body);
	return CVN_OK;
}

static int values_take(struct poll *p, struct answered_body *body, int64_t now, cvn_error *e)
{
	(void)now;
	(void)e;
	keep_body(p, ANSWERED_VALUES, body);
	return CVN_OK;
}

static int rules_take(struct poll *p, struct answered_body *body, int64_t now, cvn_error *e)
{
	struct snapshot *s;
	bool moved;

	keep_body(p, ANSWERED_RULES, body);
	s = answered_snapshot(p->bodies, &moved, e);
	drop_bodies(p);
	if (s) {
		p->read_due = false;
		take_in(p, s, now);
	}
	p->read_due |= moved;
	return s || moved ? CVN_OK : e->code;
}

/*
 * Changes on top of what is held, or all. Of a newer catalog they cannot be understood, and that a version
 * fell is for the database to say and not for who may be behind it: then all is read again.
 */
static int changes_take(struct poll *p, struct answered_body *body, int64_t now, cvn_error *e)
{
	struct answered_watch w;
	struct snapshot *s;
	int code = answered_watch(*body, &w, e);

	if (code != CVN_OK)
		return code;
	if (strcmp(w.environment, p->identity.environment) != 0 || (!w.full && w.from != p->base->version))
		return fail(e, CVN_E_LINK, "the answer of the watch is of something else than was asked for",
			    NULL);
	p->watched = true;
	p->put_off = 0;
	if (w.full && w.version >= p->base->version &&
	    w.version - p->base->version <= WATCH_CATCH_UP_VERSIONS) {
		p->history = (struct history){0};
		p->read_due = true;
		return fail(e, CVN_E_LINK, history_is_another, NULL);
	}
	if (w.version < p->base->version || w.catalog_version > p->base->catalog_version) {
		p->read_due = true;
		p->watch_not_before = now + STALE_MS;
		return CVN_OK;
	}
	/* Which of two catalogs of one version stands is for the database to say as well. */
	if (w.catalog_version == p->base->catalog_version &&
	    !snapshot_is_of(p->base, w.catalog_version, w.catalog_stamp))
		p->report_due = true;
	if (w.version == p->base->version && p->up)
		return CVN_OK;
	p->last_notify = now;
	s = answered_changes(p->base, &w, e);
	if (s)
		(void)history_goes_on(&p->history, w.version, w.head);
	if (s)
		take_in(p, s, now);
	else
		p->read_due = true;
	return s ? CVN_OK : e->code;
}

static int report_take(struct poll *p, struct answered_body *body, int64_t now, cvn_error *e)
{
	struct answered_report current;
	int code = answered_report(*body, &current, e);

	if (code != CVN_OK)
		return code;
	/* Of a version that is not held, what is held says nothing. */
	if (current.version == p->base->version &&
	    !history_goes_on(&p->history, current.version, current.head)) {
		p->read_due = true;
		return fail(e, CVN_E_LINK, history_is_another, NULL);
	}
	if (!snapshot_is_of(p->base, current.catalog_version, current.catalog_stamp))
		p->read_due = true;
	/* What the watch brought while the report was under way was not known to it. */
	if (current.version != p->base->version && p->report_base == p->base->version)
		p->suspect_at = earlier(p->suspect_at, now + SUSPECT_MS);
	/*
	 * Only now has all been done that a link is for:
	 * one that is refused later is tried ever less often.
	 */
	if (p->watched)
		p->failures = 0;
	p->client.reported(p->client.arg, p->report_number);
	return CVN_OK;
}

static const struct step_row steps[STEPS] = {
	[STEP_DOWN] = {"wait", NULL, NULL, STEP_DOWN},
	[STEP_CATALOG] = {"reading the catalog", catalog_ask, catalog_take, STEP_VALUES},
	[STEP_VALUES] = {"reading the configuration", values_ask, values_take, STEP_RULES},
	[STEP_RULES] = {"reading the rules", rules_ask, rules_take, STEP_IDLE},
	[STEP_CATCH_UP] = {"catching up", catch_up_ask, changes_take, STEP_IDLE},
	[STEP_IDLE] = {"idle", NULL, NULL, STEP_IDLE},
	[STEP_REPORT] = {"a report", report_ask, report_take, STEP_IDLE},
};

/* ---- steps ---- */

/* Any doubt: never mend a link, start afresh. */
static void fall(struct poll *p, int code, const char *why, int64_t now)
{
	cvn_error e;

	/* Copied first: it may be a text of the link's own. */
	fail(&e, code, why, NULL);
	http_hang_up(p->http);
	drop_bodies(p);
	p->watching = false;
	/*
	 * Whoever does not answer the watch must not keep the news from us:
	 * next, all is read where the database is.
	 */
	p->read_due |= p->step == STEP_CATCH_UP;
	p->step = STEP_DOWN;
	p->failures++;
	p->deadline = now + backoff_ms(p->failures);
	p->up = false;
	p->client.link(p->client.arg, e.code, e.detail);
}

static void enter(struct poll *p, enum step step, int64_t now)
{
	const struct step_row *row = &steps[step];

	p->step = step;
	if (row->ask && !row->ask(p, now))
		fall(p, CVN_E_NO_MEMORY, "out of memory", now);
}

static void connect_now(struct poll *p, int64_t now)
{
	p->report_due = true;
	p->last_report = now - REPORT_GAP_MS;
	p->suspect_at = CLOCK_NEVER;
	p->watch_not_before = now;
	p->watched = false;
	enter(p, p->base && !p->read_due ? STEP_CATCH_UP : STEP_CATALOG, now);
}

/* No answer, or one that is no configuration: of the link, or a refusal that trying again does not mend. */
static void take_failure(struct poll *p, const struct http_answer *a, const char *what, int64_t now)
{
	bool refused = a->status == 401 || a->status == 403 || a->status == 404;
	const char *problem = a->why ? a->why : answered_problem((struct answered_body){a->body, a->n});
	char status[32];
	cvn_error e;

	snprintf(status, sizeof(status), "%ld", a->status);
	if (a->why)
		fail(&e, a->no_memory ? CVN_E_NO_MEMORY : CVN_E_LINK, what, ": ", problem, NULL);
	else
		fail(&e, refused ? CVN_E_REFUSED : CVN_E_LINK, what, ": the platform answers ", status,
		     problem ? ": " : "", problem ? problem : "", NULL);
	fall(p, e.code, e.detail, now);
}

/* Everything is read; what is new comes by the watch. */
static bool is_current(const struct poll *p)
{
	return p->step == STEP_IDLE || p->step == STEP_REPORT;
}

static bool is_good(const struct http_answer *a)
{
	return !a->why && a->status == 200;
}

static void take_call(struct poll *p, struct http_answer *a, int64_t now)
{
	const struct step_row *row = &steps[p->step];
	struct answered_body body = {a->body, a->n};
	cvn_error e = {0};
	int code;

	if (!is_good(a)) {
		take_failure(p, a, row->name, now);
		return;
	}
	code = row->take(p, &body, now, &e);
	a->body = body.bytes;
	if (code != CVN_OK)
		fall(p, code, e.detail, now);
	else
		enter(p, row->next, now);
}

/*
 * The environment is there, for it was read: who answers has not heard of it yet, has too many who
 * wait, or is away behind a gate.
 */
static bool is_not_now(const struct http_answer *a)
{
	static const long statuses[] = {404, 429, 502, 503, 504};

	for (size_t i = 0; !a->why && i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (a->status == statuses[i])
			return true;
	return false;
}

static void take_watch(struct poll *p, const struct http_answer *a, int64_t now)
{
	int64_t before = p->base->version;
	cvn_error e = {0};

	p->watching = false;
	/* What is missed meanwhile the reports bring to light. */
	if (is_not_now(a)) {
		p->watch_not_before = now + USELESS_MS + backoff_ms(++p->put_off);
		return;
	}
	if (!is_good(a)) {
		take_failure(p, a, "the watch", now);
		return;
	}
	/* While all is read, a part of it would only be the older or the newer. */
	if (!is_current(p))
		return;
	if (changes_take(p, &(struct answered_body){a->body, a->n}, now, &e) != CVN_OK) {
		fall(p, e.code, e.detail, now);
		return;
	}
	if (p->base->version == before && now - p->watch_since < WATCH_WAIT_S * 1000 && !p->read_due)
		p->watch_not_before = now + USELESS_MS;
}

static void take_answer(void *arg, int slot, struct http_answer *a)
{
	if (slot == SLOT_CALL)
		take_call(arg, a, clock_ms());
	else
		take_watch(arg, a, clock_ms());
}

/* ---- what is due ---- */

static int64_t report_at(const struct poll *p)
{
	return p->last_report + (p->report_due ? REPORT_GAP_MS : p->identity.heartbeat_ms);
}

/* Not while the report is under way that tells which history is ours. */
static bool wants_watch(const struct poll *p)
{
	return is_current(p) && p->up && !p->watching && !p->read_due &&
	       (p->step != STEP_REPORT || history_head(&p->history, p->base->version));
}

static void watch_due(struct poll *p, int64_t now)
{
	if (now < p->watch_not_before)
		return;
	p->watch_since = now;
	p->watching = watch_ask(p, SLOT_WATCH, WATCH_WAIT_S, WATCH_WAIT_S * 1000 + WATCH_GRACE_MS);
	if (!p->watching)
		p->watch_not_before = now + USELESS_MS;
}

/* A version that was told and not watched: whoever answers the watch may not see what the database has. */
static bool is_doubtful(struct poll *p, int64_t now)
{
	if (now < p->suspect_at)
		return false;
	p->read_due = true;
	fall(p, CVN_E_LINK, "a version was not notified", now);
	return true;
}

static void begin_due(struct poll *p, int64_t now)
{
	if (is_current(p) && is_doubtful(p, now))
		return;
	if (p->base && now >= p->deliver_at)
		deliver(p, now);
	if (p->step == STEP_IDLE && p->read_due)
		enter(p, STEP_CATALOG, now);
	else if (p->step == STEP_IDLE && p->up && now >= report_at(p))
		enter(p, STEP_REPORT, now);
	if (wants_watch(p))
		watch_due(p, now);
}

/* ---- the feed ---- */

static struct poll *poll_of(const struct feed *feed)
{
	return (struct poll *)(uintptr_t)feed;
}

static void poll_dispatch(struct feed *feed, int64_t now)
{
	struct poll *p = poll_of(feed);

	if (p->step == STEP_DOWN && now >= p->deadline)
		connect_now(p, now);
	http_turn(p->http, now);
	if (p->step != STEP_DOWN)
		begin_due(p, clock_ms());
}

static int poll_descriptor(const struct feed *feed, short *events, uint64_t *serial)
{
	*events = POLLIN;
	*serial = 0;
	return http_descriptor(poll_of(feed)->http);
}

static int64_t poll_deadline(const struct feed *feed)
{
	const struct poll *p = poll_of(feed);
	int64_t at = http_deadline(p->http);

	if (p->step == STEP_DOWN)
		return earlier(at, p->deadline);
	if (p->base)
		at = earlier(at, p->deliver_at);
	if (is_current(p))
		at = earlier(at, p->suspect_at);
	if (p->step == STEP_IDLE && p->up)
		at = earlier(at, p->read_due ? 0 : report_at(p));
	if (wants_watch(p))
		at = earlier(at, p->watch_not_before);
	return at;
}

static void poll_news(struct feed *feed)
{
	poll_of(feed)->report_due = true;
}

static void poll_abandon(struct feed *feed)
{
	http_abandon(poll_of(feed)->http);
}

static void poll_free(struct feed *feed)
{
	struct poll *p = poll_of(feed);

	http_free(p->http);
	drop_bodies(p);
	snapshot_unref(p->base);
	free(p->url);
	free(p->watch_url);
	free(p);
}

static const struct feed_kind poll_kind = {
	.dispatch = poll_dispatch,
	.descriptor = poll_descriptor,
	.deadline = poll_deadline,
	.news = poll_news,
	.abandon = poll_abandon,
	.free = poll_free,
};

struct feed *feed_poll_new(const char *url, const char *watch_url, const char *token,
			   const struct feed_identity *identity, const struct feed_client *client,
			   cvn_error *e)
{
	struct poll *p = calloc(1, sizeof(*p));

	if (!p) {
		fail_memory(e);
		return NULL;
	}
	p->feed.kind = &poll_kind;
	p->client = *client;
	p->identity = *identity;
	p->step = STEP_DOWN;
	p->deliver_at = p->suspect_at = CLOCK_NEVER;
	p->last_notify = -1;
	p->url = asked_base(url);
	p->watch_url = asked_base(watch_url ? watch_url : url);
	if (!p->url || !p->watch_url)
		fail_memory(e);
	else
		p->http = http_new(token, take_answer, p, e);
	if (p->http)
		return &p->feed;
	poll_free(&p->feed);
	return NULL;
}
