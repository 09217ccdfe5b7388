#include "fcgi/api/turn.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_NS = 1000000 };

struct turn {
	atomic_uint number; /* odd: somebody has it */
	atomic_uint leaving; /* how many sleep; one too many for each who died asleep, which costs a call */
};

struct turn *turn_new(void)
{
	void *memory = mmap(NULL, sizeof(struct turn), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void turn_free(struct turn *turn)
{
	if (turn != NULL)
		munmap(turn, sizeof *turn);
}

static bool sleep_while(atomic_uint *number, unsigned value)
{
	const struct timespec patience = {.tv_nsec = PATIENCE_NS};

	return syscall(SYS_futex, number, FUTEX_WAIT, value, &patience, NULL, 0) == 0 || errno != ETIMEDOUT;
}

bool turn_leave(struct turn_seat *seat)
{
	struct turn *turn = seat->turn;
	unsigned now = turn == NULL ? 0 : atomic_load(&turn->number);

	if (now % 2 == 0 || now == seat->given_up)
		return false;
	atomic_fetch_add(&turn->leaving, 1);
	bool woken = sleep_while(&turn->number, now);
	atomic_fetch_sub(&turn->leaving, 1);
	if (!woken && atomic_load(&turn->number) == now)
		seat->given_up = now;
	return true;
}

/* From who has it, too: that one is slow, or dead. */
void turn_take(struct turn_seat *seat)
{
	if (seat->turn == NULL)
		return;
	unsigned now = atomic_load(&seat->turn->number);
	do
		seat->mine = now + 1 + now % 2;
	while (!atomic_compare_exchange_weak(&seat->turn->number, &now, seat->mine));
}

void turn_end(struct turn_seat *seat)
{
	unsigned mine = seat->mine;

	if (seat->turn != NULL && mine % 2 == 1)
		atomic_compare_exchange_strong(&seat->turn->number, &mine, mine + 1);
	seat->mine = 0;
}

void turn_pass(struct turn_seat *seat)
{
	if (seat->turn != NULL && atomic_load(&seat->turn->leaving) > 0)
		syscall(SYS_futex, &seat->turn->number, FUTEX_WAKE, 1, NULL, NULL, 0);
}
