#include "fcgi/notifier/tick.h"

#include <sys/time.h>
#include <time.h>

#include <event2/util.h>

int64_t tick_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

uint64_t tick_random(void)
{
	uint64_t n;
	evutil_secure_rng_get_bytes(&n, sizeof(n));
	return n;
}

struct timeval tick_interval(int64_t ms)
{
	if (ms < 0)
		ms = 0;
	return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}
