#include "workerlib/instance.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#include "workerlib/clock.h"

void instance_name(char out[INSTANCE_NAME])
{
	uint64_t random[2];

	/*
	 * Where the kernel has no randomness to give yet,
	 * two of one id are still unlikely to agree in both.
	 */
	if (getrandom(random, sizeof(random), GRND_NONBLOCK) != sizeof(random)) {
		random[0] = (uint64_t)clock_ms() << 32 | (uint64_t)getpid();
		random[1] = (uint64_t)clock_calendar_s();
	}
	snprintf(out, INSTANCE_NAME, "%016llx%016llx", (unsigned long long)random[0],
		 (unsigned long long)random[1]);
}
