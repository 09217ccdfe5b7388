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
#include <unistd.h>

#include "fcgi/api/serve.h"
#include "fcgi/api/transport.h"

/*
 * A request that takes longer, a reply of which nothing went out for so long, or a caller whose
 * parameters, which nginx sends at once, do not come, has gone wrong: SIGALRM ends the
 * responder, and the parent starts another.
 */
enum { WATCHDOG_SECONDS = 10, PARAMETERS_SECONDS = 3, CHUNK = 1 << 20 };

static long read_body(void *arg, char *bytes, size_t n)
{
	FCGX_Stream *in = ((FCGX_Request *)arg)->in;
	int got = FCGX_GetStr(bytes, (int)(n > CHUNK ? CHUNK : n), in);

	return FCGX_GetError(in) != 0 ? -1 : got;
}

static bool write_reply(void *arg, const char *bytes, size_t n)
{
	FCGX_Stream *out = ((FCGX_Request *)arg)->out;

	alarm(WATCHDOG_SECONDS);
	for (size_t done = 0; done < n;) {
		size_t part = n - done > CHUNK ? CHUNK : n - done;
		if (FCGX_PutStr(bytes + done, (int)part, out) < 0)
			return false;
		alarm(WATCHDOG_SECONDS);
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
 * returns a body cut short. before: what it hears while it waits.
 */
static void set_signals(sigset_t *before)
{
	struct sigaction stop = {.sa_handler = on_term}, ignore = {.sa_handler = SIG_IGN};
	sigset_t term;

	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, before);
	sigdelset(before, SIGTERM);
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

/* Roles 2 and 3 of FastCGI (authorizer, filter) are not ours. */
static bool is_responder(const FCGX_Request *request)
{
	const char *role = FCGX_GetParam("FCGI_ROLE", request->envp);

	return role == NULL || strcmp(role, "RESPONDER") == 0;
}

/* The next who calls; -1: it is time to end, errno says why. Another responder may be quicker to accept. */
static int next_caller(int waiting, int listener, const sigset_t *hears)
{
	struct epoll_event event;
	int caller = -1;

	errno = EAGAIN;
	while (caller < 0 && errno == EAGAIN && epoll_pwait(waiting, &event, 1, -1, hears) > 0)
		caller = accept(listener, NULL, NULL);
	return caller;
}

/*
 * libfcgi waits behind each reply until the gate has closed its end as well: were there something that
 * nobody read, the reply might be lost with it. Of a request that was read to its end there is nothing, and
 * nginx has sent that end before it was served.
 */
static void finish(FCGX_Request *request)
{
	alarm(PARAMETERS_SECONDS);
	if (FCGX_GetChar(request->in) == EOF && FCGX_GetError(request->in) == 0)
		FCGX_Detach(request);
	alarm(WATCHDOG_SECONDS);
	FCGX_Finish_r(request);
}

static void serve_caller(const struct server *server, FCGX_Request *request)
{
	const struct transport transport = {
		.params = (const char *const *)request->envp,
		.read = read_body,
		.write = write_reply,
		.arg = request,
	};

	alarm(WATCHDOG_SECONDS);
	if (is_responder(request))
		serve_request(server, &transport);
	finish(request);
}

/*
 * libfcgi would accept as well, but reads the parameters in the same call, and waits for them without end. It
 * is given the connection instead, and no listener, so that it comes back whatever the caller says. One
 * connection is one request, even if the caller would keep it.
 */
int transport_fcgi_loop(const struct server *server, int listener)
{
	FCGX_Request request;
	sigset_t hears;
	int waiting, caller;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, -1, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return -1;
	set_signals(&hears);
	if ((waiting = watch(listener)) < 0)
		return -1;
	while (!is_ending && (caller = next_caller(waiting, listener, &hears)) >= 0) {
		alarm(PARAMETERS_SECONDS);
		request.ipcFd = caller;
		request.keepConnection = 1; /* it ends what was before, which is nothing */
		if (FCGX_Accept_r(&request) == 0)
			serve_caller(server, &request);
		FCGX_Free(&request, 1);
		alarm(0);
	}
	int why = errno;
	close(waiting);
	errno = why;
	return is_ending || why == EINTR ? 0 : -1;
}
