#ifndef CVN_CTL_PROBLEM_H
#define CVN_CTL_PROBLEM_H
/* A refusal, shown whole: what, why, which parameters, what to do next, and the request's id. */
#include <stdio.h>

struct reply;

/*
 * Prints an answer that is not a 2xx. Bodies that are not problem+json (a proxy's page) are told by their
 * status.
 */
void problem_print(const struct reply *, FILE *);

#endif
