#ifndef CVN_WORKERLIB_BACKOFF_H
#define CVN_WORKERLIB_BACKOFF_H
/* How long to wait before the next try, so that a thousand workers do not come back at once. */
#include <stdint.h>

/* Full jitter: anything from 0 to 200 ms after the first failure, the limit doubling up to 10 s. */
int64_t backoff_ms(unsigned failures);

/* From 0 to below the limit, which is at least 1: so that a thousand workers do not do the same at once. */
int64_t backoff_below(int64_t limit);

#endif
