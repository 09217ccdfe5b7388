#ifndef CVN_DB_SQL_H
#define CVN_DB_SQL_H
/* Inside fcgi/db: words that several statements share. */

/* Whether an environment is among those that may be read: a column and a parameter. */
#define READABLE(column, parameter)                                                                            \
	"(" parameter "::text = '*' or " column " = any (string_to_array(" parameter ", ',')))"

#endif
