#ifndef CVN_CTL_TABLE_H
#define CVN_CTL_TABLE_H
/*
 * What people read: columns as wide as their widest cell, two blanks between them, nothing after the last.
 * A control character, which could move a terminal's cursor, is printed as '?'.
 */
#include <stddef.h>
#include <stdio.h>

struct table;

/* An empty table with n heads, which must outlive it. The caller must free it with table_free(). */
struct table *table_new(const char *const *heads, size_t n);
void table_free(struct table *);

/* Adds a row of as many cells as there are heads; the texts are copied. */
void table_row(struct table *, const char *const *cells);

/* The number of rows. */
size_t table_count(const struct table *);

/* Prints heads and rows, each line after indent blanks. A column without a text in any row is left out. */
void table_print(const struct table *, FILE *, int indent);

/* Prints one text as a cell prints it. */
void table_text(const char *text, FILE *);

#endif
