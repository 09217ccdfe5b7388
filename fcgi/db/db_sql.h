#ifndef CVN_DB_SQL_H
#define CVN_DB_SQL_H
/* Inside fcgi/db: words that several statements share, and a number as their parameters take it. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

enum { SQL_INTEGER = 24 };

/* The value in decimal, in text, which is returned. */
static inline const char *sql_integer(char text[SQL_INTEGER], int64_t value)
{
	snprintf(text, SQL_INTEGER, "%" PRId64, value);
	return text;
}

/* Whether an environment is among those that may be read: a column and a parameter. */
#define READABLE(column, parameter)     \
	"(" parameter "::text = '*' or " column " = any (string_to_array(" parameter ", ',')))"

/*
 * What identifies the configuration in force of an environment (a parameter, or null) as GET tells it: its
 * version, its history up to there, and the catalog. Equal only where all of it is equal, also after a backup
 * was restored. Null: there is no such environment, or it has no history.
 */
#define SIGHT(parameter)                                                                                    \
	"(select c.version || ' ' || h.row_hash || ' ' || s.stamp from active_config c"                     \
	" join config_history h on h.config_id = c.id and h.version = c.version cross join catalog_state s" \
	" where c.environment = " parameter ")"

#endif
