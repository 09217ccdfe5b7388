#ifndef CVN_API_TURN_H
#define CVN_API_TURN_H
/*
 * Whose turn it is to receive. While a responder answers a round of brief requests, who has come since is
 * left to it, for its next round: another one would be woken for one request, and ask the database for
 * one. Nobody is left for longer than a millisecond, nor behind what is not brief.
 */
#include <stdbool.h>

struct turn; /* shared by all responders */

/* NULL: no memory, errno says why. To be made before they are forked. */
struct turn *turn_new(void);
void turn_free(struct turn *);

/* A responder's part. {0}: it is alone. */
struct turn_seat {
	struct turn *turn;
	unsigned mine, given_up; /* the turn that it has or had, and one that it will wait for no more */
};

/* Whether somebody else is about to receive who calls. True only after a wait: look again then. */
bool turn_leave(struct turn_seat *);

/* A round of brief requests begins, and ends. */
void turn_take(struct turn_seat *);
void turn_end(struct turn_seat *);

/* What begins is something else, or a round was full: one of those who left callers is to look again. */
void turn_pass(struct turn_seat *);

#endif
