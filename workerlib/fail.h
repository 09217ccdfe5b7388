#ifndef CVN_WORKERLIB_FAIL_H
#define CVN_WORKERLIB_FAIL_H
/* Filling the caller's error. */
#include "workerlib/cvnworker.h"

/* fail(e, code, part, ..., NULL): joins the parts into e, cut to fit (e may be NULL); returns code. */
int fail(cvn_error *e, int code, ...);

/* The usual one. */
int fail_memory(cvn_error *e);

/* Others' texts, such as libpq's, have several lines; ours are sentences. */
void fail_one_line(cvn_error *e);

#endif
