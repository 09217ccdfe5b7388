#ifndef CVN_NOTIFIER_VISIT_H
#define CVN_NOTIFIER_VISIT_H
/*
 * A visit is one request: one owner, one answer. Who has it ends it with one of the functions below, or parks
 * it first; then the caller may leave before the answer, and the owner is told.
 */
#include <stdbool.h>
#include <stddef.h>

#include "fcgi/notifier/query.h"
#include "fcgi/notifier/verdict.h"
#include "workerlib/core/code.h"

struct door;
struct door_route;
struct event;
struct evhttp_request;
struct shared;
struct text;

enum { VISIT_REQUEST_ID = 65, VISIT_ENVIRONMENT = 32 };

struct visit {
	/* For rooms to read. */
	const char *parameters[QUERY_NAMES]; /* in the order of the route's names; NULL: not given */
	char environment[VISIT_ENVIRONMENT]; /* the last segment of the path, or "" */
	char *allowed;                       /* "*", or environments with commas between */
	/* Of the door. */
	struct visit *next, *previous;
	struct door *door;
	const struct door_route *route;
	struct query query;
	struct verdict_wait verdict;
	char request_id[VISIT_REQUEST_ID];
	/* Of the visit itself. */
	struct evhttp_request *req;
	struct event *left; /* watches for the caller to close its end; NULL until parked */
	void (*gone)(void *arg);
	void (*drained)(void *arg);
	void *arg; /* of both */
	void (*over)(struct visit *); /* the door's: it is no more */
};

/* NULL: the caller sent no such header. */
const char *visit_header(const struct visit *, const char *name);

/* From now on gone(arg) is called once should the caller leave; the visit is then no more. */
void visit_park(struct visit *, void (*gone)(void *arg), void *arg);

/* Each ends the visit. */
void visit_reply(struct visit *, int status, const char *content_type, struct shared *body);
void visit_reply_text(struct visit *, int status, const char *content_type, struct text *body); /* takes the text */
void visit_problem(struct visit *, enum code, const char *detail);

/*
 * A reply in parts, of a visit that is parked: drained() is called, with the argument of gone(), when all that was
 * written has left. Whoever writes asks what is unsent, so that a slow caller's parts are not heaped up.
 */
void visit_stream(struct visit *, const char *content_type, void (*drained)(void *arg));
void visit_write(struct visit *, const char *bytes, size_t n);
size_t visit_unsent(const struct visit *);
void visit_end(struct visit *);

/* Cuts the connection; gone() is not called. */
void visit_cut(struct visit *);

#endif
