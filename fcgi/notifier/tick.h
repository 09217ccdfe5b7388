#ifndef CVN_NOTIFIER_TICK_H
#define CVN_NOTIFIER_TICK_H
/* The notifier's clock and dice: milliseconds that only rise, and random numbers that cannot be guessed. */
#include <stdint.h>

struct timeval;

int64_t tick_ms(void);
uint64_t tick_random(void);

/* Milliseconds, at least 0, as libevent wants them. */
struct timeval tick_interval(int64_t ms);

#endif
