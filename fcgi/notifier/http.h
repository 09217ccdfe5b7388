#ifndef CVN_NOTIFIER_HTTP_H
#define CVN_NOTIFIER_HTTP_H
/*
 * The head of an HTTP/1.1 request, read strictly: one spelling, or none. Pure: bytes in, slices of them out.
 * What a proxy and we could read differently (a bare LF, a folded line, a header that counts
 * twice, chunks) is refused.
 */
#include <stdbool.h>
#include <stddef.h>

enum { HTTP_HEAD_MAX = 16384 };

/* The headers that somebody here reads. */
enum http_header {
	HTTP_HOST,
	HTTP_CONNECTION,
	HTTP_CONTENT_LENGTH,
	HTTP_TRANSFER_ENCODING,
	HTTP_ACCEPT,
	HTTP_AUTHORIZATION,
	HTTP_LAST_EVENT_ID,
	HTTP_REQUEST_ID,  /* X-Request-Id */
	HTTP_LOGIN,       /* X-Cvn-Login */
	HTTP_ENVIRONMENTS, /* X-Cvn-Environments */
	HTTP_CREDENTIAL,  /* X-Cvn-Credential */
	HTTP_HEADERS
};

struct http_slice {
	const char *at; /* NULL: not there */
	size_t n;
};

struct http_request {
	struct http_slice method, target;
	struct http_slice headers[HTTP_HEADERS];
	size_t head; /* bytes, with the blank line */
	bool body;   /* one follows, which nobody here wants */
	bool keep;   /* the connection may serve another request */
};

enum http_outcome {
	HTTP_MORE, /* the head is not whole yet */
	HTTP_WHOLE,
	HTTP_BAD,
	HTTP_TOO_LONG
};

/* The slices point into bytes. */
enum http_outcome http_read(const char *bytes, size_t n, struct http_request *);

bool http_is(struct http_slice, const char *text);

#endif
