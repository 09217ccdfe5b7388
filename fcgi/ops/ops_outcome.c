#include "fcgi/ops/ops_outcome.h"

#include "fcgi/db/db_rows.h"

enum code ops_outcome_code(const struct ops *ops, enum db_outcome outcome, const char *what,
			   struct error *error)
{
	if (outcome == DB_ROW)
		return CODE_OK;
	if (outcome == DB_NONE)
		return code_error(error, CODE_NOT_FOUND, "there is no such ", what, NULL);
	if (db_unsure(ops->db))
		return code_error(error, CODE_UNAVAILABLE,
				  "the answer to the write was lost: ask for the history of this",
				  " request's id whether it holds", NULL);
	enum code code = outcome == DB_RETRY ? CODE_UNAVAILABLE : db_error(ops->db)->code;
	const char *away = "the database does not answer; nothing was written: try again in a moment";
	return code_error(error, code, code == CODE_UNAVAILABLE ? away : code_message(code), NULL);
}

enum code ops_outcome_document(const struct ops *ops, enum db_outcome outcome, const char *what,
			       struct db_rows *rows, int column, struct text *json, struct error *error)
{
	enum code code = ops_outcome_code(ops, outcome, what, error);

	if (code == CODE_OK)
		text_put(json, db_rows_text(rows, 0, column), db_rows_length(rows, 0, column));
	db_rows_free(rows);
	return code;
}
