#ifndef CVN_NOTIFIER_MEASURES_H
#define CVN_NOTIFIER_MEASURES_H
/* What only the database can count, per environment, as it was last read. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MEASURES_ENVIRONMENT_MAX = 32, MEASURES_LATENCIES = 11 };

/* The upper bounds of the buckets, in seconds, as they are written; the last is +Inf. */
extern const char *const measures_bounds[MEASURES_LATENCIES];

struct measure {
	char environment[MEASURES_ENVIRONMENT_MAX];
	int64_t changes_pending, forbidden_applies;
	int64_t latency_buckets[MEASURES_LATENCIES]; /* not cumulative */
	int64_t latency_count;
	double latency_sum;
	/* Seconds since the oldest that waits for approval was submitted; 0: none waits. */
	double oldest_pending;
	bool frozen; /* it takes no writes */
};

struct measures {
	struct measure *at;
	size_t n;
	double queue_usage; /* of the notification queue, 0..1 */
};

/* Takes n rows, allocated, in place of those before. */
void measures_take(struct measures *, struct measure *rows, size_t n, double queue_usage);
void measures_forget(struct measures *);

/* All forbidden applies there ever were. */
int64_t measures_forbidden(const struct measures *);

#endif
