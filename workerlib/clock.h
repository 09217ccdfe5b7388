#ifndef CVN_WORKERLIB_CLOCK_H
#define CVN_WORKERLIB_CLOCK_H
/* The only clock here: milliseconds that never go back (CLOCK_MONOTONIC). */
#include <stdint.h>

#define CLOCK_NEVER INT64_MAX

int64_t clock_ms(void);

#endif
