#include "fcgi/api/transport_fcgi.h"

#include <fcgiapp.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "fcgi/api/serve.h"
#include "fcgi/api/transport.h"

/*
 * A request that takes longer, or a reply of which nothing went out for so long, has gone wrong: SIGALRM ends the
 * responder, and the parent starts another.
 */
enum { WATCHDOG_SECONDS = 10, CHUNK = 1 << 20 };

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

static void on_term(int number)
{
	(void)number;
	FCGX_ShutdownPending();
}

/*
 * Only while it waits for a request does a responder hear SIGTERM: a read of libfcgi that a signal interrupts
 * returns a body cut short.
 */
static void set_signals(sigset_t *term)
{
	struct sigaction stop = {.sa_handler = on_term}, ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigemptyset(term);
	sigaddset(term, SIGTERM);
	sigprocmask(SIG_BLOCK, term, NULL);
}

/* Roles 2 and 3 of FastCGI (authorizer, filter) are not ours. */
static bool is_responder(const FCGX_Request *request)
{
	const char *role = FCGX_GetParam("FCGI_ROLE", request->envp);

	return role == NULL || strcmp(role, "RESPONDER") == 0;
}

int transport_fcgi_loop(const struct server *server, int listener)
{
	FCGX_Request request;
	sigset_t term;
	int outcome;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, listener, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return -1;
	set_signals(&term);
	for (;;) {
		sigprocmask(SIG_UNBLOCK, &term, NULL);
		outcome = FCGX_Accept_r(&request);
		sigprocmask(SIG_BLOCK, &term, NULL);
		if (outcome != 0)
			break;
		const struct transport transport = {
			.params = (const char *const *)request.envp,
			.read = read_body,
			.write = write_reply,
			.arg = &request,
		};
		alarm(WATCHDOG_SECONDS);
		if (is_responder(&request))
			serve_request(server, &transport);
		FCGX_Finish_r(&request);
		alarm(0);
	}
	FCGX_Free(&request, 1);
	return outcome == -EINTR ? 0 : -1;
}
