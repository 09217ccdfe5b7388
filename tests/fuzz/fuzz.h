#ifndef CVN_TESTS_FUZZ_FUZZ_H
#define CVN_TESTS_FUZZ_FUZZ_H
/*
 * What reads bytes of others, a target each. A group of targets is a file targets_*.c with the
 * table of it, since not all floors link into one program; replay.c runs its corpora in `make
 * check`, libfuzzer.c looks for more.
 */
#include <stddef.h>
#include <stdlib.h>

struct fuzz_target {
	const char *name; /* its corpus is corpus/NAME.txt */
	/* n bytes and a NUL behind them; in memory of exactly that size. Aborts where a promise is broken. */
	void (*run)(char *bytes, size_t n);
};

extern const struct fuzz_target fuzz_targets[]; /* the last has no name */

/* A promise of the code under test. */
static inline void hold(int truth)
{
	if (!truth)
		abort();
}

/* Runs it on a copy. */
void fuzz_run(const struct fuzz_target *, const void *bytes, size_t n);

/* NULL: there is no such target in this group. */
const struct fuzz_target *fuzz_find(const char *name);

#endif
