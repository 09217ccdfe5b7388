#ifndef CVN_API_REPLY_H
#define CVN_API_REPLY_H
/* What a handler leaves behind, and the one place that writes it. */
#include <stdbool.h>
#include <stdint.h>

#include "fcgi/proc/text.h"
#include "workerlib/core/canon.h"
#include "workerlib/core/code.h"
#include "workerlib/core/config.h"

struct ops_match;
struct transport;

/*
 * A body in parts, when it may be longer than memory. next fills in the part after the last one; false: that
 * was all. Nothing tells a reader that a stream was cut, so the last part must say so itself.
 */
struct reply_stream {
	bool (*next)(void *arg, struct text *part);
	void *arg; /* whoever made it frees it in free, which may be NULL */
	void (*free)(void *arg);
};

/* {0} is 200 with no body. */
struct reply {
	unsigned status;       /* 0: 200 with a body, 204 without */
	struct text body;      /* JSON, or the first part of a stream */
	const char *type;      /* of a reply that is no problem; NULL: application/json */
	struct reply_stream stream; /* {0}: the body is all */
	struct text more;      /* with a problem: members to add, as `,"name":value...` */
	struct text headers;   /* whole lines, each with its CRLF */
	const char *source;    /* for the log: where a document is from; NULL: nothing to say */
	struct error error;    /* with a problem */
};

void reply_free(struct reply *);

/* A header line. The value is ours: never text of a client. */
void reply_header(struct reply *, const char *name, const char *value);
void reply_etag(struct reply *, int64_t version);

/* The same for what is read: 304 where the reader has that version. */
void reply_version(struct reply *, int64_t version, const struct ops_match *known);

/* 201, with the Location of what was made: its name, which is never to be escaped, in a folder of the API. */
void reply_created(struct reply *, const char *folder, const char *name);
void reply_created_id(struct reply *, const char *folder, int64_t id);

/* A canonical JSON stream into the body. */
void reply_json(struct reply *, struct canon *);

/* A member of such a stream. */
void reply_integer(struct canon *, const char *name, int64_t value);

/* Ends a page that the body holds so far: next is what the next one begins after, 0 on the last. */
void reply_cursor(struct reply *, int64_t next);

/* [{"name","code","detail"},...]: what is wrong with which name. */
void reply_violations(struct canon *, const struct violation *, size_t n);

/*
 * A document that is a member of a problem: put a stream to `more` after its name. Use: reply_more(r,
 * "diff"), then write one JSON value to &r->more.
 */
void reply_more(struct reply *, const char *name);

/* One item of a problem's `errors`; environment NULL: it is not of one. */
void reply_finding(struct canon *, const char *environment, const char *name, const struct error *);

/* The first of n items as what the refusal's `detail` says, for who reads no further. */
void reply_first(struct reply *, const char *environment, const char *name, const struct error *first,
		 size_t n);

/* Turns the reply into a problem with this code, the reply's error detail and `more`; id is the request's. */
void reply_problem(struct reply *, enum code, const char *id);

/* Writes status line, headers and body. False: nobody listens any more. */
bool reply_write(struct reply *, const struct transport *, const char *id, bool with_body);

#endif
