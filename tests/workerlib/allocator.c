#include "tests/workerlib/allocator.h"

#include <stddef.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t n);
void *__real_reallocarray(void *old, size_t count, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t n);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
char *__wrap_strdup(const char *text);

/* How many succeed before one fails; -1: all do. */
static _Thread_local long left = -1;
static _Thread_local bool once, paused, has_failed;

static bool fails(void)
{
	if (left < 0 || paused)
		return false;
	if (left > 0) {
		left--;
		return false;
	}
	has_failed = true;
	if (once)
		left = -1;
	return true;
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t n)
{
	return fails() ? NULL : __real_realloc(old, n);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	return fails() ? NULL : __real_reallocarray(old, count, size);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

static void begin(long n, bool just_one)
{
	left = n;
	once = paused = just_one;
	has_failed = false;
}

void allocator_fail_from(long n)
{
	begin(n, false);
}

void allocator_fail_at(long n)
{
	begin(n, true);
}

void allocator_pause(bool now)
{
	paused = now;
}

bool allocator_relieve(void)
{
	left = -1;
	paused = false;
	return has_failed;
}
