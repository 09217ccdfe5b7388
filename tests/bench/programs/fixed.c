/*
 * The least that a FastCGI responder can do: one body for every request, or 304 where If-None-Match is sent.
 *
 *   fixed SOCKET BODY-FILE PROCESSES
 *
 * Listens on a Unix socket, as cvn-config-api does: so many processes, one request each at a time.
 * Ends with its parent process or by SIGTERM.
 */
#include "client.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcgiapp.h>

enum { BACKLOG = 1024 };

static void answer(FCGX_Request *request, const char *body, size_t n)
{
	if (FCGX_GetParam("HTTP_IF_NONE_MATCH", request->envp))
		FCGX_FPrintF(request->out, "Status: 304\r\nETag: \"1\"\r\n\r\n");
	else {
		FCGX_FPrintF(request->out, "Content-Type: application/json\r\nETag: \"1\"\r\n"
					   "Content-Length: %d\r\n\r\n", (int)n);
		FCGX_PutStr(body, (int)n, request->out);
	}
	FCGX_Finish_r(request);
}

static void respond(int fd, const char *body)
{
	FCGX_Request request;
	size_t n = strlen(body);

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	FCGX_InitRequest(&request, fd, 0);
	while (!FCGX_Accept_r(&request))
		answer(&request, body, n);
}

int main(int argc, char *argv[])
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (argc != 4 || FCGX_Init())
		die("usage: fixed SOCKET BODY-FILE PROCESSES");
	int fd = FCGX_OpenSocket(argv[1], BACKLOG);
	char *body = file_text(argv[2]);
	if (fd < 0 || chmod(argv[1], 0666))
		die("the socket cannot be made");
	for (int i = 0; i < atoi(argv[3]); i++)
		if (!fork()) {
			respond(fd, body);
			return 0;
		}
	while (wait(NULL) > 0)
		;
	free(body);
	return 0;
}
