#ifndef CVN_OPS_OPS_H
#define CVN_OPS_OPS_H
/*
 * What the platform does: a file per noun, a function per verb. No HTTP and no SQL text. Each
 * verb returns a code of the core; what a code alone cannot say is in the caller's struct error,
 * in words that a client may see.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/core/code.h"

struct db;
struct ops_tries;
struct ops_secrets;
struct ops_documents;
struct ops_definitions;
struct ops_asked;

struct ops {
	struct db *db;               /* borrowed */
	struct ops_tries *tries;     /* borrowed; shared by all responders */
	struct ops_secrets *secrets; /* passwords found right before, in this process */
	struct ops_documents *documents; /* answered last, in this process */
	struct ops_definitions *definitions; /* read last, in this process; NULL: none yet */
	struct ops_asked *asked; /* who asks, for those who ask at the same time */
};

/*
 * What is in force in an environment, as it was seen when it was asked who asks: in the same statement, so
 * that it costs nothing. The key says which configuration it is, see ops_documents.h.
 */
enum { OPS_SIGHT_MAX = 160 };
struct ops_sight {
	const char *environment; /* NULL: nothing is to be seen */
	char key[OPS_SIGHT_MAX]; /* begins with the version; empty: nothing was seen */
};

/* NULL: no random numbers. The caller must free it with ops_free(); db and tries stay the caller's. */
struct ops *ops_new(struct db *, struct ops_tries *);
void ops_free(struct ops *);

/* A request was received: who asks is asked for it from now on, not by what was asked before. */
void ops_receive(struct ops *);

/* A request begins: all that it does with the database takes less than two seconds. */
void ops_start(struct ops *);

/* Nothing is left open behind a request. */
bool ops_idle(const struct ops *);

/* What the database said last when it did not answer as it should: for the log only. */
const char *ops_trouble(const struct ops *);

#endif
