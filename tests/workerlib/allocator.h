#ifndef CVN_TESTS_WORKERLIB_ALLOCATOR_H
#define CVN_TESTS_WORKERLIB_ALLOCATOR_H
/*
 * The allocator that the library's objects are linked to in tests (by the linker's --wrap): it fails when
 * told to, on the thread that told it. Other libraries keep theirs.
 */
#include <stdbool.h>

/*
 * n allocations succeed, and none after them.
 * Nothing may be asserted until the relief: Check allocates too.
 */
void allocator_fail_from(long n);

/* n allocations succeed, one fails, and all after it succeed. Begins paused. */
void allocator_fail_at(long n);

/* While paused, nothing fails and nothing counts: the test itself allocates. */
void allocator_pause(bool paused);

/* Ends it; true: something has failed. */
bool allocator_relieve(void);

#endif
