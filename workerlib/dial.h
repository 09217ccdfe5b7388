#ifndef CVN_WORKERLIB_DIAL_H
#define CVN_WORKERLIB_DIAL_H
/* Connecting to PostgreSQL without waiting for it. */
#include <libpq-fe.h>

#include "workerlib/cvnworker.h"

enum dial { DIAL_GOES_ON, DIAL_DONE, DIAL_FAILED };

/*
 * Whether the connection string can be understood,
 * before anything is tried with it; else CVN_E_ARGUMENT, and why.
 */
int dial_check(const char *database, cvn_error *);

/*
 * Begins. The caller must give the connection to PQfinish(), whatever comes of it. NULL: no memory. Wait for
 * its socket to be writable, then dial_go_on().
 */
PGconn *dial_start(const char *database, const char *worker_id);

/*
 * Goes on when the socket is ready for *events, and says in *events what to wait for next. The socket may be
 * another one after each call. DIAL_DONE: connected, and non-blocking. DIAL_FAILED: see PQerrorMessage().
 */
enum dial dial_go_on(PGconn *, short *events);

#endif
