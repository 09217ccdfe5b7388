#ifndef CVN_WORKERLIB_RECEIVE_H
#define CVN_WORKERLIB_RECEIVE_H
/* What a feed brings, and what comes of it: checks, the engine, the caller's callbacks. */
#include "workerlib/cvnworker.h"

struct engine_outcome;
struct feed_client;

/* What an engine call has done is told to whom it concerns; then the outcome is given up. */
void receive_conclude(cvn_worker *, struct engine_outcome *);

/* Tells the caller, once, what he could not be told while the worker was opened. */
void receive_begin(cvn_worker *);

/* The feed's calls back; arg is to be the worker. */
extern const struct feed_client receive_client;

#endif
