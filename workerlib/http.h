#ifndef CVN_WORKERLIB_HTTP_H
#define CVN_WORKERLIB_HTTP_H
/*
 * HTTP requests that nobody waits for: a few at a time, each in a slot of its own, all behind one
 * descriptor. The only file of the library that knows libcurl. Certificates are verified, redirects are
 * not followed, no proxy is asked that the caller did not name in the URL, no signal is used, and name
 * servers are asked on a thread of libcurl's.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/cvnworker.h"

struct http;

enum { HTTP_SLOTS = 2 };

struct http_request {
	const char *url;
	const char *body; /* JSON to POST; NULL: a GET */
	long timeout_ms;
};

/* What became of a request: an answer, or why there is none. */
struct http_answer {
	long status;     /* 0: none */
	char *body;      /* NUL-terminated; freed after the call unless set to NULL by who takes it */
	size_t n;
	const char *why; /* NULL: an answer has come */
	bool no_memory; /* that is why */
};

/* Called from inside http_turn(); it may ask again and hang up. */
typedef void http_done(void *arg, int slot, struct http_answer *);

/*
 * token goes along as a Bearer, and is copied.
 * The caller must free it with http_free(). NULL: see the error.
 */
struct http *http_new(const char *token, http_done *, void *arg, cvn_error *);
void http_free(struct http *);

/* Starts a request in a slot that is free. Everything is copied. False: no memory. */
bool http_ask(struct http *, int slot, const struct http_request *);

/* Ends all requests without a word, and all connections: the next request makes fresh ones. */
void http_hang_up(struct http *);

/* Does what can be done now. */
void http_turn(struct http *, int64_t now);

/* Readable when http_turn() has something to do; the same for life. */
int http_descriptor(const struct http *);

/* When to turn at the latest. */
int64_t http_deadline(const struct http *);

/* In a child of the process that made it: lets go of every descriptor, and says nothing to anybody. */
void http_abandon(struct http *);

#endif
