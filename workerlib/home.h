#ifndef CVN_WORKERLIB_HOME_H
#define CVN_WORKERLIB_HOME_H
/*
 * The process that a worker belongs to, and whether this is a child of it. That is asked in every boundary
 * call and every look-up of a name, so it is a load from a page that the kernel empties in a child; where no
 * such page is to be had, the process's number is compared.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>
#include <unistd.h>

struct home {
	pid_t pid;
	atomic_uchar *sign; /* 1 in this process, 0 in its children; NULL: none */
};

/* This process. What it takes goes with home_leave(). */
void home_settle(struct home *);

/* Ok for one of zeros. Not in a child: what it has goes with the child. */
void home_leave(struct home *);

static inline bool home_is_elsewhere(const struct home *h)
{
	if (h->sign)
		return !atomic_load_explicit(h->sign, memory_order_relaxed);
	return getpid() != h->pid;
}

#endif
