#include "workerlib/receive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workerlib/clock.h"
#include "workerlib/core/utf8.h"
#include "workerlib/describe.h"
#include "workerlib/fail.h"
#include "workerlib/pump.h"
#include "workerlib/report.h"
#include "workerlib/worker.h"

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

void receive_conclude(cvn_worker *w, struct engine_outcome *outcome)
{
	if (outcome->news)
		pump_wake(w);
	if (outcome->before && w->on_apply)
		tell_applied(w, outcome);
	if (outcome->before)
		tell(w, CVN_EVENT_APPLIED, outcome->version, outcome->after->hash);
	engine_release(&w->engine, outcome);
}

/* ---- the disk ---- */

/* The newest configuration accepted goes to disk. What fails is told once, until it works again. */
static void keep_on_disk(cvn_worker *w)
{
	struct snapshot *latest;
	cvn_error e = {0};
	int code;

	if (!w->cache)
		return;
	latest = engine_latest(&w->engine);
	code = cache_write(w->cache, latest, clock_calendar_s(), &e);
	engine_unref(&w->engine, latest);
	w->cache_write_at = clock_ms() + cache_refresh_ms(w->cache);
	if (code != CVN_OK && !w->cache_fails)
		tell(w, CVN_EVENT_CACHE_FAILED, cvn_worker_version(w), e.detail);
	w->cache_fails = code != CVN_OK;
}

static void tell_cached(cvn_worker *w)
{
	char detail[96];

	snprintf(detail, sizeof(detail), "started from disk: what was good %lld s before",
		 (long long)w->cache_age_s);
	tell(w, CVN_EVENT_CACHED, cvn_worker_version(w), detail);
}

void receive_begin(cvn_worker *w)
{
	if (w->begun)
		return;
	w->begun = true;
	if (w->from_cache)
		tell_cached(w);
	if (w->cache_fails) {
		w->cache_fails = false;
		keep_on_disk(w);
	}
}

/* ---- what the feed brings ---- */

/* Cuts a text before the first byte that is not UTF-8. */
static void keep_utf8(char *text, size_t size)
{
	const char *at = text, *end;
	uint32_t character;

	text[size - 1] = '\0';
	end = text + strlen(text);
	while (at < end && utf8_next(&at, end, &character))
		continue;
	text[at - text] = '\0';
}

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
	/*
	 * Whatever number the caller has, it must not be taken for ours;
	 * and a reason there must be, that travels.
	 */
	e->code = CVN_E_INVALID;
	keep_utf8(e->detail, sizeof(e->detail));
	return e->detail[0] ? CVN_E_INVALID
			    : fail(e, CVN_E_INVALID, "the worker's own check refused it", NULL);
}

static int check(cvn_worker *w, const struct snapshot *latest, const struct snapshot *s, cvn_error *e)
{
	int code = snapshot_check(s, latest, e);

	return code == CVN_OK ? ask_caller(w, latest, s, e) : code;
}

/* The configuration the worker starts with; why it cannot is kept for cvn_worker_open(). */
static void load(cvn_worker *w, struct snapshot *s)
{
	if (snapshot_check(s, NULL, &w->failure) != CVN_OK)
		snapshot_unref(s);
	else
		w->loaded = engine_load(&w->engine, s, &w->failure) == CVN_OK;
	if (w->loaded)
		keep_on_disk(w);
}

static void tell_fall(cvn_worker *w, int64_t from, int64_t to)
{
	char detail[96];

	snprintf(detail, sizeof(detail), "the database's version fell from %lld to %lld", (long long)from,
		 (long long)to);
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
		receive_conclude(w, &outcome);
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
	receive_conclude(w, &outcome);
	keep_on_disk(w);
	return true;
}

static bool receive(cvn_worker *w, struct snapshot *s)
{
	struct snapshot *latest = engine_latest(&w->engine);
	int64_t before = latest->version;
	cvn_error e = {0};
	int code = check(w, latest, s, &e);

	atomic_store(&w->cached, false);
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

	/* Without memory for the first configuration nothing is in force yet that could be reported. */
	if (!w->loaded || !describe_report(&w->engine, report))
		return false;
	report->from_cache = w->from_cache;
	return true;
}

static void client_reported(void *arg, uint64_t number)
{
	cvn_worker *w = arg;

	w->heard = true;
	w->reported = number;
	engine_reported(&w->engine, number);
	/* The platform was there a moment ago: what is on disk is that young. */
	if (clock_ms() >= w->cache_write_at)
		keep_on_disk(w);
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

const struct feed_client receive_client = {
	.received = client_received,
	.report = client_report,
	.reported = client_reported,
	.link = client_link,
};
