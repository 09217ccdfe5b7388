#include "fcgi/notifier/metrics.h"

#include <inttypes.h>

#include "fcgi/notifier/measures.h"
#include "fcgi/notifier/sight.h"
#include "fcgi/notifier/states.h"
#include "fcgi/notifier/text.h"
#include "fcgi/proc/stats.h"

/* Who reads what of one metric: a row says how, and the writers below share this. */
struct metric {
	const char *name, *type, *help;
	void (*service)(struct text *, const struct metric *, const struct metrics_source *);
	void (*worker)(struct text *, const struct metric *, const struct worker *); /* or this one */
};

struct label {
	const char *name, *value;
};

void metrics_escape(struct text *t, const char *value)
{
	for (; *value; value++) {
		if (*value == '\n')
			text_put(t, "\\n");
		else if (*value == '"' || *value == '\\')
			text_add(t, (char[]){'\\', *value}, 2);
		else
			text_add(t, value, 1);
	}
}

/* name suffix {labels}, and a blank; the list of labels ends with one that has no name. */
static void series(struct text *t, const char *name, const char *suffix, const struct label *labels)
{
	text_put(t, name);
	text_put(t, suffix);
	for (const struct label *l = labels; l->name; l++) {
		text_format(t, "%c%s=\"", l == labels ? '{' : ',', l->name);
		metrics_escape(t, l->value);
		text_put(t, "\"");
	}
	text_put(t, labels->name ? "} " : " ");
}

static void count(struct text *t, const struct metric *m, const struct label *labels, int64_t value)
{
	series(t, m->name, "", labels);
	text_format(t, "%" PRId64 "\n", value);
}

static void real(struct text *t, const struct metric *m, const struct label *labels, double value)
{
	series(t, m->name, "", labels);
	text_format(t, "%.17g\n", value);
}

#define NO_LABELS ((struct label[]){{0}})
#define ENVIRONMENT(e) ((struct label[]){{"environment", (e)}, {0}})

/* -- of environments -- */

static void read_version(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	for (size_t i = 0; i < s->sight->n; i++)
		count(t, m, ENVIRONMENT(s->sight->places[i].environment), s->sight->places[i].version);
}

static void read_saves(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	for (size_t i = 0; i < s->sight->n; i++)
		count(t, m, ENVIRONMENT(s->sight->places[i].environment), s->sight->places[i].saves);
}

static void read_rollbacks(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	for (size_t i = 0; i < s->sight->n; i++)
		count(t, m, ENVIRONMENT(s->sight->places[i].environment), s->sight->places[i].rollbacks);
}

static void read_pending(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	for (size_t i = 0; i < s->measures->n; i++)
		count(t, m, ENVIRONMENT(s->measures->at[i].environment), s->measures->at[i].changes_pending);
}

static void read_oldest_pending(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	for (size_t i = 0; i < s->measures->n; i++)
		real(t, m, ENVIRONMENT(s->measures->at[i].environment), s->measures->at[i].oldest_pending);
}

static void read_frozen(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	for (size_t i = 0; i < s->measures->n; i++)
		count(t, m, ENVIRONMENT(s->measures->at[i].environment), s->measures->at[i].frozen);
}

static void read_forbidden(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	for (size_t i = 0; i < s->measures->n; i++)
		count(t, m, ENVIRONMENT(s->measures->at[i].environment),
		      s->measures->at[i].forbidden_applies);
}

static void write_latency(struct text *t, const struct metric *m, const struct measure *of)
{
	int64_t sum = 0;
	for (size_t i = 0; i < MEASURES_LATENCIES; i++) {
		sum += of->latency_buckets[i];
		series(t, m->name, "_bucket",
		       (struct label[]){{"environment", of->environment}, {"le", measures_bounds[i]}, {0}});
		text_format(t, "%" PRId64 "\n", sum);
	}
	series(t, m->name, "_sum", ENVIRONMENT(of->environment));
	text_format(t, "%.17g\n", of->latency_sum);
	series(t, m->name, "_count", ENVIRONMENT(of->environment));
	text_format(t, "%" PRId64 "\n", sum);
}

static void read_latency(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	for (size_t i = 0; i < s->measures->n; i++)
		write_latency(t, m, &s->measures->at[i]);
}

/* -- of the notifier -- */

static void read_queue(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	real(t, m, NO_LABELS, s->measures->queue_usage);
}

static void read_waiters(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	count(t, m, NO_LABELS, (int64_t)s->waiters);
}

static void read_reconnects(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	count(t, m, NO_LABELS, (int64_t)s->reconnects);
}

static void read_regressions(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	count(t, m, NO_LABELS, (int64_t)s->regressions);
}

static void read_push_failures(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	count(t, m, NO_LABELS, (int64_t)s->push_failures);
}

static void read_dropped(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	count(t, m, NO_LABELS, (int64_t)s->streams_dropped);
}

static void read_idle_looks(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	count(t, m, NO_LABELS, (int64_t)s->idle_looks);
}

static void read_listening(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	count(t, m, NO_LABELS, s->listening);
}

/* -- of the responders -- */

static void write_requests(struct text *t, const struct metric *m, const struct stats *stats, size_t route,
			   enum stats_method method)
{
	for (size_t i = 0; i < stats_statuses(); i++) {
		char status[16];
		unsigned code = stats_status(i);
		uint64_t n = stats_requests(stats, route, method, i);
		status[0] = (char)('0' + code / 100 % 10);
		status[1] = (char)('0' + code / 10 % 10);
		status[2] = (char)('0' + code % 10);
		status[3] = '\0';
		if (n || code == 200)
			count(t, m,
			      (struct label[]){{"route", stats_route(stats, route)},
					       {"method", stats_method_name(method)},
					       {"status", status},
					       {0}},
			      (int64_t)n);
	}
}

static void read_requests(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	for (size_t route = 0; s->stats && route < stats_routes(s->stats); route++)
		for (unsigned method = 0; method < STATS_METHODS; method++)
			write_requests(t, m, s->stats, route, (enum stats_method)method);
}

static void write_durations(struct text *t, const struct metric *m, const char *route,
			    const struct stats_duration *d)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < STATS_BUCKETS; i++) {
		struct text bound = {0};
		sum += d->buckets[i];
		if (i + 1 < STATS_BUCKETS)
			text_format(&bound, "%g", stats_bounds[i]);
		else
			text_put(&bound, "+Inf");
		series(t, m->name, "_bucket", (struct label[]){{"route", route}, {"le", bound.at}, {0}});
		text_format(t, "%" PRIu64 "\n", sum);
		text_free(&bound);
	}
	series(t, m->name, "_sum", (struct label[]){{"route", route}, {0}});
	text_format(t, "%.17g\n", d->seconds);
	series(t, m->name, "_count", (struct label[]){{"route", route}, {0}});
	text_format(t, "%" PRIu64 "\n", sum);
}

static void read_durations(struct text *t, const struct metric *m, const struct metrics_source *s)
{
	for (size_t route = 0; s->stats && route < stats_routes(s->stats); route++) {
		struct stats_duration d;
		stats_durations(s->stats, route, &d);
		write_durations(t, m, stats_route(s->stats, route), &d);
	}
}

/* -- of workers -- */

#define WORKER(w) ((struct label[]){{"environment", (w)->environment}, {"worker", (w)->id}, {0}})

static void read_applied_version(struct text *t, const struct metric *m, const struct worker *w)
{
	count(t, m, WORKER(w), w->applied_version);
}

static void read_lag_versions(struct text *t, const struct metric *m, const struct worker *w)
{
	count(t, m, WORKER(w), w->lag_versions);
}

static void read_lag_seconds(struct text *t, const struct metric *m, const struct worker *w)
{
	real(t, m, WORKER(w), w->lag_seconds);
}

static void read_applied_at(struct text *t, const struct metric *m, const struct worker *w)
{
	real(t, m, WORKER(w), w->applied_at);
}

static void read_restart_required(struct text *t, const struct metric *m, const struct worker *w)
{
	count(t, m, WORKER(w), w->restart_required > 0);
}

static void read_duplicate(struct text *t, const struct metric *m, const struct worker *w)
{
	count(t, m, WORKER(w), w->duplicate);
}

static const struct metric metrics[] = {
	{"cvn_config_version", "gauge", "Current version of an environment.", read_version, NULL},
	{"cvn_config_saves_total", "counter", "Change sets applied, rollbacks among them.", read_saves, NULL},
	{"cvn_config_rollbacks_total", "counter", "Change sets applied that restored older values.",
	 read_rollbacks, NULL},
	{"cvn_config_distribution_latency_seconds", "histogram",
	 "From a version's save to its apply by a worker, by the database's clock.", read_latency, NULL},
	{"cvn_config_forbidden_applies_total", "counter",
	 "Applies inside a cycle or a section, as workers counted them; must be 0.", read_forbidden, NULL},
	{"cvn_changes_pending", "gauge", "Change sets that wait for approval.", read_pending, NULL},
	{"cvn_changes_pending_oldest_seconds", "gauge",
	 "Time since the oldest change set that waits for approval was submitted; 0 is none.",
	 read_oldest_pending, NULL},
	{"cvn_config_frozen", "gauge", "1 while a freeze keeps an environment from being written.",
	 read_frozen, NULL},
	{"cvn_notify_queue_usage", "gauge", "Part of the database's notification queue that is in use.",
	 read_queue, NULL},
	{"cvn_notifier_listening", "gauge", "1 while the notifier listens and has caught up.", read_listening,
	 NULL},
	{"cvn_notifier_waiters", "gauge", "Long polls and streams that wait.", read_waiters, NULL},
	{"cvn_notifier_reconnects_total", "counter", "LISTEN connections that had to be made anew.",
	 read_reconnects, NULL},
	{"cvn_notifier_regressions_total", "counter",
	 "Times the database showed an older state than before; a backup was restored.", read_regressions,
	 NULL},
	{"cvn_notifier_push_failures_total", "counter", "Pushes to the Pushgateway that failed.",
	 read_push_failures, NULL},
	{"cvn_notifier_streams_dropped_total", "counter",
	 "Callers cut because they took nothing in for ten seconds.", read_dropped, NULL},
	{"cvn_notifier_idle_looks_total", "counter",
	 "Notifications after which the database showed nothing new.", read_idle_looks, NULL},
	{"cvn_api_requests_total", "counter", "Requests answered by the responders.", read_requests, NULL},
	{"cvn_api_request_duration_seconds", "histogram", "Time a responder took for a request.",
	 read_durations, NULL},
	{"cvn_worker_applied_version", "gauge", "Every version up to this one is applied.", NULL,
	 read_applied_version},
	{"cvn_worker_lag_versions", "gauge", "Versions a worker is behind its environment.", NULL,
	 read_lag_versions},
	{"cvn_worker_lag_seconds", "gauge",
	 "Time since the first version a worker has not applied was saved.", NULL, read_lag_seconds},
	{"cvn_worker_last_apply_timestamp_seconds", "gauge",
	 "When a worker last applied a version; 0 is never.", NULL, read_applied_at},
	{"cvn_worker_restart_required", "gauge",
	 "1 while a worker holds values that only a restart applies.", NULL, read_restart_required},
	{"cvn_worker_duplicate", "gauge", "1 while two processes report under a worker's id.", NULL,
	 read_duplicate},
};

enum { METRICS = sizeof(metrics) / sizeof(metrics[0]) };

static void head(struct text *t, const struct metric *m)
{
	text_format(t, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name, m->type);
}

void metrics_service(struct text *t, const struct metrics_source *s)
{
	for (size_t i = 0; i < METRICS; i++) {
		if (!metrics[i].service)
			continue;
		head(t, &metrics[i]);
		metrics[i].service(t, &metrics[i], s);
	}
}

void metrics_worker(struct text *t, const struct worker *w)
{
	for (size_t i = 0; i < METRICS; i++) {
		if (!metrics[i].worker)
			continue;
		head(t, &metrics[i]);
		metrics[i].worker(t, &metrics[i], w);
	}
}

void metrics_all(struct text *t, const struct metrics_source *s)
{
	metrics_service(t, s);
	for (size_t i = 0; i < METRICS; i++) {
		if (!metrics[i].worker)
			continue;
		head(t, &metrics[i]);
		for (size_t k = 0; k < s->states->n; k++)
			if (states_counts(&s->states->workers[k]))
				metrics[i].worker(t, &metrics[i], &s->states->workers[k]);
	}
}
