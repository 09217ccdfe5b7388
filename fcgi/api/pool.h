#ifndef CVN_API_POOL_H
#define CVN_API_POOL_H
/* The parent: keeps a number of responders alive until it is told to stop. */
#include "fcgi/proc/log.h"

enum { POOL_MAX = 64 };

/* What a responder does; its return value is its exit status. It must return on SIGTERM. */
typedef int pool_work(void *arg, unsigned slot);

/*
 * Forks n responders and starts again what dies, slower when it dies at once. SIGTERM or SIGINT stops all of
 * them, by SIGKILL what does not stop in five seconds. Returns the exit status of the program.
 */
int pool_run(const struct log *, unsigned n, pool_work *, void *arg);

#endif
