#include "workerlib/worker.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workerlib/clock.h"
#include "workerlib/fail.h"
#include "workerlib/feed_listen.h"
#include "workerlib/feed_poll.h"
#include "workerlib/options.h"
#include "workerlib/pump.h"
#include "workerlib/receive.h"

enum { OPEN_MS = 10000, FAREWELL_MS = 1000, HEARTBEAT_MS = 5000, CACHE_MAX_AGE_S = 86400 };

/* ---- open and close ---- */

static int copy_identity(cvn_worker *w, const cvn_options *options, cvn_error *e)
{
	const char *build = options_text(options, OPTION_BUILD);

	w->environment = strdup(options_text(options, OPTION_ENVIRONMENT));
	w->worker_id = strdup(options_text(options, OPTION_WORKER_ID));
	w->build = strdup(build ? build : "");
	instance_name(w->instance);
	return w->environment && w->worker_id && w->build ? CVN_OK : fail_memory(e);
}

static int open_feed(cvn_worker *w, const cvn_options *options, cvn_error *e)
{
	const struct feed_identity identity = {
		.environment = w->environment,
		.worker_id = w->worker_id,
		.build = w->build,
		.instance = w->instance,
		.heartbeat_ms = options_integer(options, OPTION_HEARTBEAT_MS, HEARTBEAT_MS),
	};
	struct feed_client client = receive_client;
	cvn_error why = {0};

	client.arg = w;
	if (options_text(options, OPTION_DATABASE))
		w->feed = feed_listen_new(options_text(options, OPTION_DATABASE), &identity, &client, &why);
	else
		w->feed = feed_poll_new(options_text(options, OPTION_URL),
					options_text(options, OPTION_WATCH_URL),
					options_text(options, OPTION_TOKEN), &identity, &client, &why);
	return w->feed ? CVN_OK : fail(e, why.code, why.detail, NULL);
}

static int open_cache(cvn_worker *w, const cvn_options *options, cvn_error *e)
{
	const char *directory = options_text(options, OPTION_CACHE_DIR);

	if (!directory)
		return CVN_OK;
	w->cache = cache_new(directory, w->environment, w->worker_id,
			     options_integer(options, OPTION_CACHE_MAX_AGE_S, CACHE_MAX_AGE_S));
	return w->cache ? CVN_OK : fail_memory(e);
}

/*
 * Whether there is something still to be waited for:
 * the first configuration, and that the platform takes a report.
 */
static bool is_opening(const cvn_worker *w)
{
	return w->failure.code == CVN_OK && !(w->loaded && w->heard);
}

/*
 * Turns until the platform has given a configuration and taken a report of it, or the first
 * thing that goes wrong. Who may read and not report is refused here, and not left to lose its
 * link time and again with nobody told of it.
 */
static int first_configuration(cvn_worker *w, cvn_error *e)
{
	int64_t limit = clock_ms() + OPEN_MS;

	while (is_opening(w) && clock_ms() < limit) {
		pump_turn(w);
		if (is_opening(w))
			pump_wait(w, limit);
	}
	if (w->loaded && w->failure.code != CVN_E_REFUSED)
		return CVN_OK;
	if (w->failure.code == CVN_OK)
		return fail(e, CVN_E_LINK, "no configuration in time", NULL);
	return fail(e, w->failure.code, w->failure.detail, NULL);
}

/*
 * The platform cannot be reached: what it said last is better than nothing, when it is whole, of this
 * environment and not too old. A platform that answers and refuses is obeyed.
 */
static int configuration_from_disk(cvn_worker *w, cvn_error *e)
{
	cvn_error unreachable = *e;
	struct snapshot *s;

	if (!w->cache || e->code != CVN_E_LINK)
		return e->code;
	s = cache_read(w->cache, clock_calendar_s(), &w->cache_age_s, e);
	if (s && snapshot_check(s, NULL, e) != CVN_OK) {
		snapshot_unref(s);
		s = NULL;
	}
	if (!s)
		return fail(e, unreachable.code, e->detail, "; and ", unreachable.detail, NULL);
	w->loaded = engine_load(&w->engine, s, e) == CVN_OK;
	w->from_cache = w->loaded;
	atomic_store(&w->cached, w->loaded);
	return w->loaded ? CVN_OK : e->code;
}

static int some_configuration(cvn_worker *w, cvn_error *e)
{
	cvn_error why = {0};
	int code = first_configuration(w, &why);

	if (code != CVN_OK)
		code = configuration_from_disk(w, &why);
	return code == CVN_OK ? CVN_OK : fail(e, code, why.detail, NULL);
}

static void worker_free(cvn_worker *w)
{
	if (w->feed)
		w->feed->kind->free(w->feed);
	engine_stop(&w->engine);
	pump_close(w);
	home_leave(&w->home);
	cache_free(w->cache);
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
	w->epoll_fd = w->wake_fd = w->feed_epoll = -1;
	code = engine_start(&w->engine, e);
	if (code != CVN_OK) {
		free(w);
		return code;
	}
	home_settle(&w->home);
	code = pump_open(w, e);
	if (code == CVN_OK)
		code = copy_identity(w, options, e);
	if (code == CVN_OK)
		code = open_cache(w, options, e);
	if (code == CVN_OK)
		code = open_feed(w, options, e);
	if (code == CVN_OK)
		code = some_configuration(w, e);
	if (code == CVN_OK)
		*worker = w;
	else
		worker_free(w);
	return code;
}

/*
 * The platform learns that this is an end and not a silence;
 * a link that is lost meanwhile is made again for it.
 */
static void say_farewell(cvn_worker *w)
{
	uint64_t number = engine_close(&w->engine);
	int64_t limit = clock_ms() + (atomic_load(&w->up) ? FAREWELL_MS : 0);

	pump_wake(w);
	while (w->reported < number && clock_ms() < limit) {
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

/* Descriptors only: what another thread was at when the process was forked cannot be freed. */
static void abandon(cvn_worker *w)
{
	w->feed->kind->abandon(w->feed);
	pump_close(w);
}

void cvn_worker_close(cvn_worker *w)
{
	if (!w)
		return;
	if (worker_is_forked(w)) {
		abandon(w);
		return;
	}
	stop_thread(w);
	say_farewell(w);
	worker_free(w);
}

/* ---- thread or loop ---- */

static int fail_forked(cvn_error *e)
{
	return fail(e, CVN_E_FORKED, "the worker belongs to the parent of this process: open one here", NULL);
}

static int fail_nobody(cvn_error *e)
{
	return fail(e, CVN_E_ARGUMENT, "there is no worker: was it opened?", NULL);
}

static void *thread_main(void *arg)
{
	cvn_worker *w = arg;

	receive_begin(w);
	while (!atomic_load(&w->stopping)) {
		pump_turn(w);
		/* A callback may have read; this thread comes to no boundary that would let it go. */
		engine_pass(&w->engine);
		pump_wait(w, CLOCK_NEVER);
	}
	return NULL;
}

int cvn_worker_start(cvn_worker *w, cvn_error *e)
{
	pthread_attr_t attributes;
	sigset_t all;
	int failed;

	if (!w)
		return fail_nobody(e);
	if (worker_is_forked(w))
		return fail_forked(e);
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
	return worker_is_forked(w) ? -1 : w->epoll_fd;
}

int cvn_worker_timeout_ms(const cvn_worker *w)
{
	int64_t at, now;

	if (w->started || worker_is_forked(w))
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
	if (!w)
		return fail_nobody(e);
	if (worker_is_forked(w))
		return fail_forked(e);
	if (w->started)
		return fail(e, CVN_E_STATE, "the thread dispatches", NULL);
	receive_begin(w);
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
	if (worker_is_forked(w))
		return CVN_OFFLINE;
	if (atomic_load(&w->cached))
		return CVN_CACHED;
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
	if (!w)
		return fail_nobody(e);
	if (!name || !param)
		return fail(e, CVN_E_ARGUMENT, "a handle needs a name and a place", NULL);
	if (worker_is_forked(w))
		return fail_forked(e);
	return engine_param(&w->engine, name, type, param, e);
}

void cvn_worker_tag(const cvn_worker *w, cvn_tag *tag)
{
	const struct snapshot *s;

	if (!worker_is_forked(w)) {
		tag->config_version_id = engine_tag(engine_of(w), tag->config_hash);
		return;
	}
	s = engine_current(&w->engine);
	tag->config_version_id = cvn_worker_version(w);
	memcpy(tag->config_hash, s->hash, sizeof(tag->config_hash));
}

int cvn_tag_labels(const cvn_tag *tag, char *out, size_t n)
{
	return snprintf(out, n, "config_version_id=\"%lld\",config_hash=\"%s\"",
			(long long)tag->config_version_id, tag->config_hash);
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

const char *cvn_event_name(cvn_event_kind kind)
{
	static const char *const names[] = {
		[CVN_EVENT_LINK_LOST] = "link_lost",
		[CVN_EVENT_LINK_BACK] = "listen_reconnect",
		[CVN_EVENT_RECEIVED] = "config_version_received",
		[CVN_EVENT_REJECTED] = "config_version_rejected",
		[CVN_EVENT_VERSION_FELL] = "config_version_fell",
		[CVN_EVENT_NO_MEMORY] = "no_memory",
		[CVN_EVENT_CACHED] = "config_started_from_cache",
		[CVN_EVENT_CACHE_FAILED] = "config_cache_failed",
		[CVN_EVENT_APPLIED] = "config_version_applied",
	};

	return (size_t)kind < sizeof(names) / sizeof(names[0]) ? names[kind] : NULL;
}

void cvn_worker_on_event(cvn_worker *w, void (*call)(void *, const cvn_event *), void *arg)
{
	w->on_event = call;
	w->on_event_arg = arg;
}
