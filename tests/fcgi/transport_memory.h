#ifndef CVN_TESTS_FCGI_TRANSPORT_MEMORY_H
#define CVN_TESTS_FCGI_TRANSPORT_MEMORY_H
/* The transport's twin for tests: a request from an array, a reply into a text. */
#include "fcgi/api/transport.h"
#include "fcgi/proc/text.h"

struct memory {
	const char *body; /* what can be read, whatever CONTENT_LENGTH says */
	size_t read;
	struct text reply;
};

struct transport transport_memory(struct memory *, const char *const *params);

#endif
