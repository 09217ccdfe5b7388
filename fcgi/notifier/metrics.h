#ifndef CVN_NOTIFIER_METRICS_H
#define CVN_NOTIFIER_METRICS_H
/*
 * The metrics as one table: name, type, help, and how each is read. Written in the Prometheus text format
 * 0.0.4. Every series that can exist does so from the start, at 0. Pure: what is read comes as an argument.
 */
#include <stdbool.h>
#include <stdint.h>

struct measures;
struct sight;
struct states;
struct stats;
struct text;
struct worker;

/* All that is read. stats may be NULL: no responder has begun to count. */
struct metrics_source {
	const struct sight *sight;
	const struct measures *measures;
	const struct states *states;
	const struct stats *stats;
	uint64_t waiters, reconnects, regressions, push_failures, streams_dropped, idle_looks;
	bool listening;
};

/* The metrics of the service, and those of one worker, which are pushed apart so that they can be deleted. */
void metrics_service(struct text *, const struct metrics_source *);
void metrics_worker(struct text *, const struct worker *);

/* All of them, as they are scraped. */
void metrics_all(struct text *, const struct metrics_source *);

/* A label's value with \, " and line ends escaped, appended. */
void metrics_escape(struct text *, const char *value);

#endif
