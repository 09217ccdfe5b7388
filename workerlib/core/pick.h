#ifndef CVN_CORE_PICK_H
#define CVN_CORE_PICK_H
/*
 * Reading a JSON text where it lies: what scan_json() lets through is walked once, forward, and strings are
 * unescaped in their own place. So nothing is allocated, and the text is used up.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/core/code.h"

/* A place in the text: before a value, or behind all of them. */
struct pick {
	char *at, *end;
};

/* Checks the text by scan_json(), and stands before its value. CODE_OK or CODE_MALFORMED. */
enum code pick_open(struct pick *, char *text, size_t n, struct error *);

/* Steps into the object or array that begins here with that bracket. False: something else is here. */
bool pick_enter(struct pick *, char bracket);

/* Stands before the next item of the array entered; false: there is none, and the array is left. */
bool pick_item(struct pick *);

/* Stands before the value of the next member of the object entered, and names it; false as above. */
bool pick_member(struct pick *, const char **name);

/* Takes a string (unescaped, NUL-terminated, in the text) or null (NULL). False: something else is here. */
bool pick_text(struct pick *, const char **text);

/* Steps over the value. */
void pick_skip(struct pick *);

/* What a member is taken as, and into what: */
enum pick_kind {
	PICK_TEXT,    /* const char *; NULL for null */
	PICK_INTEGER, /* int64_t; PICK_NULL for null */
	PICK_BOOL,    /* bool */
	PICK_VALUE    /* struct pick: before the value, and its end; a null at for null */
};

#define PICK_NULL INT64_MIN

struct pick_row {
	const char *name;
	enum pick_kind kind;
	bool nullable;
	bool optional; /* one that is missing leaves what is to be filled as it is */
	size_t offset; /* in what is filled */
};

/*
 * Every row of the table, once, from the object that begins here; members it does not name are skipped.
 * NULL, or the name of the row that is missing or of another kind ("" for what is no object).
 */
const char *pick_object(struct pick *, const struct pick_row *rows, size_t n, void *out);

/*
 * The JSON text of a PICK_VALUE, NUL-terminated.
 * Only when its object was read, for the byte behind it is overwritten.
 */
const char *pick_raw(const struct pick *value);

#endif
