#ifndef CVN_PROC_OPTIONS_H
#define CVN_PROC_OPTIONS_H
/* The options of a program as one table: --flag VALUE, else the environment, else the default. */
#include <stdbool.h>
#include <stddef.h>

/*
 * The table ends with a row without a flag.
 * The environment variable of --push-interval is CVN_PUSH_INTERVAL.
 */
struct option_row {
	const char *flag; /* without the dashes */
	const char *help;
	const char *fallback; /* NULL: must be given, unless optional */
	bool optional;        /* may stay NULL */
	bool is_switch;       /* takes no value; "1" when given */
};

/*
 * Fills values[i] for rows[i], borrowed from argv, the environment or the row. Returns the number of
 * arguments that were used, or -1 with one line in `why`: unknown flag, missing value, missing option.
 * Arguments after "--" or the first that is no flag are left to the caller.
 */
int options_read(const struct option_row *rows, const char **values, int argc, char *const argv[], char *why,
		 size_t room);

/* The help text: one line a row, on standard output. */
void options_help(const char *usage, const struct option_row *rows);

/* A whole number from least to most; false: it is not. */
bool options_number(const char *text, long least, long most, long *);

#endif
