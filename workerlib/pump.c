#include "workerlib/pump.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "workerlib/clock.h"
#include "workerlib/fail.h"
#include "workerlib/worker.h"

int pump_open(cvn_worker *w, cvn_error *e)
{
	struct epoll_event event = {.events = EPOLLIN};

	w->feed_fd = w->feed_epoll = -1;
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->epoll_fd < 0 || w->wake_fd < 0)
		return fail(e, CVN_E_SYSTEM, "no descriptor to be had", NULL);
	event.data.fd = w->wake_fd;
	if (epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->wake_fd, &event) != 0)
		return fail(e, CVN_E_SYSTEM, "epoll does not take a descriptor", NULL);
	return CVN_OK;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void pump_close(cvn_worker *w)
{
	close_fd(&w->feed_epoll);
	close_fd(&w->epoll_fd);
	close_fd(&w->wake_fd);
}

static uint32_t epoll_events(short events)
{
	return (events & POLLIN ? (uint32_t)EPOLLIN : 0u) | (events & POLLOUT ? (uint32_t)EPOLLOUT : 0u);
}

static void drop_feed(cvn_worker *w)
{
	struct epoll_event unused = {0};

	if (w->feed_epoll >= 0)
		(void)epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, w->feed_epoll, &unused);
	close_fd(&w->feed_epoll);
}

static void watch_feed(cvn_worker *w)
{
	struct epoll_event inner = {.events = epoll_events(w->feed_events), .data.fd = w->feed_fd};
	struct epoll_event outer = {.events = EPOLLIN};

	/* Where the kernel refuses, the feed's deadlines find out. */
	w->feed_epoll = epoll_create1(EPOLL_CLOEXEC);
	if (w->feed_epoll < 0)
		return;
	outer.data.fd = w->feed_epoll;
	if (epoll_ctl(w->feed_epoll, EPOLL_CTL_ADD, w->feed_fd, &inner) != 0 ||
	    epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->feed_epoll, &outer) != 0)
		close_fd(&w->feed_epoll);
}

/*
 * The feed closes its descriptors itself, and a new one may have an old one's number: hence the
 * serial. A closed one is still watched while a forked child has it, and cannot be named any
 * more; so what watched it goes with it.
 */
static void follow_feed(cvn_worker *w)
{
	short events = 0;
	uint64_t serial = 0;
	int fd = w->feed->kind->descriptor(w->feed, &events, &serial);

	if (fd == w->feed_fd && serial == w->feed_serial && events == w->feed_events)
		return;
	drop_feed(w);
	w->feed_fd = fd;
	w->feed_serial = serial;
	w->feed_events = events;
	if (fd >= 0)
		watch_feed(w);
}

static void drain_wake(const cvn_worker *w)
{
	uint64_t count;

	while (read(w->wake_fd, &count, sizeof(count)) < 0 && errno == EINTR)
		continue;
}

/* A turn may itself make news: what it has put into force. Those are told in the same turn. */
void pump_turn(cvn_worker *w)
{
	drain_wake(w);
	do {
		if (atomic_exchange(&w->news, false))
			w->feed->kind->news(w->feed);
		w->feed->kind->dispatch(w->feed, clock_ms());
	} while (atomic_load(&w->news));
	follow_feed(w);
}

int64_t pump_deadline(const cvn_worker *w)
{
	return w->feed->kind->deadline(w->feed);
}

void pump_wait(cvn_worker *w, int64_t limit)
{
	struct pollfd p = {.fd = w->epoll_fd, .events = POLLIN};
	int64_t at = pump_deadline(w), now = clock_ms();

	if (limit < at)
		at = limit;
	if (at == CLOCK_NEVER)
		(void)poll(&p, 1, -1);
	else if (at > now)
		(void)poll(&p, 1, at - now > INT_MAX ? INT_MAX : (int)(at - now));
}

void pump_wake(cvn_worker *w)
{
	const uint64_t one = 1;

	atomic_store(&w->news, true);
	/* A full counter is awake enough. */
	while (write(w->wake_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		continue;
}
