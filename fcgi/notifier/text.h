#ifndef CVN_NOTIFIER_TEXT_H
#define CVN_NOTIFIER_TEXT_H
/*
 * Text that grows. The notifier dies at the first allocation that fails: its supervisor starts it again, and
 * every client resumes by its cursor or is told to reset. So nothing here returns an error.
 */
#include <stddef.h>
#include <stdint.h>

#include "workerlib/core/canon.h"

struct text {
	char *at; /* NUL-terminated, or NULL while empty */
	size_t n, room;
};

/* p, which was allocated, or the end of the process when it is NULL. */
void *text_need(void *p);

void text_add(struct text *, const char *bytes, size_t n);
void text_put(struct text *, const char *string);
void text_format(struct text *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Empties it and keeps the room; text_free() gives that back too. */
void text_clear(struct text *);
void text_free(struct text *);

/* The bytes of a text that is given up; the caller must free them with free(). */
char *text_take(struct text *);

/* A JSON writer that appends to the text. */
void text_json(struct text *, struct canon *);

/* A member of the object that is open. */
void text_member_number(struct canon *, const char *name, int64_t number);

#endif
