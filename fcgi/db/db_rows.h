#ifndef CVN_DB_ROWS_H
#define CVN_DB_ROWS_H
/* What a statement returned. Texts live until db_rows_free(). NULL rows have no row. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db_rows;

size_t db_rows_count(const struct db_rows *);
void db_rows_free(struct db_rows *);

const char *db_rows_text(const struct db_rows *, size_t row, int column); /* NULL: null */
size_t db_rows_length(const struct db_rows *, size_t row, int column);    /* of the text, in bytes */
int64_t db_rows_integer(const struct db_rows *, size_t row, int column);  /* 0: null */
bool db_rows_bool(const struct db_rows *, size_t row, int column);        /* false: null */

#endif
