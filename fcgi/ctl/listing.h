#ifndef CVN_CTL_LISTING_H
#define CVN_CTL_LISTING_H
/* An answer's array of objects as a table: a row an object, a column a member. */
#include <stddef.h>
#include <stdio.h>

struct ctl;
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

/* A page of an answer: the member that is its list, and what is said when that is empty. */
struct listing {
	const char *member, *empty;
	size_t n;
	const struct listing_column *columns;
};

/* Prints the page; says when it is empty, and how to see the next one. */
void listing_page(const struct ctl *, const struct listing *, struct json_object *answer);

/* Prints of one object a line for each column that has a text: head, blanks, text. */
void listing_object(struct json_object *, const struct listing_column *, size_t columns, FILE *);

/* The listings of diffs (name, old, new) and of errors (name, code, detail), which several answers hold. */
size_t listing_diff(struct json_object *diff, FILE *, int indent);
size_t listing_errors(struct json_object *errors, FILE *, int indent);

/* The listing of differences (name, left, right) under the names of both sides. */
size_t listing_differences(struct json_object *differences, const char *left, const char *right, FILE *);

#endif
