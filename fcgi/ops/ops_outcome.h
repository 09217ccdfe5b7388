#ifndef CVN_OPS_OUTCOME_H
#define CVN_OPS_OUTCOME_H
/* Inside fcgi/ops: what an outcome of the database means to whoever asked. */
#include "fcgi/db/db.h"
#include "fcgi/ops/ops.h"
#include "fcgi/proc/text.h"

/* DB_ROW is CODE_OK, DB_NONE is CODE_NOT_FOUND; the detail names `what` was not found. */
enum code ops_outcome_code(const struct ops *, enum db_outcome, const char *what, struct error *);

/* Moves the text in a column of the only row to json, frees the rows, and returns the code of the outcome. */
enum code ops_outcome_document(const struct ops *, enum db_outcome, const char *what, struct db_rows *,
			       int column, struct text *json, struct error *);

#endif
