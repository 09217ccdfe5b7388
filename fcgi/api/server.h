#ifndef CVN_API_SERVER_H
#define CVN_API_SERVER_H
/* What a responder has for all its requests. */
#include "fcgi/proc/log.h"

struct ops;
struct stats;
struct turn;

struct server {
	struct ops *ops;
	const struct log *log;
	const char *origins; /* NULL: a page's origin must be the host of the request */
	struct stats *stats; /* NULL: nobody counts */
	struct turn *turn;   /* NULL: there is no other responder */
	unsigned slot;       /* this responder's, in the stats */
	const unsigned *places; /* in the stats, of the rows of the route table: serve_route_places() */
};

#endif
