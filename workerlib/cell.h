#ifndef CVN_WORKERLIB_CELL_H
#define CVN_WORKERLIB_CELL_H
/* A field of a result of the database. */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

/* NULL for null; as long as the result. */
const char *cell_text(const PGresult *, int row, int column);

/* Of the server's own making; what is none is 0, which no version is. */
int64_t cell_integer(const PGresult *, int row, int column);

bool cell_is_true(const PGresult *, int row, int column);

#endif
