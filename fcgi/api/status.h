#ifndef CVN_API_STATUS_H
#define CVN_API_STATUS_H
/* The HTTP status beside each code of the core. */
#include "workerlib/core/code.h"

unsigned status_of(enum code); /* 500 for a code that is no answer to a request */
const char *status_phrase(unsigned status);

#endif
