#include "fcgi/api/transport_fcgi.h"

#include <fcgiapp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "fcgi/api/serve.h"
#include "fcgi/api/server.h"
#include "fcgi/api/transport.h"
#include "fcgi/api/turn.h"

/*
 * A request that takes longer, a reply of which nothing went out for so long, or a caller whose
 * parameters, which nginx sends at once, do not come, has gone wrong: SIGALRM ends the
 * responder, and the parent starts another.
 */
enum { WATCHDOG_SECONDS = 10, PARAMETERS_SECONDS = 3, CHUNK = 1 << 20 };

/* What is left of them, by a clock that ticks once a second: alarm() is a call to the kernel each time. */
static volatile sig_atomic_t seconds_left;

static void on_tick(int number)
{
	if (seconds_left == 0 || --seconds_left > 0)
		return;
	signal(number, SIG_DFL);
	raise(number);
}

/* 0: nothing is under way. A second more, since the next tick may be soon. */
static void watch_for(int seconds)
{
	seconds_left = seconds == 0 ? 0 : seconds + 1;
}

static long read_body(void *arg, char *bytes, size_t n)
{
	FCGX_Stream *in = ((FCGX_Request *)arg)->in;
	int got = FCGX_GetStr(bytes, (int)(n > CHUNK ? CHUNK : n), in);

	return FCGX_GetError(in) != 0 ? -1 : got;
}

static bool write_reply(void *arg, const char *bytes, size_t n)
{
	FCGX_Stream *out = ((FCGX_Request *)arg)->out;

	watch_for(WATCHDOG_SECONDS);
	for (size_t done = 0; done < n;) {
		size_t part = n - done > CHUNK ? CHUNK : n - done;
		if (FCGX_PutStr(bytes + done, (int)part, out) < 0)
			return false;
		watch_for(WATCHDOG_SECONDS);
		done += part;
	}
	return true;
}

static volatile sig_atomic_t is_ending;

static void on_term(int number)
{
	(void)number;
	is_ending = 1;
}

/*
 * Only while it waits for a request does a responder hear SIGTERM: a read of libfcgi that a signal interrupts
 * returns a body cut short. Only while it does not wait does it hear the clock, which goes on with a read.
 * before: what it hears while it waits.
 */
static void set_signals(sigset_t *before)
{
	struct sigaction stop = {.sa_handler = on_term}, ignore = {.sa_handler = SIG_IGN};
	struct sigaction tick = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
	const struct itimerval second = {.it_interval.tv_sec = 1, .it_value.tv_sec = 1};
	sigset_t term;

	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGALRM, &tick, NULL);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, before);
	sigdelset(before, SIGTERM);
	sigaddset(before, SIGALRM);
	setitimer(ITIMER_REAL, &second, NULL);
}

/*
 * Responders that wait in accept() take turns, so that each request meets one whose own memory, and whose
 * PostgreSQL's, the processor has long forgotten. Of those that wait like this the kernel wakes
 * the first that is free. -1: errno says why.
 */
static int watch(int listener)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE};
	int flags = fcntl(listener, F_GETFL);
	int waiting = epoll_create1(EPOLL_CLOEXEC);

	if (waiting < 0)
		return -1;
	if (flags >= 0 && fcntl(listener, F_SETFL, flags | O_NONBLOCK) == 0 &&
	    epoll_ctl(waiting, EPOLL_CTL_ADD, listener, &event) == 0)
		return waiting;
	int why = errno;
	close(waiting);
	errno = why;
	return -1;
}

/* A caller with its request. */
struct caller {
	FCGX_Request fcgi;
	struct transport transport;
	struct served served;
};

/* Callers of one round, in the order in which they came. */
enum { ROUND = 16 };

struct loop {
	const struct server *server;
	int listener, waiting;
	sigset_t hears; /* while it waits */
	struct caller callers[ROUND];
	size_t n, answered;
	struct turn_seat seat;
	int silent; /* a caller who was accepted, and had not said a word yet; -1: none */
};

/* Roles 2 and 3 of FastCGI (authorizer, filter) are not ours. */
static bool is_responder(const FCGX_Request *request)
{
	const char *role = FCGX_GetParam("FCGI_ROLE", request->envp);

	return role == NULL || strcmp(role, "RESPONDER") == 0;
}

/* The next who calls; -1: it is time to end, or errno says why. Another responder may be quicker. */
static int next_caller(struct loop *loop)
{
	struct epoll_event event;
	int caller = loop->silent;

	loop->silent = -1;
	while (caller < 0) {
		int n = epoll_pwait(loop->waiting, &event, 1, -1, &loop->hears);

		/* Who was stopped and goes on is interrupted too. */
		if (n < 0 && (is_ending || errno != EINTR))
			break;
		if (n > 0 && !turn_leave(&loop->seat) &&
		    (caller = accept(loop->listener, NULL, NULL)) < 0 && errno != EAGAIN)
			break;
	}
	return caller;
}

/*
 * libfcgi waits behind each reply until the gate has closed its end as well: were there something that
 * nobody read, the reply might be lost with it. Of a request that was read to its end there is nothing, and
 * nginx has sent that end before it was served.
 */
static void finish(FCGX_Request *request)
{
	watch_for(PARAMETERS_SECONDS);
	if (FCGX_GetChar(request->in) == EOF && FCGX_GetError(request->in) == 0)
		FCGX_Detach(request);
	watch_for(WATCHDOG_SECONDS);
	FCGX_Finish_r(request);
	FCGX_Free(request, 1);
}

/*
 * libfcgi would accept as well, but reads the parameters in the same call, and waits for them without end. It
 * is given the connection instead, and no listener, so that it comes back whatever the caller says. One
 * connection is one request, even if the caller would keep it.
 */
static void receive(struct loop *loop, int fd)
{
	struct caller *caller = &loop->callers[loop->n];

	watch_for(PARAMETERS_SECONDS);
	caller->fcgi.ipcFd = fd;
	caller->fcgi.keepConnection = 1; /* it ends what was before, which is nothing */
	if (FCGX_Accept_r(&caller->fcgi) != 0) {
		FCGX_Free(&caller->fcgi, 1);
	} else if (!is_responder(&caller->fcgi)) {
		finish(&caller->fcgi);
	} else {
		caller->transport = (struct transport){
			.params = (const char *const *)caller->fcgi.envp,
			.read = read_body,
			.write = write_reply,
			.arg = &caller->fcgi,
		};
		serve_receive(loop->server, &caller->transport, &caller->served);
		loop->n++;
	}
}

static bool is_brief(const struct loop *loop)
{
	return loop->n > 0 && serve_is_brief(&loop->callers[loop->n - 1].served);
}

static bool has_spoken(int fd)
{
	char first;

	return recv(fd, &first, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

/*
 * Who called first, and while all is brief who has called since: they wait for less than they would for a
 * responder to wake up, and are one question to the database where they ask alike. What is not brief is the
 * last of its round, so that nothing waits for it here while another responder is free.
 */
static void receive_round(struct loop *loop, int first)
{
	int fd;

	loop->n = loop->answered = 0;
	receive(loop, first);
	while (is_brief(loop) && loop->n < ROUND && loop->silent < 0 &&
	       (fd = accept(loop->listener, NULL, NULL)) >= 0) {
		if (has_spoken(fd))
			receive(loop, fd);
		else
			loop->silent = fd;
	}
}

/*
 * The lines of a round go to the log together: before its last reply is whole, and before what may take
 * its time.
 */
static void answer(struct loop *loop, struct caller *caller)
{
	watch_for(WATCHDOG_SECONDS);
	if (!serve_is_brief(&caller->served))
		log_release(loop->server->log);
	serve_answer(loop->server, &caller->served);
	if (++loop->answered == loop->n)
		log_release(loop->server->log);
	finish(&caller->fcgi);
}

/* Who may be guessing passwords is answered behind those who are not; what is not brief stays the last. */
static void answer_round(struct loop *loop)
{
	struct caller *later[ROUND];
	size_t n_later = 0;

	if (is_brief(loop) && loop->n < ROUND)
		turn_take(&loop->seat);
	else
		turn_pass(&loop->seat);
	for (size_t i = 0; i < loop->n; i++) {
		struct caller *caller = &loop->callers[i];
		if (serve_is_brief(&caller->served) && !serve_by_password(&caller->served))
			answer(loop, caller);
		else
			later[n_later++] = caller;
	}
	for (size_t i = 0; i < n_later; i++)
		answer(loop, later[i]);
	watch_for(0);
	turn_end(&loop->seat);
}

/*
 * A wait that finds somebody there does not look for signals: under load it would never hear of the end.
 * Who was accepted is answered before it.
 */
static void hear_of_the_end(const struct loop *loop)
{
	sigset_t pending;

	if (loop->silent < 0 && sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1)
		is_ending = 1;
}

int transport_fcgi_loop(const struct server *server, int listener)
{
	struct loop loop = {
		.server = server,
		.listener = listener,
		.seat = {.turn = server->turn},
		.silent = -1,
	};
	int first;

	if (FCGX_Init() != 0)
		return -1;
	for (size_t i = 0; i < ROUND; i++)
		FCGX_InitRequest(&loop.callers[i].fcgi, -1, FCGI_FAIL_ACCEPT_ON_INTR);
	is_ending = 0;
	set_signals(&loop.hears);
	if ((loop.waiting = watch(listener)) < 0)
		return -1;
	while (!is_ending && (first = next_caller(&loop)) >= 0) {
		receive_round(&loop, first);
		answer_round(&loop);
		hear_of_the_end(&loop);
	}
	int why = errno;
	close(loop.waiting);
	errno = why;
	return is_ending ? 0 : -1;
}
