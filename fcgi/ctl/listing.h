#ifndef CVN_CTL_LISTING_H
#define CVN_CTL_LISTING_H
/* An answer's array of objects as a table: a row an object, a column a member. */
#include <stddef.h>
#include <stdio.h>

struct json_object;

struct listing_column {
	const char *head;
	const char *member;
	const char *absent; /* what stands for an absent or null member */
	char *(*text)(
		struct json_object *); /* instead of member: the cell of an object, which the listing frees */
};

/* Prints the table, each line after indent blanks, and returns its rows; an empty array prints nothing. */
size_t listing_print(struct json_object *list, const struct listing_column *, size_t columns, FILE *,
		     int indent);

/* The listings of diffs (name, old, new) and of errors (name, code, detail), which several answers hold. */
size_t listing_diff(struct json_object *diff, FILE *, int indent);
size_t listing_errors(struct json_object *errors, FILE *, int indent);

#endif
