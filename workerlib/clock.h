#ifndef CVN_WORKERLIB_CLOCK_H
#define CVN_WORKERLIB_CLOCK_H
/* The clocks: what is waited for is measured by one that never goes back (CLOCK_MONOTONIC). */
#include <stdint.h>

#define CLOCK_NEVER INT64_MAX

int64_t clock_ms(void);

/* Seconds since 1970 by this machine's calendar: only for what outlives the process, the age of the cache. */
int64_t clock_calendar_s(void);

#endif
