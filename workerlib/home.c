#include "workerlib/home.h"

#include <sys/mman.h>

static size_t page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* An emulated kernel that takes whatever it is advised, also what is no advice, does not heed it. */
static bool will_be_wiped(void *at)
{
	return madvise(at, page(), -1) != 0 && madvise(at, page(), MADV_WIPEONFORK) == 0;
}

void home_settle(struct home *h)
{
	void *at = mmap(NULL, page(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*h = (struct home){.pid = getpid()};
	if (at == MAP_FAILED)
		return;
	if (!will_be_wiped(at)) {
		munmap(at, page());
		return;
	}
	h->sign = at;
	atomic_store(h->sign, 1);
}

void home_leave(struct home *h)
{
	if (h->sign)
		munmap(h->sign, page());
	h->sign = NULL;
}
