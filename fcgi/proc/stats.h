#ifndef CVN_PROC_STATS_H
#define CVN_PROC_STATS_H
/*
 * Request counters of the responder pool, in one shared file: each responder writes only its own slot, so
 * nothing is locked; a responder that is started again goes on in the slot of the one it replaces; the
 * notifier maps the file read-only and sums. Counters fall to zero only when the pool is started anew.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STATS_ROUTES = 128, STATS_SLOTS = 64, STATS_ROUTE_MAX = 64, STATS_BUCKETS = 11 };

enum stats_method { STATS_GET, STATS_POST, STATS_PUT, STATS_PATCH, STATS_DELETE, STATS_OTHER, STATS_METHODS };

/* Upper bounds of the duration's buckets in seconds; the last is +Inf (0 here). */
extern const double stats_bounds[STATS_BUCKETS];

struct stats;

/*
 * Makes the file anew, mode 0640, with the names of the routes (each shorter than STATS_ROUTE_MAX), and maps
 * it for writing; the mapping is inherited by fork(). NULL: errno says why. Unmap with stats_close().
 */
struct stats *stats_create(const char *path, const char *const *routes, size_t n_routes, unsigned slots);

/* Maps an existing file read-only. NULL: not there (yet), or of another layout. Unmap with stats_close(). */
struct stats *stats_open(const char *path);
void stats_close(struct stats *);

/* False: the pool has made the file anew since it was mapped; open it again. */
bool stats_current(const struct stats *, const char *path);

/* Counts one answered request. An unknown status is counted under its class (4xx as 400). */
void stats_count(struct stats *, unsigned slot, unsigned route, enum stats_method, unsigned status,
		 double seconds);

size_t stats_routes(const struct stats *);
const char *stats_route(const struct stats *, size_t route);
const char *stats_method_name(enum stats_method);
enum stats_method stats_method_from_name(const char *);

/* The statuses that are counted: a table, so that each series exists before its first request. */
size_t stats_statuses(void);
unsigned stats_status(size_t index);

/* Sums over all slots. */
uint64_t stats_requests(const struct stats *, size_t route, enum stats_method, size_t status_index);
struct stats_duration {
	uint64_t buckets[STATS_BUCKETS]; /* not cumulative */
	uint64_t count;
	double seconds;
};
void stats_durations(const struct stats *, size_t route, struct stats_duration *);

#endif
