#include "fcgi/notifier/link.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "fcgi/notifier/ask.h"
#include "fcgi/notifier/changes.h"
#include "fcgi/notifier/event.h"
#include "fcgi/notifier/hub.h"
#include "fcgi/notifier/runs.h"
#include "fcgi/notifier/scope.h"
#include "fcgi/notifier/sight.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"
#include "fcgi/notifier/wire.h"
#include "fcgi/proc/log.h"
#include "workerlib/core/payload.h"

enum { HEARTBEAT_MS = 5000, IDLE_LOOKS = 10, IDLE_PAUSE_MS = 200, CHANGES_AFTER_MS = 10 };

/* What a look may be about; a set of these is wanted, another one is being answered. */
enum { LOOK_CONFIG = 1, LOOK_CHANGES = 2, LOOK_RUNS = 4, LOOK_ALL = 7 };

struct link {
	const struct log *log;
	struct hub *hub;
	struct wire *wire;
	struct event *heartbeat, *pause, *heard, *changed;
	struct sight sight;
	struct changes changes;
	struct runs runs;
	unsigned wanted;
	struct text config_in, changes_in; /* scopes of what is wanted */
	unsigned out;    /* answers of this look that are not there yet */
	bool hinted;     /* what is wanted was asked for by a notification */
	bool heeded;     /* this look was */
	bool moved;      /* and found something */
	int patience;    /* looks for nothing that are still answered at once */
	bool listening;  /* caught up since LISTEN */
	bool was_listening;
	bool came_back;  /* and that is to be told once it has caught up */
	bool counted_anew; /* what is seen from now on begins here: a cursor from before leads nowhere */
	int64_t answered; /* when the database last answered while listening; -1: never */
	uint64_t reconnects, regressions, idle_looks;
};

static void look(struct link *);

/* Wants a look at one environment, or everywhere. */
static void note(struct link *l, unsigned what, const char *environment)
{
	l->wanted |= what;
	if (what & LOOK_CONFIG)
		scope_add(&l->config_in, environment);
	if (what & LOOK_CHANGES)
		scope_add(&l->changes_in, environment);
}

static void want_all(struct link *l)
{
	note(l, LOOK_ALL, SCOPE_ALL);
	look(l);
}

/* The database is not the one that was seen: nobody can resume, so all start over. */
static void start_over(struct link *l, const char *event, const char *why)
{
	log_line(l->log, LOG_LEVEL_ERROR, event, (struct log_member[]){{.name = "reason", .text = why}, {0}});
	l->regressions++;
	sight_forget(&l->sight);
	changes_forget(&l->changes);
	hub_reset(l->hub, tick_random());
	wire_doubt(l->wire, why);
}

static void judge(struct link *l, enum sight_verdict verdict)
{
	if (verdict == SIGHT_REGRESSED)
		start_over(l, "config_version_regressed", "a version went backwards");
	else if (verdict == SIGHT_GAP)
		start_over(l, "config_version_gap", "versions are missing from the history");
	else if (verdict == SIGHT_MOVED)
		l->moved = true;
}

/* The first look since LISTEN is done. */
static void settle(struct link *l)
{
	l->listening = l->was_listening = true;
	sight_settle(&l->sight);
	wire_trust(l->wire);
	if (l->counted_anew)
		hub_reset(l->hub, tick_random());
	l->counted_anew = false;
	if (l->came_back)
		hub_emit(l->hub, &(struct event){.type = EVENT_LISTEN_RECONNECT, .environment = ""});
	l->came_back = false;
}

/* An answer of the look is there: the connection is alive, and who waits may be concerned. */
static void answered(struct link *l)
{
	bool all = !--l->out;
	l->answered = tick_ms();
	if (all && !l->listening)
		settle(l);
	hub_wake(l->hub);
	if (!all)
		return;
	if (l->heeded && !l->moved) {
		l->idle_looks++;
		l->patience--;
	} else if (l->heeded) {
		l->patience = IDLE_LOOKS;
	}
	if (l->wanted)
		look(l);
}

static bool refused(struct link *l, const struct async_rows *rows, const char *sqlstate)
{
	if (!rows && *sqlstate) {
		char why[64];
		snprintf(why, sizeof(why), "the database refused a statement: SQLSTATE %s", sqlstate);
		wire_doubt(l->wire, why);
	}
	return !rows;
}

/*
 * The head of an environment's chain, told outside of the database: who rewrites the history, or cuts its end
 * off, has this line against them (deploy/audit).
 */
static void tell_head(const struct link *l, const char *environment, int64_t version, const char *row_hash)
{
	if (row_hash)
		log_line(l->log, LOG_LEVEL_INFO, "config_head",
			 (struct log_member[]){{.name = "env", .text = environment},
					       {.name = "config_version", .number = &version},
					       {.name = "row_hash", .text = row_hash},
					       {0}});
}

/* A version comes as a row for each parameter it touched. */
static bool begins_version(const struct async_rows *rows, int i)
{
	return i == 0 ||
	       async_int(rows, i, CATCH_UP_CHANGED_VERSION) !=
		       async_int(rows, i - 1, CATCH_UP_CHANGED_VERSION) ||
	       strcmp(async_text(rows, i, CATCH_UP_ENVIRONMENT),
		      async_text(rows, i - 1, CATCH_UP_ENVIRONMENT)) != 0;
}

static void take_config(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	struct link *l = arg;
	if (refused(l, rows, sqlstate))
		return;
	enum sight_verdict verdict = SIGHT_SAME;
	sight_begin(&l->sight);
	for (int i = 0; i < async_count(rows) && verdict <= SIGHT_MOVED; i++) {
		verdict = sight_take(&l->sight, l->hub,
				     &(struct sight_row){
					     .environment = async_text(rows, i, CATCH_UP_ENVIRONMENT),
					     .version = async_int(rows, i, CATCH_UP_VERSION),
					     .catalog_version = async_int(rows, i, CATCH_UP_CATALOG),
					     .freezes = async_text(rows, i, CATCH_UP_FREEZES),
					     .lock = async_text(rows, i, CATCH_UP_LOCK),
					     .changed_version = async_int(rows, i, CATCH_UP_CHANGED_VERSION),
					     .kind = async_text(rows, i, CATCH_UP_KIND),
					     .key = async_text(rows, i, CATCH_UP_KEY),
					     .row_hash = async_text(rows, i, CATCH_UP_ROW_HASH),
					     .seen_hash = async_text(rows, i, CATCH_UP_SEEN_HASH),
					     .stamp = async_text(rows, i, CATCH_UP_STAMP),
				     });
		if (verdict == SIGHT_MOVED && begins_version(rows, i))
			tell_head(l, async_text(rows, i, CATCH_UP_ENVIRONMENT),
				  async_int(rows, i, CATCH_UP_CHANGED_VERSION),
				  async_text(rows, i, CATCH_UP_ROW_HASH));
		judge(l, verdict);
	}
	if (verdict <= SIGHT_MOVED)
		judge(l, sight_end(&l->sight));
	answered(l);
}

static void take_changes(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	struct link *l = arg;
	if (refused(l, rows, sqlstate))
		return;
	int64_t top = l->changes.top;
	for (int i = 0; i < async_count(rows); i++) {
		top = async_int(rows, i, CHANGES_TOP);
		if (!async_text(rows, i, CHANGES_ID))
			continue;
		l->moved |= changes_take(&l->changes, l->hub, async_int(rows, i, CHANGES_ID),
					 async_text(rows, i, CHANGES_ENVIRONMENT),
					 async_text(rows, i, CHANGES_STATE),
					 async_text(rows, i, CHANGES_CONTENT));
	}
	changes_end(&l->changes, top);
	answered(l);
}

static void take_runs(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	struct link *l = arg;
	if (refused(l, rows, sqlstate))
		return;
	for (int i = 0; i < async_count(rows); i++)
		l->moved |= runs_take(&l->runs, l->hub,
				      &(struct run){
					      .run_id = async_text(rows, i, RUNS_ID),
					      .kind = async_text(rows, i, RUNS_KIND),
					      .environment = async_text(rows, i, RUNS_ENVIRONMENT),
					      .parameter_set_hash = async_text(rows, i, RUNS_HASH),
				      });
	runs_end(&l->runs, tick_ms());
	answered(l);
}

static void ask_config(struct link *l)
{
	struct text environments = {0}, versions = {0};
	enum ask which = scope_is_all(l->config_in.at) ? ASK_CATCH_UP : ASK_NEWS;
	sight_ask(&l->sight, l->config_in.at, &environments, &versions);
	l->out += ask(l->wire, which, (const char *[]){environments.at, versions.at}, take_config, l);
	text_clear(&l->config_in);
	text_free(&environments);
	text_free(&versions);
}

static void ask_changes(struct link *l)
{
	struct text ids = {0};
	char top[24];
	if (!l->changes.known) {
		l->out += ask(l->wire, ASK_CHANGES_OPEN, NULL, take_changes, l);
		text_clear(&l->changes_in);
		return;
	}
	changes_ids(&l->changes, l->changes_in.at, &ids);
	snprintf(top, sizeof(top), "%" PRId64, l->changes.top);
	l->out += ask(l->wire, ASK_CHANGES, (const char *[]){ids.at, top}, take_changes, l);
	text_clear(&l->changes_in);
	text_free(&ids);
}

static void ask_runs(struct link *l)
{
	char seconds[24];
	snprintf(seconds, sizeof(seconds), "%" PRId64, runs_seconds(&l->runs, tick_ms()));
	l->out += ask(l->wire, ASK_RUNS, (const char *[]){seconds}, take_runs, l);
}

/* Looks at what is wanted, unless a look is under way or the last ones were for nothing. */
static void look(struct link *l)
{
	static void (*const asks[])(struct link *) = {ask_config, ask_changes, ask_runs};
	if (l->out || !l->sight.counted || !wire_up(l->wire))
		return;
	if (l->hinted && l->patience <= 0) {
		struct timeval pause = tick_interval(IDLE_PAUSE_MS);
		if (!event_pending(l->pause, EV_TIMEOUT, NULL))
			event_add(l->pause, &pause);
		return;
	}
	if (!l->listening) /* a notification that came since LISTEN: what came before it may be anywhere */
		note(l, LOOK_ALL, SCOPE_ALL);
	unsigned what = l->wanted;
	l->wanted = 0;
	l->moved = false;
	l->heeded = l->hinted;
	l->hinted = false;
	for (unsigned i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
		if (what & (1u << i))
			asks[i](l);
}

static void on_pause(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;
	(void)fd;
	(void)what;
	l->patience = 1;
	if (l->wanted)
		look(l);
}

static void on_heartbeat(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;
	(void)fd;
	(void)what;
	l->patience = IDLE_LOOKS;
	if (!l->listening)
		return;
	if (sight_unheard(&l->sight))
		wire_doubt(l->wire, "a version was not notified");
	else
		want_all(l);
}

/* Where a change set has another state, as config_event_state() words it; otherwise worded, everywhere. */
static const char *changed_in(const struct link *l, const char *payload)
{
	static const char head[] = "{\"type\" : \"change_state\", \"environment\" : \"";
	char environment[SIGHT_ENVIRONMENT];
	size_t n;
	if (strncmp(payload, head, sizeof(head) - 1) != 0)
		return SCOPE_ALL;
	payload += sizeof(head) - 1;
	n = strcspn(payload, "\"");
	if (n >= sizeof(environment))
		return SCOPE_ALL;
	memcpy(environment, payload, n);
	environment[n] = '\0';
	const struct place *p = sight_place(&l->sight, environment);
	return p ? p->environment : SCOPE_ALL;
}

static void hint(struct link *l, unsigned what, const char *environment)
{
	note(l, what, environment);
	l->hinted = true;
	event_active(l->heard, EV_TIMEOUT, 0);
}

/*
 * States of change sets are for people. Those who wait for a version are told first, and what comes within a
 * hundredth of a second is one look.
 */
static void hint_later(struct link *l, const char *environment)
{
	struct timeval after = tick_interval(CHANGES_AFTER_MS);
	scope_add(&l->changes_in, environment);
	if (!event_pending(l->changed, EV_TIMEOUT, NULL))
		event_add(l->changed, &after);
}

static void on_changed(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;
	(void)fd;
	(void)what;
	if (!l->changes_in.n)
		return; /* a look at everything came before */
	l->wanted |= LOOK_CHANGES;
	l->hinted = true;
	look(l);
}

static void on_event(struct link *l, const char *payload)
{
	const char *environment = changed_in(l, payload);
	if (strstr(payload, "\"parameter_set_frozen\""))
		hint(l, LOOK_RUNS, SCOPE_ALL);
	else if (!scope_is_all(environment))
		hint_later(l, environment);
	else
		hint(l, LOOK_CONFIG | LOOK_CHANGES, SCOPE_ALL);
}

/* A notification: where to look, and at what. What it says is never believed. */
static void on_notice(void *arg, const char *channel, const char *payload)
{
	struct link *l = arg;
	struct payload p;
	if (!strcmp(channel, PAYLOAD_EVENT_CHANNEL))
		on_event(l, payload);
	else if (payload_read(payload, &p) &&
		 (sight_hear(&l->sight, p.environment, p.version) || p.key[0] == '*'))
		hint(l, LOOK_CONFIG, sight_place(&l->sight, p.environment) ? p.environment : SCOPE_ALL);
}

/* All that came with one commit is there, so that one look is enough. */
static void on_heard(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;
	(void)fd;
	(void)what;
	if (l->wanted)
		look(l);
}

static void take_counts(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	struct link *l = arg;
	if (refused(l, rows, sqlstate))
		return;
	sight_forget(&l->sight);
	for (int i = 0; i < async_count(rows); i++) {
		sight_count(&l->sight, async_text(rows, i, COUNTS_ENVIRONMENT),
			    async_int(rows, i, COUNTS_VERSION), async_text(rows, i, COUNTS_ROW_HASH),
			    async_int(rows, i, COUNTS_SAVES), async_int(rows, i, COUNTS_ROLLBACKS));
		tell_head(l, async_text(rows, i, COUNTS_ENVIRONMENT), async_int(rows, i, COUNTS_VERSION),
			  async_text(rows, i, COUNTS_ROW_HASH));
	}
	l->sight.counted = true;
	l->counted_anew = true;
	hub_hush(l->hub);
	want_all(l);
}

static void take_nothing(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	refused(arg, rows, sqlstate);
}

/* LISTEN is committed and holds: only now may the first look begin. */
static void take_listening(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	struct link *l = arg;
	if (refused(l, rows, sqlstate))
		return;
	if (async_int(rows, 0, 0) != 2) {
		wire_doubt(l->wire,
			   "LISTEN does not hold: is there a pooler in transaction mode in between?");
		return;
	}
	if (l->was_listening) {
		l->reconnects++;
		l->came_back = true;
		log_line(l->log, LOG_LEVEL_WARNING, "listen_reconnect", (struct log_member[]){{0}});
	}
	if (l->sight.counted)
		want_all(l);
	else
		ask(l->wire, ASK_COUNTS, NULL, take_counts, l);
}

static void on_up(void *arg)
{
	struct link *l = arg;
	l->out = 0;
	l->wanted = 0;
	text_clear(&l->config_in);
	text_clear(&l->changes_in);
	ask(l->wire, ASK_SETTINGS, NULL, take_nothing, l);
	ask(l->wire, ASK_LISTEN, NULL, take_nothing, l);
	ask(l->wire, ASK_LISTEN_EVENTS, NULL, take_nothing, l);
	ask(l->wire, ASK_LISTENING, NULL, take_listening, l);
}

static void on_down(void *arg, const char *reason)
{
	struct link *l = arg;
	l->listening = false;
	l->hinted = false;
	log_line(l->log, LOG_LEVEL_WARNING, "listen_lost",
		 (struct log_member[]){{.name = "reason", .text = reason}, {0}});
}

struct link *link_new(struct event_base *base, const char *conninfo, struct hub *hub, const struct log *log)
{
	struct link *l = text_need(calloc(1, sizeof(*l)));
	struct timeval every = tick_interval(HEARTBEAT_MS);
	l->hub = hub;
	l->log = log;
	l->answered = -1;
	l->patience = IDLE_LOOKS;
	l->heartbeat = text_need(event_new(base, -1, EV_PERSIST, on_heartbeat, l));
	l->pause = text_need(event_new(base, -1, 0, on_pause, l));
	l->heard = text_need(event_new(base, -1, 0, on_heard, l));
	l->changed = text_need(event_new(base, -1, 0, on_changed, l));
	event_add(l->heartbeat, &every);
	l->wire = wire_new(base, conninfo, "cvn-config-notifier listen",
			   &(struct wire_owner){.up = on_up, .down = on_down, .notice = on_notice, .arg = l});
	return l;
}

void link_free(struct link *l)
{
	if (!l)
		return;
	wire_free(l->wire);
	event_free(l->heartbeat);
	event_free(l->pause);
	event_free(l->heard);
	event_free(l->changed);
	sight_forget(&l->sight);
	changes_forget(&l->changes);
	text_free(&l->config_in);
	text_free(&l->changes_in);
	free(l);
}

const struct sight *link_sight(const struct link *l)
{
	return &l->sight;
}

int64_t link_age_ms(const struct link *l)
{
	return l->answered < 0 ? -1 : tick_ms() - l->answered;
}

bool link_listening(const struct link *l)
{
	return l->listening;
}

uint64_t link_reconnects(const struct link *l)
{
	return l->reconnects;
}

uint64_t link_regressions(const struct link *l)
{
	return l->regressions;
}

uint64_t link_idle_looks(const struct link *l)
{
	return l->idle_looks;
}
