#ifndef CVN_WORKERLIB_PROOF_H
#define CVN_WORKERLIB_PROOF_H
/*
 * The proof that a connection that said LISTEN is told: the statement, and what its result says. A pool hands
 * statements to any server connection: it would listen on one and read on another. Its process is not the one
 * that the connection was told of when it began.
 */
#include <libpq-fe.h>

/* No parameters. */
extern const char proof_sql[];

/* NULL: the connection of that server process holds LISTEN. Else why not, and what to do. */
const char *proof_fails(const PGresult *, int process);

#endif
