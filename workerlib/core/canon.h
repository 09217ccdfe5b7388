#ifndef CVN_CORE_CANON_H
#define CVN_CORE_CANON_H
/*
 * Canonical JSON (RFC 8785) as a stream: the caller gives members in order of their names (UTF-16 order; ASCII
 * names: strcmp) and a sink; no memory is held. Numbers are safe integers only; all else is strings.
 */
#include <stddef.h>
#include <stdint.h>

struct canon {
	void (*put)(void *arg, const char *bytes, size_t n);
	void *arg;
	unsigned depth;
	unsigned char first[33]; /* by depth: no comma yet */
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

#endif
