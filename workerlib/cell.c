#include "workerlib/cell.h"

#include <string.h>

#include "workerlib/core/integer.h"

const char *cell_text(const PGresult *result, int row, int column)
{
	return PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
}

int64_t cell_integer(const PGresult *result, int row, int column)
{
	const char *text = PQgetvalue(result, row, column);
	int64_t i = 0;

	(void)integer_read(text, strlen(text), &i);
	return i;
}

bool cell_is_true(const PGresult *result, int row, int column)
{
	return strcmp(PQgetvalue(result, row, column), "t") == 0;
}
