#ifndef CVN_OPS_TRIES_H
#define CVN_OPS_TRIES_H
/*
 * Failed logins in a row, by address, in memory that all responders share. It limits an address,
 * never a login, so that nobody can lock somebody else out. No locks: a slot is one atomic word,
 * and a responder may die anywhere.
 */
#include <stdbool.h>
#include <stdint.h>

enum { TRIES_MAX = 50, TRIES_FORGET_SECONDS = 60 };

struct ops_tries;

/* Made before the responders are forked. NULL: no memory. The caller must free it with ops_tries_free(). */
struct ops_tries *ops_tries_new(void);
void ops_tries_free(struct ops_tries *);

/*
 * A password is about to be checked: counts a failure in advance, so that tries at the same time cannot slip
 * by. False: the address has failed TRIES_MAX times in a row and the last one is not TRIES_FORGET_SECONDS
 * old. address is IPv4 or IPv6 text (a /64 counts as one); now is in seconds of a clock that only rises.
 */
bool ops_tries_begin(struct ops_tries *, const char *address, uint32_t now);

/* It was right: the row of failures is over. */
void ops_tries_passed(struct ops_tries *, const char *address);

/* Nobody could tell: what was counted in advance is taken back, and the row stays as long as it was. */
void ops_tries_unjudged(struct ops_tries *, const char *address);

#endif
