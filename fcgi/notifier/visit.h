#ifndef CVN_NOTIFIER_VISIT_H
#define CVN_NOTIFIER_VISIT_H
/*
 * A visit is one request: one owner, one answer. Who has it ends it with one of the functions below, or parks
 * it first; then the caller may leave before the answer, and the owner is told.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fcgi/notifier/line.h"
#include "fcgi/notifier/verdict.h"
#include "workerlib/core/code.h"

struct door_entrance;
struct shared;
struct text;

enum { VISIT_ENVIRONMENT = 32, VISIT_CURSOR = 48, VISIT_PARAMETERS = 4 };

/* What was asked, and by whom. It lives only until handle() of the route returns. */
struct visit_question {
	const char *parameters[VISIT_PARAMETERS]; /* in the order of the route's names; NULL: not given */
	char environment[VISIT_ENVIRONMENT];      /* the last segment of the path, or "" */
	char *allowed;                            /* a scope */
	bool stream;                              /* it would rather have a stream of events */
	char cursor[VISIT_CURSOR];                /* Last-Event-ID, or "" */
	struct credential credential;             /* how it proved who it is; may be unknown */
};

/* Who parked a visit. Each is told at most one of the first two, and no visit ends by them. */
struct visit_owner {
	void (*gone)(void *arg);  /* the caller left: the visit is no more */
	void (*late)(void *arg);  /* what visit_wait() said is over */
	void (*taken)(void *arg); /* what visit_write() said was taken in */
};

struct visit {
	struct line line; /* first */
	const struct door_entrance *entrance;
	const struct visit_owner *owner; /* NULL until parked */
	void *arg;
	const struct visit_question *question;
	char *id;      /* the caller's name for the request; NULL: one is made when it is answered */
	uint64_t stem; /* of the names that are made, random; */
	uint32_t made; /* and how many of them there were */
	bool head_only;
};

/* A new one for a connection. It is freed by visit_closed(). */
struct visit *visit_new(const struct door_entrance *);
void visit_closed(struct line *);
void visit_begin(struct visit *, const struct http_request *);

/* From now on the owner is told of what happens, with arg. */
void visit_park(struct visit *, const struct visit_owner *, void *arg);
void visit_wait(struct visit *, int64_t ms);

/* Each ends the visit. The first keeps what it shares as long as it needs it. */
void visit_reply(struct visit *, struct shared *answer);
void visit_reply_text(struct visit *, int status, const char *content_type, const struct text *body);
void visit_problem(struct visit *, enum code, const char *detail);

/*
 * A reply in parts, of a visit that is parked: visit_write() is called once, and again when taken() was. So
 * what a slow caller has not taken in is one part.
 */
void visit_write(struct visit *, struct shared *part);

/* Cuts the connection; gone() is not called. */
void visit_cut(struct visit *);

/* What the connections tell. */
void visit_gone(struct line *);
void visit_late(struct line *);
void visit_sent(struct line *);

#endif
