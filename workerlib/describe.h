#ifndef CVN_WORKERLIB_DESCRIBE_H
#define CVN_WORKERLIB_DESCRIBE_H
/* What an engine is in, in the words that travel. Under the engine's lock. */
#include <stdint.h>

#include "workerlib/cvnworker.h"

struct engine;
struct report;

/* CVN_REJECTED, CVN_RESTART_REQUIRED, CVN_PENDING or CVN_CURRENT. */
cvn_state describe_state(const struct engine *);

/* Fills the report as of `now`; a text in it that has failed was for want of memory. */
void describe_report(const struct engine *, struct report *, int64_t now);

#endif
