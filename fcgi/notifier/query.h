#ifndef CVN_NOTIFIER_QUERY_H
#define CVN_NOTIFIER_QUERY_H
/*
 * A raw request target, split before it is decoded,
 * and its parameters by a list of the names that are known.
 */
#include <stdbool.h>
#include <stddef.h>

enum { QUERY_NAMES = 4, QUERY_MAX = 512 };

struct query {
	const char *values[QUERY_NAMES]; /* decoded, in the order of the names; NULL: not given */
	char room[QUERY_MAX];
};

/*
 * Reads what follows the "?" (NULL: nothing). names ends with NULL. False, with the reason in *why: too long,
 * not well encoded, a control byte, a parameter that is not known or given twice.
 */
bool query_read(struct query *, const char *raw, const char *const *names, const char **why);

/*
 * Decodes n bytes of percent encoding into out (max with the NUL).
 * False: ill encoded, a control byte, too long.
 */
bool query_decode(const char *raw, size_t n, char *out, size_t max);

/* A plain decimal number within 0..9223372036854775807. False: it is none. */
bool query_number(const char *text, long long *number);

#endif
