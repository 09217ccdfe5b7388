#ifndef CVN_NOTIFIER_LINE_H
#define CVN_NOTIFIER_LINE_H
/*
 * Connections. A line reads one request at a time; while that waits for its answer, nothing more is
 * read, only the peer's leaving is noticed. A line that waits is about a hundred bytes: it has no
 * buffer, and shares what it is sent. What a peer does not take in stays one piece long, and a peer
 * that takes nothing in for ten seconds is dropped.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fcgi/notifier/http.h"
#include "fcgi/notifier/wheel.h"

struct event_base;
struct line;
struct lines;
struct piece;
struct shared;
struct text;

enum { LINE_STALL_MS = 10000, LINE_IDLE_MS = 75000 };

/* What the owner of the lines is told. */
struct line_owner {
	/* A request, or (NULL) one that cannot be read, with why. The slices live until it returns. */
	void (*request)(struct line *, const struct http_request *, enum http_outcome);
	/* line_write(): the peer has taken it in. */
	void (*sent)(struct line *);
	/* line_wait(): the time is up. */
	void (*late)(struct line *);
	/* The peer left, or was dropped, before line_answer(); the line is no more soon. */
	void (*gone)(struct line *);
	/* Last of all: its memory is the owner's again. */
	void (*closed)(struct line *);
};

struct line {
	struct wheel_seat seat; /* first */
	struct lines *lines;
	struct line *next, *previous;
	struct text *in;    /* a request that is not whole yet, or the next one; NULL: nothing */
	struct piece *rest; /* what the peer has not taken in; NULL: nothing */
	int fd;             /* -1: closed */
	uint8_t state;
	bool readable;      /* there may be more in the socket */
	bool posted;        /* something is to be sent in this turn */
	bool ending;        /* no request after this one */
};

/* The caller must free it with lines_free(), which closes all lines. */
struct lines *lines_new(struct event_base *, const struct line_owner *);
void lines_free(struct lines *);

/* Takes the descriptor, which does not block; the line is the owner's memory, zeroed. */
void lines_add(struct lines *, struct line *, int fd);

size_t lines_count(const struct lines *);
size_t lines_waiting(const struct lines *); /* those whose answer is not due yet, or is on its way */
uint64_t lines_dropped(const struct lines *); /* since the start: peers that took nothing in */

/* No further request is read: each line ends with the answer that it waits for, and idle ones at once. */
void lines_drain(struct lines *);

/* The answer to the request: its last bytes. `id` goes in where they are cut. */
void line_answer(struct line *, struct shared *, const char *id);

/* A part of it, when no other is on its way; sent() is called when it is taken in, never at once. */
void line_write(struct line *, struct shared *, const char *id);

/* late() is called after so many ms unless something is sent first. */
void line_wait(struct line *, int64_t ms);

/* Ends the line without a word to anyone but closed(). */
void line_cut(struct line *);

#endif
