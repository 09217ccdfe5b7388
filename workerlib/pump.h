#ifndef CVN_WORKERLIB_PUMP_H
#define CVN_WORKERLIB_PUMP_H
/* One turn of a worker's loop, and how to wait for the next. */
#include <stdint.h>

#include "workerlib/cvnworker.h"

/* Makes the descriptors. On failure pump_close() still must be called. */
int pump_open(cvn_worker *, cvn_error *);
void pump_close(cvn_worker *);

/* Does all that can be done now. Never blocks. */
void pump_turn(cvn_worker *);

/* When to turn at the latest; CLOCK_NEVER: nothing is due. */
int64_t pump_deadline(const cvn_worker *);

/* Waits until there is something to do, the deadline, or the limit. */
void pump_wait(cvn_worker *, int64_t limit);

/* There is something to report or to see. From any thread; never blocks. */
void pump_wake(cvn_worker *);

#endif
