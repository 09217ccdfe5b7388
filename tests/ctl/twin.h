#ifndef CVN_CHECK_TWIN_H
#define CVN_CHECK_TWIN_H
/* A network without one: fcgi/ctl/client.h answered from a script, which also says what must be asked. */
#include <stddef.h>

struct client;

enum { TWIN_UNSENT = -1 };

/*
 * One exchange. status 0: no answer comes; TWIN_UNSENT: none, because nothing went out.
 * Members that are NULL are not compared.
 */
struct twin_turn {
	/* What must be asked; if_match "new": If-None-Match: *. */
	const char *method, *path, *if_match, *body;
	/* What is answered. */
	long status;
	const char *answer;
	long retry_after_s;
};

/*
 * A client that answers n turns and fails the test on one more. The caller must free it with client_free().
 */
struct client *twin_new(const struct twin_turn *, size_t n);

/* How many turns were taken, and how long was paused. */
size_t twin_taken(const struct client *);
unsigned twin_paused_ms(const struct client *);

#endif
