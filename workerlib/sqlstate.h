#ifndef CVN_WORKERLIB_SQLSTATE_H
#define CVN_WORKERLIB_SQLSTATE_H
/* What a server's SQLSTATE says to who keeps a link to it. */
#include <stdbool.h>

/* Whether the server cannot now; else it will not. */
bool sqlstate_passes(const char *sqlstate);

/*
 * Whether a prepared statement is of before the schema changed,
 * or is gone: the next connection prepares it anew.
 */
bool sqlstate_outdates(const char *sqlstate);

#endif
