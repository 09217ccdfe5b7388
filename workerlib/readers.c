#include "workerlib/readers.h"

#include <pthread.h>
#include <stdlib.h>

enum { THREAD_ENDED = 1, WORKER_ENDED = 2 };

_Thread_local struct reader *readers_last __attribute__((tls_model("initial-exec")));

/*
 * Threads are the process's, so what tells us of their end is too: one key, whose value is the thread's chain
 * of records. Made once, never deleted (the library is linked with -z nodelete).
 */
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool key_made;

/* One side is done with the record; the second one frees it. */
static void end_side(struct reader *r, unsigned side)
{
	if (atomic_fetch_or(&r->ended, side) != 0)
		free(r);
}

static void thread_ended(void *chain)
{
	struct reader *r = chain;

	readers_last = NULL;
	while (r) {
		struct reader *next = r->next_of_thread;
		end_side(r, THREAD_ENDED);
		r = next;
	}
}

static void make_key(void)
{
	key_made = pthread_key_create(&key, thread_ended) == 0;
}

/* The chain is this thread's alone, and so is the freeing of what is in it. */
bool readers_switch(const struct readers *readers)
{
	struct reader *r = pthread_getspecific(key);

	while (r && atomic_load_explicit(&r->readers, memory_order_relaxed) != readers)
		r = r->next_of_thread;
	if (r)
		readers_last = r;
	return r != NULL;
}

/* This thread's record among its chain; drops those of closed workers on the way. */
static struct reader *find_here(const struct readers *readers)
{
	struct reader *chain = pthread_getspecific(key), *found = NULL, *kept = NULL;

	while (chain) {
		struct reader *r = chain;
		chain = r->next_of_thread;
		if (atomic_load(&r->ended) & WORKER_ENDED) {
			free(r);
			continue;
		}
		if (atomic_load(&r->readers) == readers)
			found = r;
		r->next_of_thread = kept;
		kept = r;
	}
	readers_last = found;
	/* It cannot fail where a value was set before; the first one is set in add_here(). */
	(void)pthread_setspecific(key, kept);
	return found;
}

static struct reader *add_here(struct readers *readers, uint64_t epoch)
{
	struct reader *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->next_of_thread = pthread_getspecific(key);
	if (pthread_setspecific(key, r) != 0) {
		free(r);
		return NULL;
	}
	atomic_init(&r->readers, readers);
	r->seen = epoch;
	r->next = readers->list;
	readers->list = r;
	readers_last = r;
	return r;
}

static struct reader *here(struct readers *readers, uint64_t epoch)
{
	struct reader *r;

	if (readers_here(readers))
		return readers_last;
	pthread_once(&key_once, make_key);
	r = key_made ? find_here(readers) : NULL;
	if (!r && key_made)
		r = add_here(readers, epoch);
	readers->blind |= !r;
	return r;
}

void readers_enter(struct readers *readers, uint64_t epoch)
{
	(void)here(readers, epoch);
}

void readers_pass(struct readers *readers, uint64_t epoch)
{
	struct reader *r = here(readers, epoch);

	if (r)
		r->seen = epoch;
}

uint64_t readers_passed(struct readers *readers, uint64_t epoch)
{
	struct reader **at = &readers->list;
	uint64_t passed = readers->blind ? 0 : epoch;

	while (*at) {
		struct reader *r = *at;
		if (atomic_load(&r->ended) & THREAD_ENDED) {
			*at = r->next;
			free(r);
			continue;
		}
		if (r->seen < passed)
			passed = r->seen;
		at = &r->next;
	}
	return passed;
}

void readers_close(struct readers *readers)
{
	while (readers->list) {
		struct reader *r = readers->list;
		readers->list = r->next;
		atomic_store(&r->readers, NULL);
		end_side(r, WORKER_ENDED);
	}
	readers->blind = false;
}
