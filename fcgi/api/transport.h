#ifndef CVN_API_TRANSPORT_H
#define CVN_API_TRANSPORT_H
/* All that the API asks of whatever carries requests: one request, its parameters, its body, its reply. */
#include <stdbool.h>
#include <stddef.h>

struct transport {
	/* "NAME=value" as in CGI, NULL at the end; lives until the reply is written. */
	const char *const *params;
	/* Reads at most n bytes of the body; the number read, 0 at its end, or -1. */
	long (*read)(void *arg, char *bytes, size_t n);
	/* False: nobody listens any more. Nothing (n is 0) only says that the work goes on. */
	bool (*write)(void *arg, const char *bytes, size_t n);
	void *arg;
};

#endif
