#include "fcgi/notifier/desk.h"

#include <stdio.h>
#include <stdlib.h>

#include <event2/event.h>

#include "fcgi/notifier/applied.h"
#include "fcgi/notifier/ask.h"
#include "fcgi/notifier/hub.h"
#include "fcgi/notifier/measures.h"
#include "fcgi/notifier/sight.h"
#include "fcgi/notifier/states.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"
#include "fcgi/notifier/wire.h"
#include "fcgi/proc/log.h"

enum { LOOK_MS = 1000, LOOK_EARLY_MS = 50, LOOKED_AT_MS = 5000, SCHEMA = 64 };

_Static_assert((int)MEASURES_LATENCY_BUCKETS == (int)MEASURES_LATENCIES,
	       "the statement's columns are the buckets");

struct desk {
	const struct log *log;
	struct hub *hub;
	const struct sight *sight;
	struct wire *wire;
	struct applied *applied;
	struct event *timer;
	struct states states;
	struct measures measures;
	int64_t forbidden; /* as last said; -1: not yet known */
	int64_t looked_at; /* when somebody last waited for events */
	int64_t asked_at;  /* when the workers were last asked for */
	bool asking;
	char schema[SCHEMA];
	unsigned out; /* answers of a refresh */
	void (*done)(void *arg);
	void *arg;
};

/* -- the workers -- */

static void copy(char *to, size_t room, const char *text)
{
	snprintf(to, room, "%s", text ? text : "");
}

static struct worker worker_of(const struct async_rows *rows, int i)
{
	struct worker w = {
		.applied_version = async_int(rows, i, WORKERS_APPLIED),
		.target_version = async_int(rows, i, WORKERS_TARGET),
		.lag_versions = async_int(rows, i, WORKERS_LAG_VERSIONS),
		.restart_required = async_int(rows, i, WORKERS_RESTART_REQUIRED),
		.lag_seconds = async_real(rows, i, WORKERS_LAG_SECONDS),
		.applied_at = async_real(rows, i, WORKERS_APPLIED_AT),
		.duplicate = async_int(rows, i, WORKERS_DUPLICATE) != 0,
	};
	copy(w.id, sizeof(w.id), async_text(rows, i, WORKERS_ID));
	copy(w.environment, sizeof(w.environment), async_text(rows, i, WORKERS_ENVIRONMENT));
	copy(w.state, sizeof(w.state), async_text(rows, i, WORKERS_STATE));
	copy(w.waiting_for, sizeof(w.waiting_for), async_text(rows, i, WORKERS_WAITING_FOR));
	return w;
}

static void say_lag(struct desk *d, const struct worker *w)
{
	log_line(d->log, LOG_LEVEL_WARNING, "worker_lag_behind",
		 (struct log_member[]){{.name = "env", .text = w->environment},
				       {.name = "worker", .text = w->id},
				       {.name = "config_version", .number = &w->applied_version},
				       {.name = "lag_versions", .number = &w->lag_versions},
				       {0}});
}

static void refused(struct desk *d, const char *sqlstate)
{
	if (*sqlstate)
		log_line(d->log, LOG_LEVEL_ERROR, "statement_refused",
			 (struct log_member[]){{.name = "sqlstate", .text = sqlstate}, {0}});
}

static void take_workers(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	struct desk *d = arg;
	d->asking = false;
	if (!rows) {
		refused(d, sqlstate);
		return;
	}
	states_begin(&d->states);
	for (int i = 0; i < async_count(rows); i++) {
		struct worker w = worker_of(rows, i);
		struct states_moved moved = states_take(&d->states, d->hub, &w);
		if (moved.lags)
			say_lag(d, &w);
		if (moved.applied)
			applied_note(d->applied, &w, moved.from);
	}
	states_end(&d->states);
	applied_ask(d->applied);
	hub_wake(d->hub);
}

/* False: they were a moment ago, or the database is away. */
static bool ask_workers(struct desk *d, async_done *done)
{
	int64_t now = tick_ms();
	if (d->asking || (d->asked_at && now - d->asked_at < LOOK_MS - LOOK_EARLY_MS))
		return false;
	d->asked_at = now;
	d->asking = ask(d->wire, ASK_WORKERS, NULL, done, d);
	return d->asking;
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
	struct desk *d = arg;
	(void)fd;
	(void)what;
	if (hub_waiting(d->hub))
		d->looked_at = tick_ms();
	bool looked_at = d->looked_at && tick_ms() - d->looked_at < LOOKED_AT_MS;
	if (looked_at || states_propagating(&d->states, d->sight))
		ask_workers(d, take_workers);
}

/* -- a refresh -- */

static void answered(struct desk *d)
{
	if (--d->out)
		return;
	void (*done)(void *) = d->done;
	d->done = NULL;
	if (done)
		done(d->arg);
}

static void take_workers_refreshed(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	take_workers(arg, rows, sqlstate);
	answered(arg);
}

static void measure_of(struct measure *m, const struct async_rows *rows, int i)
{
	*m = (struct measure){
		.changes_pending = async_int(rows, i, MEASURES_PENDING),
		.forbidden_applies = async_int(rows, i, MEASURES_FORBIDDEN),
		.latency_count = async_int(rows, i, MEASURES_LATENCY_COUNT),
		.latency_sum = async_real(rows, i, MEASURES_LATENCY_SUM),
		.oldest_pending = async_real(rows, i, MEASURES_OLDEST_PENDING),
		.frozen = async_int(rows, i, MEASURES_FROZEN) != 0,
	};
	copy(m->environment, sizeof(m->environment), async_text(rows, i, MEASURES_ENVIRONMENT));
	for (int k = 0; k < MEASURES_LATENCIES; k++)
		m->latency_buckets[k] = async_int(rows, i, MEASURES_BUCKETS + k);
}

/* This must never be said: a worker counted an apply where none may be. */
static void say_forbidden(struct desk *d)
{
	int64_t now = measures_forbidden(&d->measures);
	if (d->forbidden >= 0 && now > d->forbidden)
		log_line(d->log, LOG_LEVEL_ERROR, "config_change_applied_in_forbidden_section",
			 (struct log_member[]){{.name = "total", .number = &now}, {0}});
	d->forbidden = now;
}

static void take_measures(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	struct desk *d = arg;
	if (rows) {
		int n = async_count(rows);
		struct measure *at = text_need(calloc((size_t)n + 1, sizeof(*at)));
		for (int i = 0; i < n; i++)
			measure_of(&at[i], rows, i);
		measures_take(&d->measures, at, (size_t)n, n ? async_real(rows, 0, MEASURES_QUEUE) : 0);
		say_forbidden(d);
	} else {
		refused(d, sqlstate);
	}
}

static void take_measures_refreshed(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	take_measures(arg, rows, sqlstate);
	answered(arg);
}

void desk_refresh(struct desk *d, void (*done)(void *arg), void *arg)
{
	if (d->done)
		return;
	d->done = done;
	d->arg = arg;
	d->out = 1; /* ours, so that done is called once whatever is asked */
	d->out += ask_workers(d, take_workers_refreshed);
	d->out += ask(d->wire, ASK_MEASURES, NULL, take_measures_refreshed, d);
	answered(d);
}

/* -- the connection -- */

static void take_schema(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	struct desk *d = arg;
	if (rows && async_count(rows))
		copy(d->schema, sizeof(d->schema), async_text(rows, 0, 0));
	else
		refused(d, sqlstate);
}

static void take_nothing(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	if (!rows)
		refused(arg, sqlstate);
}

static void on_up(void *arg)
{
	struct desk *d = arg;
	wire_trust(d->wire);
	ask(d->wire, ASK_SETTINGS, NULL, take_nothing, d);
	ask(d->wire, ASK_SCHEMA, NULL, take_schema, d);
	/* What the next look is compared with: an apply before it would be told to nobody. */
	ask_workers(d, take_workers);
	ask(d->wire, ASK_MEASURES, NULL, take_measures, d); /* whoever scrapes before the first round */
}

static void on_down(void *arg, const char *reason)
{
	struct desk *d = arg;
	log_line(d->log, LOG_LEVEL_WARNING, "database_lost",
		 (struct log_member[]){{.name = "reason", .text = reason}, {0}});
}

static void on_notice(void *arg, const char *channel, const char *payload)
{
	(void)arg;
	(void)channel;
	(void)payload; /* this connection does not listen */
}

struct desk *desk_new(struct event_base *base, const char *conninfo, struct hub *hub,
		      const struct sight *sight, const struct states_limits *limits, const struct log *log)
{
	struct desk *d = text_need(calloc(1, sizeof(*d)));
	struct timeval every = tick_interval(LOOK_MS);
	d->log = log;
	d->hub = hub;
	d->sight = sight;
	d->states.limits = *limits;
	d->forbidden = -1;
	d->timer = text_need(event_new(base, -1, EV_PERSIST, on_time, d));
	event_add(d->timer, &every);
	d->wire = wire_new(base, conninfo, "cvn-config-notifier desk",
			   &(struct wire_owner){.up = on_up, .down = on_down, .notice = on_notice, .arg = d});
	d->applied = applied_new(d->wire, log);
	return d;
}

void desk_free(struct desk *d)
{
	if (!d)
		return;
	d->done = NULL;
	wire_free(d->wire);
	applied_free(d->applied);
	event_free(d->timer);
	states_forget(&d->states);
	measures_forget(&d->measures);
	free(d);
}

struct wire *desk_wire(struct desk *d)
{
	return d->wire;
}

const struct states *desk_states(const struct desk *d)
{
	return &d->states;
}

const struct measures *desk_measures(const struct desk *d)
{
	return &d->measures;
}

const char *desk_schema(const struct desk *d)
{
	return d->schema;
}
