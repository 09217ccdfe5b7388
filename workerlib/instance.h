#ifndef CVN_WORKERLIB_INSTANCE_H
#define CVN_WORKERLIB_INSTANCE_H
/* A name that no other process has: by it the platform tells two that use one worker id at once. */

enum { INSTANCE_NAME = 33 };

void instance_name(char out[INSTANCE_NAME]); /* 32 hex digits */

#endif
