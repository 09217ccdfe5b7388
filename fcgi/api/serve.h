#ifndef CVN_API_SERVE_H
#define CVN_API_SERVE_H
/* One request from its parameters to its reply, its log line and its counter. */
#include <stddef.h>

struct server;
struct transport;

void serve_request(const struct server *, const struct transport *);

/*
 * The names under which requests are counted:
 * the patterns of the route table, each once, and "other" last.
 */
enum { SERVE_ROUTES = 128 };
size_t serve_route_names(const char *names[], size_t room);

/* The place among them of each row of the route table, and behind these that of "other". */
void serve_route_places(unsigned places[], size_t room);

#endif
