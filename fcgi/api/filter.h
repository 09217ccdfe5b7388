#ifndef CVN_API_FILTER_H
#define CVN_API_FILTER_H
/* The grammars of what a query or a path may name. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/core/code.h"

struct request;

/* Decimal digits without a leading zero, so that the database reads the same number. */
bool filter_is_number(const char *text, size_t n);
bool filter_is_page(const char *text, size_t n); /* how many on a page */
/* RFC 3339 in UTC or with an offset, e.g. 2026-01-31T08:00:00Z. */
bool filter_is_time(const char *text, size_t n);

/* False: not the number of anything. */
bool filter_read_id(const char *text, int64_t *id);

/* What the grammars say to who misses them. */
#define FILTER_ENVIRONMENT "[a-z][a-z0-9-]{0,30}"
#define FILTER_PARAMETER "[A-Z][A-Z0-9_]{1,62}"
#define FILTER_ID "[A-Za-z0-9._-]{1,64}"
#define FILTER_NUMBER "a number as it was answered"
#define FILTER_PAGE "a number from 1 to 200"
#define FILTER_TIME "a time such as 2026-01-31T08:00:00Z (a + in it is sent as %2B)"

/* A filter that is there must have the form of what it filters. The last row has no name. */
struct filter {
	const char *name;
	bool (*is)(const char *, size_t);
	const char *form; /* what it is to be */
};
enum code filter_check_one(const struct filter *, const char *text, struct error *); /* NULL is not there */
enum code filter_check(const struct request *, const struct filter *, struct error *);

#endif
