#include "workerlib/worker.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workerlib/clock.h"
#include "workerlib/fail.h"
#include "workerlib/feed_listen.h"
#include "workerlib/options.h"
#include "workerlib/pump.h"
#include "workerlib/report.h"

enum { OPEN_MS = 10000, FAREWELL_MS = 1000, HEARTBEAT_MS = 5000 };

/* ---- telling the caller ---- */

static void tell(cvn_worker *w, cvn_event_kind kind, int64_t version, const char *detail)
{
	const cvn_event event = {.kind = kind, .version = version, .detail = detail};

	if (w->on_event)
		w->on_event(w->on_event_arg, &event);
}

static void tell_applied(cvn_worker *w, const struct engine_outcome *outcome)
{
	size_t n = 0;
	cvn_change *changes = snapshot_diff(outcome->before, outcome->after, &n);
	const cvn_applied applied = {
		.environment = w->environment,
		.version = outcome->version,
		.config_hash = outcome->after->hash,
		.changes = changes,
		.n_changes = changes ? n : 0,
	};

	w->on_apply(w->on_apply_arg, &applied);
	free(changes);
}

void worker_conclude(cvn_worker *w, struct engine_outcome *outcome)
{
	if (outcome->news)
		pump_wake(w);
	if (outcome->before && w->on_apply)
		tell_applied(w, outcome);
	engine_release(&w->engine, outcome);
}

/* ---- what the feed brings ---- */

/* The caller's own word on a configuration that passed the core's. */
static int ask_caller(cvn_worker *w, const struct snapshot *latest, const struct snapshot *s, cvn_error *e)
{
	size_t n = 0;
	cvn_change *changes;
	cvn_proposed proposed;
	int code = CVN_OK;

	if (!w->on_validate)
		return CVN_OK;
	changes = snapshot_diff(latest, s, &n);
	if (n == SIZE_MAX)
		return fail_memory(e);
	proposed = (cvn_proposed){
		.environment = w->environment, .version = s->version, .changes = changes, .n_changes = n};
	if (n > 0)
		code = w->on_validate(w->on_validate_arg, &proposed, e);
	free(changes);
	if (code == CVN_OK)
		return CVN_OK;
	/* Whatever number the caller has, it must not be taken for ours; and a reason there must be. */
	e->code = CVN_E_INVALID;
	return e->detail[0] ? CVN_E_INVALID : fail(e, CVN_E_INVALID, "the worker's own check refused it", NULL);
}

static int check(cvn_worker *w, const struct snapshot *latest, const struct snapshot *s, cvn_error *e)
{
	int code = snapshot_check(s, e);

	return code == CVN_OK ? ask_caller(w, latest, s, e) : code;
}

/* The configuration the worker starts with; why it cannot is kept for cvn_worker_open(). */
static void load(cvn_worker *w, struct snapshot *s)
{
	if (snapshot_check(s, &w->failure) != CVN_OK)
		snapshot_unref(s);
	else
		w->loaded = engine_load(&w->engine, s, &w->failure) == CVN_OK;
}

static void tell_fall(cvn_worker *w, int64_t from, int64_t to)
{
	char detail[96];

	snprintf(detail, sizeof(detail), "the database's version fell from %lld to %lld", (long long)from, (long long)to);
	tell(w, CVN_EVENT_VERSION_FELL, to, detail);
}

/* Checked and found good or bad: to the engine with it. False: no memory, later. */
static bool decide(cvn_worker *w, struct snapshot *s, int code, const cvn_error *e, bool is_new)
{
	struct engine_outcome outcome;
	int64_t version = s->version;

	if (code == CVN_OK) {
		code = engine_stage(&w->engine, s, &outcome);
	} else if (code == CVN_E_INVALID) {
		snapshot_unref(s);
		engine_reject(&w->engine, version, e->detail, &outcome);
		tell(w, CVN_EVENT_REJECTED, version, e->detail);
		worker_conclude(w, &outcome);
		return true;
	} else {
		snapshot_unref(s);
	}
	if (code != CVN_OK) {
		tell(w, CVN_EVENT_NO_MEMORY, version, "a configuration could not be taken in");
		return false;
	}
	if (is_new)
		tell(w, CVN_EVENT_RECEIVED, version, "");
	worker_conclude(w, &outcome);
	return true;
}

static bool receive(cvn_worker *w, struct snapshot *s)
{
	struct snapshot *latest = engine_latest(&w->engine);
	int64_t before = latest->version;
	cvn_error e = {0};
	int code = check(w, latest, s, &e);

	engine_unref(&w->engine, latest);
	if (s->version < before)
		tell_fall(w, before, s->version);
	return decide(w, s, code, &e, s->version != before);
}

static bool client_received(void *arg, struct snapshot *take)
{
	cvn_worker *w = arg;

	if (w->loaded)
		return receive(w, take);
	load(w, take);
	return true;
}

static bool client_report(void *arg, struct report *report)
{
	cvn_worker *w = arg;

	return engine_report(&w->engine, report);
}

static void client_reported(void *arg, uint64_t number)
{
	cvn_worker *w = arg;

	w->reported = number;
	engine_reported(&w->engine, number);
}

static void client_link(void *arg, int code, const char *why)
{
	cvn_worker *w = arg;
	bool was_up = atomic_exchange(&w->up, code == CVN_OK);

	if (code == CVN_OK && !was_up && w->loaded)
		tell(w, CVN_EVENT_LINK_BACK, cvn_worker_version(w), "");
	if (code == CVN_OK)
		return;
	if (w->failure.code == CVN_OK)
		fail(&w->failure, code, why, NULL);
	if (was_up)
		tell(w, CVN_EVENT_LINK_LOST, cvn_worker_version(w), why);
}

const struct feed_client worker_client = {
	.received = client_received,
	.report = client_report,
	.reported = client_reported,
	.link = client_link,
};

/* ---- open and close ---- */

static int copy_identity(cvn_worker *w, const cvn_options *options, cvn_error *e)
{
	const char *build = options_text(options, OPTION_BUILD);

	w->environment = strdup(options_text(options, OPTION_ENVIRONMENT));
	w->worker_id = strdup(options_text(options, OPTION_WORKER_ID));
	w->build = strdup(build ? build : "");
	return w->environment && w->worker_id && w->build ? CVN_OK : fail_memory(e);
}

static int open_feed(cvn_worker *w, const cvn_options *options, cvn_error *e)
{
	const struct feed_identity identity = {
		.environment = w->environment,
		.worker_id = w->worker_id,
		.build = w->build,
		.heartbeat_ms = options_integer(options, OPTION_HEARTBEAT_MS, HEARTBEAT_MS),
	};
	struct feed_client client = worker_client;
	cvn_error why = {0};

	client.arg = w;
	w->feed = feed_listen_new(options_text(options, OPTION_DATABASE), &identity, &client, &why);
	return w->feed ? CVN_OK : fail(e, why.code, why.detail, NULL);
}

/* Turns until the first configuration is in force, or the first thing that goes wrong. */
static int first_configuration(cvn_worker *w, cvn_error *e)
{
	int64_t limit = clock_ms() + OPEN_MS;

	while (!w->loaded && w->failure.code == CVN_OK && clock_ms() < limit) {
		pump_turn(w);
		if (!w->loaded && w->failure.code == CVN_OK)
			pump_wait(w, limit);
	}
	if (w->loaded)
		return CVN_OK;
	if (w->failure.code == CVN_OK)
		return fail(e, CVN_E_LINK, "no configuration in time", NULL);
	return fail(e, w->failure.code, w->failure.detail, NULL);
}

static void worker_free(cvn_worker *w)
{
	if (w->feed)
		w->feed->kind->free(w->feed);
	engine_stop(&w->engine);
	pump_close(w);
	free(w->environment);
	free(w->worker_id);
	free(w->build);
	free(w);
}

int cvn_worker_open(const cvn_options *options, cvn_worker **worker, cvn_error *e)
{
	cvn_worker *w;
	int code;

	if (!options || !worker)
		return fail(e, CVN_E_ARGUMENT, "open needs options and a place for the worker", NULL);
	*worker = NULL;
	code = options_complete(options, e);
	if (code != CVN_OK)
		return code;
	w = calloc(1, sizeof(*w));
	if (!w)
		return fail_memory(e);
	w->epoll_fd = w->wake_fd = -1;
	code = engine_start(&w->engine, e);
	if (code != CVN_OK) {
		free(w);
		return code;
	}
	code = pump_open(w, e);
	if (code == CVN_OK)
		code = copy_identity(w, options, e);
	if (code == CVN_OK)
		code = open_feed(w, options, e);
	if (code == CVN_OK)
		code = first_configuration(w, e);
	if (code == CVN_OK)
		*worker = w;
	else
		worker_free(w);
	return code;
}

/* The platform learns that this is an end and not a silence. */
static void say_farewell(cvn_worker *w)
{
	uint64_t number = engine_close(&w->engine);
	int64_t limit = clock_ms() + FAREWELL_MS;

	pump_wake(w);
	while (atomic_load(&w->up) && w->reported < number && clock_ms() < limit) {
		pump_turn(w);
		if (w->reported < number)
			pump_wait(w, limit);
	}
}

static void stop_thread(cvn_worker *w)
{
	if (!w->started)
		return;
	atomic_store(&w->stopping, true);
	pump_wake(w);
	pthread_join(w->thread, NULL);
	w->started = false;
}

void cvn_worker_close(cvn_worker *w)
{
	if (!w)
		return;
	stop_thread(w);
	say_farewell(w);
	worker_free(w);
}

/* ---- thread or loop ---- */

static void *thread_main(void *arg)
{
	cvn_worker *w = arg;

	while (!atomic_load(&w->stopping)) {
		pump_turn(w);
		pump_wait(w, CLOCK_NEVER);
	}
	return NULL;
}

int cvn_worker_start(cvn_worker *w, cvn_error *e)
{
	pthread_attr_t attributes;
	sigset_t all;
	int failed;

	if (w->started)
		return fail(e, CVN_E_STATE, "the thread runs already", NULL);
	if (pthread_attr_init(&attributes) != 0)
		return fail_memory(e);
	/* Signals are the caller's: none is to be handled on a thread of ours. */
	sigfillset(&all);
	failed = pthread_attr_setsigmask_np(&attributes, &all);
	if (!failed)
		failed = pthread_create(&w->thread, &attributes, thread_main, w);
	pthread_attr_destroy(&attributes);
	if (failed)
		return fail(e, CVN_E_SYSTEM, "no thread to be had", NULL);
	w->started = true;
	return CVN_OK;
}

int cvn_worker_fd(const cvn_worker *w)
{
	return w->epoll_fd;
}

int cvn_worker_timeout_ms(const cvn_worker *w)
{
	int64_t at, now;

	if (w->started)
		return -1;
	at = pump_deadline(w);
	now = clock_ms();
	if (at == CLOCK_NEVER)
		return -1;
	if (at <= now)
		return 0;
	return at - now > INT_MAX ? INT_MAX : (int)(at - now);
}

int cvn_worker_dispatch(cvn_worker *w, cvn_error *e)
{
	if (w->started)
		return fail(e, CVN_E_STATE, "the thread dispatches", NULL);
	pump_turn(w);
	return CVN_OK;
}

/* ---- questions ---- */

static struct engine *engine_of(const cvn_worker *w)
{
	return (struct engine *)(uintptr_t)&w->engine;
}

cvn_state cvn_worker_state(const cvn_worker *w)
{
	return atomic_load(&w->up) ? engine_state(engine_of(w)) : CVN_OFFLINE;
}

int64_t cvn_worker_version(const cvn_worker *w)
{
	return atomic_load(&w->engine.version);
}

uint64_t cvn_worker_forbidden_applies(const cvn_worker *w)
{
	return atomic_load(&w->engine.forbidden);
}

int cvn_worker_param(cvn_worker *w, const char *name, cvn_type type, cvn_param *param, cvn_error *e)
{
	if (!name || !param)
		return fail(e, CVN_E_ARGUMENT, "a handle needs a name and a place", NULL);
	return engine_param(&w->engine, name, type, param, e);
}

/* ---- callbacks ---- */

void cvn_worker_on_apply(cvn_worker *w, void (*call)(void *, const cvn_applied *), void *arg)
{
	w->on_apply = call;
	w->on_apply_arg = arg;
}

void cvn_worker_on_validate(cvn_worker *w, int (*call)(void *, const cvn_proposed *, cvn_error *), void *arg)
{
	w->on_validate = call;
	w->on_validate_arg = arg;
}

void cvn_worker_on_event(cvn_worker *w, void (*call)(void *, const cvn_event *), void *arg)
{
	w->on_event = call;
	w->on_event_arg = arg;
}
