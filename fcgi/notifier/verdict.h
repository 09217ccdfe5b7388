#ifndef CVN_NOTIFIER_VERDICT_H
#define CVN_NOTIFIER_VERDICT_H
/*
 * Whose token or session is this? The database's authenticate() says, and its verdict holds for
 * a few seconds, so that a herd that comes back with one token is one question. Only the digest
 * of a token is kept or sent.
 */
#include <stddef.h>

#include "workerlib/core/code.h"

struct verdicts;
struct wire;

/* What proves who somebody is, as the database knows it: never the secret itself. */
struct credential {
	/* "token" or "session", in static storage; NULL: none that can be asked about again. */
	const char *kind;
	char sha256[65];
};

struct credential credential_of_token(const char *token, size_t n);

/* KIND:SHA256, as the API names it to the gate. Anything else: none. */
struct credential credential_read(const char *text, size_t n);

/* Who a token stands for. environments: the scope where it has a role. */
struct verdict {
	enum code code; /* CODE_OK, CODE_UNAUTHENTICATED, CODE_UNAVAILABLE */
	const char *login, *environments;
};

/* One who waits for a verdict: an intrusive link, owned by who asks. */
struct verdict_wait {
	struct verdict_wait *next, *previous; /* NULL while not waiting */
	void (*done)(struct verdict_wait *, const struct verdict *);
};

/* The caller must free it with verdicts_free(), when nobody waits any more. */
struct verdicts *verdicts_new(struct wire *);
void verdicts_free(struct verdicts *);

/* Asks, and calls done once, now or later, unless verdict_cancel() comes before. */
void verdict_ask(struct verdicts *, const struct credential *, struct verdict_wait *);
void verdict_cancel(struct verdict_wait *); /* ok when not waiting */

#endif
