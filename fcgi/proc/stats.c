#include "fcgi/proc/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const unsigned statuses[] = {200, 201, 204, 304, 400, 401, 403, 404, 405, 409,
				    412, 413, 415, 422, 428, 429, 500, 503};
enum { STATUSES = sizeof statuses / sizeof *statuses };

static const char *const method_names[STATS_METHODS] = {"GET", "POST", "PUT", "PATCH", "DELETE", "OTHER"};

const double stats_bounds[STATS_BUCKETS] = {.001, .0025, .005, .01, .025, .05, .1, .25, .5, 2, 0};

/* Times are whole nanoseconds: an atomic add, and exact. */
struct route_slot {
	atomic_uint_least64_t requests[STATS_METHODS][STATUSES];
	atomic_uint_least64_t buckets[STATS_BUCKETS];
	atomic_uint_least64_t nanoseconds;
};

struct layout {
	char magic[16];
	uint32_t n_routes, n_slots;
	char routes[STATS_ROUTES][STATS_ROUTE_MAX];
	struct route_slot slots[STATS_SLOTS][STATS_ROUTES];
};

struct stats {
	struct layout *map;
	dev_t device;
	ino_t inode;
};

static const char magic[16] = "cvn-stats-1";

static struct stats *map_file(int fd, int protection)
{
	struct stat status;
	struct stats *stats = malloc(sizeof *stats);

	if (stats == NULL || fstat(fd, &status) != 0)
		goto failed;
	if (status.st_size != (off_t)sizeof(struct layout)) {
		errno = EPROTO;
		goto failed;
	}
	stats->device = status.st_dev;
	stats->inode = status.st_ino;
	stats->map = mmap(NULL, sizeof(struct layout), protection, MAP_SHARED, fd, 0);
	if (stats->map == MAP_FAILED)
		goto failed;
	return stats;
failed:
	free(stats);
	return NULL;
}

static void fill(struct layout *map, const char *const *routes, size_t n_routes, unsigned slots)
{
	for (size_t i = 0; i < n_routes; i++)
		snprintf(map->routes[i], STATS_ROUTE_MAX, "%s", routes[i]);
	map->n_routes = (uint32_t)n_routes;
	map->n_slots = slots;
	memcpy(map->magic, magic, sizeof magic);
}

/* Written under another name and renamed, so that a reader sees a whole file or the old one. */
struct stats *stats_create(const char *path, const char *const *routes, size_t n_routes, unsigned slots)
{
	char made[4096];
	struct stats *stats = NULL;

	if (n_routes > STATS_ROUTES || slots > STATS_SLOTS ||
	    snprintf(made, sizeof made, "%s.new", path) >= (int)sizeof made) {
		errno = EINVAL;
		return NULL;
	}
	int fd = open(made, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0)
		return NULL;
	if (ftruncate(fd, sizeof(struct layout)) == 0)
		stats = map_file(fd, PROT_READ | PROT_WRITE);
	if (stats != NULL) {
		fill(stats->map, routes, n_routes, slots);
		if (rename(made, path) != 0) {
			stats_close(stats);
			stats = NULL;
		}
	}
	close(fd);
	return stats;
}

struct stats *stats_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	struct stats *stats = map_file(fd, PROT_READ);
	close(fd);
	if (stats == NULL)
		return NULL;
	const struct layout *map = stats->map;
	if (memcmp(map->magic, magic, sizeof magic) == 0 && map->n_routes <= STATS_ROUTES &&
	    map->n_slots <= STATS_SLOTS)
		return stats;
	stats_close(stats);
	errno = EPROTO;
	return NULL;
}

void stats_close(struct stats *stats)
{
	if (stats == NULL)
		return;
	munmap(stats->map, sizeof(struct layout));
	free(stats);
}

bool stats_current(const struct stats *stats, const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && status.st_ino == stats->inode && status.st_dev == stats->device;
}

static size_t status_index(unsigned status)
{
	unsigned class = status / 100 * 100;
	size_t fallback = STATUSES - 2; /* 500 */

	for (size_t i = 0; i < STATUSES; i++) {
		if (statuses[i] == status)
			return i;
		if (statuses[i] == class)
			fallback = i;
	}
	return fallback;
}

static size_t bucket_of(double seconds)
{
	size_t i = 0;

	while (i < STATS_BUCKETS - 1 && seconds > stats_bounds[i])
		i++;
	return i;
}

static void add(atomic_uint_least64_t *counter, uint64_t n)
{
	atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

void stats_count(struct stats *stats, unsigned slot, unsigned route, enum stats_method method,
		 unsigned status, double seconds)
{
	struct route_slot *counters = &stats->map->slots[slot][route];

	add(&counters->requests[method][status_index(status)], 1);
	add(&counters->buckets[bucket_of(seconds)], 1);
	add(&counters->nanoseconds, (uint64_t)(seconds * 1e9));
}

size_t stats_routes(const struct stats *stats)
{
	return stats->map->n_routes;
}

const char *stats_route(const struct stats *stats, size_t route)
{
	return stats->map->routes[route];
}

const char *stats_method_name(enum stats_method method)
{
	return method_names[method];
}

enum stats_method stats_method_from_name(const char *name)
{
	int method = STATS_GET;

	while (method < STATS_OTHER && strcmp(name, method_names[method]) != 0)
		method++;
	return (enum stats_method)method;
}

size_t stats_statuses(void)
{
	return STATUSES;
}

unsigned stats_status(size_t index)
{
	return statuses[index];
}

static uint64_t get(const atomic_uint_least64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

uint64_t stats_requests(const struct stats *stats, size_t route, enum stats_method method, size_t index)
{
	uint64_t sum = 0;

	for (size_t slot = 0; slot < stats->map->n_slots; slot++)
		sum += get(&stats->map->slots[slot][route].requests[method][index]);
	return sum;
}

void stats_durations(const struct stats *stats, size_t route, struct stats_duration *sum)
{
	uint64_t nanoseconds = 0;

	*sum = (struct stats_duration){.count = 0};
	for (size_t slot = 0; slot < stats->map->n_slots; slot++) {
		const struct route_slot *counters = &stats->map->slots[slot][route];

		for (size_t i = 0; i < STATS_BUCKETS; i++) {
			uint64_t n = get(&counters->buckets[i]);
			sum->buckets[i] += n;
			sum->count += n;
		}
		nanoseconds += get(&counters->nanoseconds);
	}
	sum->seconds = (double)nanoseconds / 1e9;
}
