#ifndef CVN_WORKERLIB_READERS_H
#define CVN_WORKERLIB_READERS_H
/*
 * Which threads read, and how far each has come. A thread is registered by its first call; from then on a
 * read costs it one comparison, or one for each worker it has read from when it goes to and fro between them.
 * Each boundary call says that the thread holds nothing of what was replaced before. What was replaced may be
 * freed when every thread has said so since, or has ended.
 *
 * All functions but readers_here() and readers_switch() are called under the owner's lock.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct readers {
	struct reader *list; /* of all zeros: nobody has read yet */
	bool blind;          /* a thread could not be registered: nothing may ever be freed */
};

/* One thread at one worker. Shared by both, freed by the second of them that ends. */
struct reader {
	_Atomic(const struct readers *) readers; /* NULL: the worker is closed */
	atomic_uint ended;
	uint64_t seen;
	struct reader *next;           /* of the worker */
	struct reader *next_of_thread; /* of the thread */
};

/* The record this thread used last. */
extern _Thread_local struct reader *readers_last __attribute__((tls_model("initial-exec")));

/*
 * Looks for a record that is not the one used last,
 * and makes it that; only for a thread that has used one.
 */
bool readers_switch(const struct readers *);

/* Whether this thread is registered. Takes no lock. */
static inline bool readers_here(const struct readers *r)
{
	const struct reader *last = readers_last;

	return last && (atomic_load_explicit(&last->readers, memory_order_relaxed) == r || readers_switch(r));
}

/* Registers this thread if need be, as one that may hold what is current at this epoch. */
void readers_enter(struct readers *, uint64_t epoch);

/* A boundary call: this thread holds nothing that was replaced up to this epoch. */
void readers_pass(struct readers *, uint64_t epoch);

/* Everything replaced up to this epoch is held by nobody. Forgets threads that have ended. */
uint64_t readers_passed(struct readers *, uint64_t epoch);

/* The worker ends; no thread will come back. */
void readers_close(struct readers *);

#endif
