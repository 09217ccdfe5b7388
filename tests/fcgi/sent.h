#ifndef CVN_TESTS_FCGI_SENT_H
#define CVN_TESTS_FCGI_SENT_H
/* A request as a test sends it to the API, over a transport in memory, and what the API replies. */
#include "fcgi/proc/log.h"
#include "fcgi/proc/text.h"
#include "tests/fcgi/transport_memory.h"

enum { SENT_PARAMS = 12, SENT_PARAM = 256 };

/* Target and method, then headers. */
struct sent {
	char texts[SENT_PARAMS][SENT_PARAM];
	const char *params[SENT_PARAMS + 1];
	size_t n;
	struct memory memory;
	struct transport transport;
	struct log_held *held; /* by the log meanwhile; NULL: nothing is */
};

/* Begins one, from a caller with an address; adds a header, as FastCGI names it. */
void sent_begin(struct sent *, const char *method, const char *target);
void sent_add(struct sent *, const char *name, const char *value);

/*
 * The request through everything, with a database that is away.
 * Returns the reply; the caller must text_free() it.
 */
struct text sent_serve(struct sent *);

/* Fails where the reply is not a problem with all its members, of this status and code. */
void sent_expect_problem(const struct text *reply, unsigned status, const char *code);

#endif
