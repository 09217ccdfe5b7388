#ifndef CVN_CORE_CANON_H
#define CVN_CORE_CANON_H
/*
 * Canonical JSON (RFC 8785) as a stream: the caller gives members in order of their names (UTF-16 order;
 * ASCII names: strcmp) and a sink; no memory is held. Numbers are safe integers only; all else is strings.
 *
 * What has no canonical form is never written as something else: after text that is not UTF-8, an
 * integer that is not safe, too much depth or an end without a start, the stream is broken,
 * writes nothing more, and canon_done() says so.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CANON_DEPTH = 40 }; /* more than any text that scan_json takes, and what is wrapped around it */

struct canon {
	void (*put)(void *arg, const char *bytes, size_t n);
	void *arg;
	unsigned depth;
	bool broken;
	unsigned char place[CANON_DEPTH + 1]; /* by depth: whether a comma is due */
	char close[CANON_DEPTH + 1];	      /* by depth: what ends it */
};

void canon_start(struct canon *, void (*put)(void *, const char *, size_t), void *arg);
void canon_object(struct canon *);
void canon_array(struct canon *);
void canon_end(struct canon *, char close); /* '}' or ']' */
void canon_key(struct canon *, const char *name);
void canon_string(struct canon *, const char *text, size_t n); /* valid UTF-8 */
void canon_integer(struct canon *, int64_t);                   /* |i| <= 2^53 - 1 */
void canon_null(struct canon *);
void canon_bool(struct canon *, int);
void canon_text(struct canon *, const char *json); /* a value that was written by these functions before */
void canon_member(struct canon *, const char *name, const char *text); /* a key and a string; NULL: null */

/*
 * The order in which RFC 8785 wants two names of one object, as strcmp says it: by UTF-16 code units, so that
 * what lies beyond U+FFFF goes before U+E000. Both are valid UTF-8.
 */
int canon_order(const char *left, const char *right);

/* Whether all that was given is written, and every object and array has ended. */
bool canon_done(const struct canon *);

#endif
