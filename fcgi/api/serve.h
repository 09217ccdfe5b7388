#ifndef CVN_API_SERVE_H
#define CVN_API_SERVE_H
/* One request from its parameters to its reply, its log line and its counter. */
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "fcgi/api/reply.h"
#include "fcgi/api/request.h"

struct server;
struct transport;

/* A request on its way: it was received, and is to be answered. */
struct served {
	struct request request;
	struct reply reply;
	struct timespec start;
	enum code code;
};

/*
 * Several may be received before the first of them is answered: those who ask alike are then one question to
 * the database. Each that was received must be answered, in any order. The transport must live as long.
 */
void serve_receive(const struct server *, const struct transport *, struct served *);
void serve_answer(const struct server *, struct served *);

/* Whether it is answered so soon that others, who have come since, may wait for it. */
bool serve_is_brief(const struct served *);

/* Whether it brings a password: to check it may take longer than all else that is brief together. */
bool serve_by_password(const struct served *);

/* One alone. */
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
