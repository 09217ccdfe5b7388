#ifndef CVN_WORKERLIB_ENGINE_H
#define CVN_WORKERLIB_ENGINE_H
/*
 * What is in force, and what waits: the boundary machine, the snapshots it speaks of, and the threads that
 * read them. One mutex around every event; reads take none. Nothing here knows the network or calls the
 * caller back.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "workerlib/core/machine.h"
#include "workerlib/readers.h"
#include "workerlib/registry.h"
#include "workerlib/snapshot.h"

struct engine {
	/* For the reader. */
	_Atomic(struct snapshot *) current;
	_Atomic int64_t version;
	atomic_uint_fast64_t forbidden;

	struct registry registry; /* names are added under the lock, and found without */

	/* The rest under the lock. */
	pthread_mutex_t lock;
	struct readers readers;
	struct machine machine;
	struct arena room;               /* of the machine's places, and of these two, as many: */
	struct machine_value *values;    /* what is being staged */
	bool *newer;                     /* which side of a mix */
	uint32_t tokens;                 /* given out so far */
	struct snapshot *latest;         /* the newest configuration accepted */
	struct snapshot *candidate;      /* admitted, about to come into force */
	struct snapshot *retired;        /* replaced, perhaps still read */
	uint64_t epoch;                  /* how many were replaced */
	unsigned inside[MACHINE_COUNTS]; /* counted apart from the machine, to measure it */

	cvn_state state; /* as it was last worth reporting */
	enum machine_waiting waiting;
	int64_t waiting_since;
	int64_t applied_at; /* -1: nothing applied that was not reported */
	uint64_t news;      /* a number for each thing worth reporting */
	uint64_t applied_news;
	int64_t rejected; /* version, or -1 */
	char rejected_detail[256];
	bool closing;
};

/* What a call has done. before and after are referenced when something came into force, else NULL. */
struct engine_outcome {
	bool news;
	int64_t version;
	struct snapshot *before, *after;
};

int engine_start(struct engine *, cvn_error *);

/* No thread may be inside. */
void engine_stop(struct engine *);

/* The first configuration, checked: in force at once. Takes the caller's reference, also when it fails. */
int engine_load(struct engine *, struct snapshot *, cvn_error *);

/* A later one, checked and accepted. CVN_E_NO_MEMORY: all is as before. Takes the caller's reference. */
int engine_stage(struct engine *, struct snapshot *, struct engine_outcome *);

/* A later one was refused. */
void engine_reject(struct engine *, int64_t version, const char *detail, struct engine_outcome *);

/* Where the worker is. */
void engine_event(struct engine *, enum machine_event, struct engine_outcome *);

/* Gives up the outcome's references. */
void engine_release(struct engine *, struct engine_outcome *);

/* The newest configuration accepted, referenced; give it back with engine_unref(). */
struct snapshot *engine_latest(struct engine *);
void engine_unref(struct engine *, struct snapshot *);

/* Resolves a name; without the lock where that was done before. */
int engine_param(struct engine *, const char *name, cvn_type, cvn_param *, cvn_error *);

/* CVN_REJECTED, CVN_RESTART_REQUIRED, CVN_PENDING or CVN_CURRENT. */
cvn_state engine_state(struct engine *);

/* The version and the hash in force, of one moment. */
int64_t engine_tag(struct engine *, char hash[65]);

/* That report has arrived. */
void engine_reported(struct engine *, uint64_t number);

/* From now on reports say that the worker ends. Returns the number of the news. */
uint64_t engine_close(struct engine *);

/* What is in force, for a read on this thread. */
static inline const struct snapshot *engine_current(const struct engine *e)
{
	return atomic_load_explicit(&e->current, memory_order_acquire);
}

/* Registers this thread as one that reads. */
void engine_enter(struct engine *);

/* This thread holds nothing that it has read; does nothing for one that has read nothing. */
void engine_pass(struct engine *);

#endif
