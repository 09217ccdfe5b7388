#ifndef CVN_NOTIFIER_PROBLEM_H
#define CVN_NOTIFIER_PROBLEM_H
/*
 * What the notifier refuses with:
 * application/problem+json (RFC 9457), and the status of each code it uses.
 */
#include "workerlib/core/code.h"

struct text;

int problem_status(enum code);

/* detail may be NULL; instance is the id of the request. */
void problem_write(struct text *, enum code, const char *detail, const char *instance);

#endif
