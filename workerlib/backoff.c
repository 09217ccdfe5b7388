#include "workerlib/backoff.h"

#include <sys/random.h>

#include "workerlib/clock.h"

enum { PAUSE_MIN_MS = 200, PAUSE_MAX_MS = 10000 };

/* Any number will do where the kernel has none to give. */
int64_t backoff_below(int64_t limit)
{
	uint64_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = (uint64_t)clock_ms() * 2654435761u;
	return (int64_t)(random % (uint64_t)limit);
}

int64_t backoff_ms(unsigned failures)
{
	int64_t limit = PAUSE_MIN_MS;

	for (unsigned i = 1; i < failures && limit < PAUSE_MAX_MS; i++)
		limit *= 2;
	return backoff_below((limit < PAUSE_MAX_MS ? limit : PAUSE_MAX_MS) + 1);
}
