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

/* A filter that is there must have the form of what it filters. The last row has no name. */
struct filter {
	const char *name;
	bool (*is)(const char *, size_t);
};
enum code filter_check(const struct request *, const struct filter *, struct error *);

#endif
