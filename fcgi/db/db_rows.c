#include "fcgi/db/db_rows.h"

#include <libpq-fe.h>
#include <stdlib.h>

/* struct db_rows is never defined: it is libpq's result under a name that upper floors may see. */
static const PGresult *result(const struct db_rows *rows)
{
	return (const PGresult *)(const void *)rows;
}

size_t db_rows_count(const struct db_rows *rows)
{
	return rows == NULL ? 0 : (size_t)PQntuples(result(rows));
}

void db_rows_free(struct db_rows *rows)
{
	PQclear((PGresult *)(void *)rows);
}

const char *db_rows_text(const struct db_rows *rows, size_t row, int column)
{
	if (row >= db_rows_count(rows) || PQgetisnull(result(rows), (int)row, column))
		return NULL;
	return PQgetvalue(result(rows), (int)row, column);
}

size_t db_rows_length(const struct db_rows *rows, size_t row, int column)
{
	return row >= db_rows_count(rows) ? 0 : (size_t)PQgetlength(result(rows), (int)row, column);
}

int64_t db_rows_integer(const struct db_rows *rows, size_t row, int column)
{
	const char *text = db_rows_text(rows, row, column);

	return text == NULL ? 0 : strtoll(text, NULL, 10);
}

bool db_rows_bool(const struct db_rows *rows, size_t row, int column)
{
	const char *text = db_rows_text(rows, row, column);

	return text != NULL && *text == 't';
}
