/*
 * A responder dies at the first failed allocation: json-c would lose members silently, and half an answer is
 * worse than none. The transaction rolls back, and the parent starts another. Not under
 * sanitizers, which bring their own allocator.
 */
#include <stddef.h>
#include <unistd.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define CVN_SANITIZED 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define CVN_SANITIZED 1
#endif

#ifndef CVN_SANITIZED

enum { EXIT_NO_MEMORY = 71 };

/* glibc's own, below the names that programs use. */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *memory, size_t n);

void *malloc(size_t n);
void *calloc(size_t n, size_t size);
void *realloc(void *memory, size_t n);

static void *or_die(void *memory, int wanted)
{
	static const char line[] =
		"{\"level\":\"error\",\"component\":\"cvn-config-api\",\"event\":\"no_memory\"}\n";

	if (memory == NULL && wanted) {
		ssize_t written = write(STDERR_FILENO, line, sizeof line - 1);
		(void)written;
		_exit(EXIT_NO_MEMORY);
	}
	return memory;
}

void *malloc(size_t n)
{
	return or_die(__libc_malloc(n), 1);
}

void *calloc(size_t n, size_t size)
{
	return or_die(__libc_calloc(n, size), 1);
}

/* realloc(p, 0) frees, and then NULL is no failure. */
void *realloc(void *memory, size_t n)
{
	return or_die(__libc_realloc(memory, n), n > 0);
}

#else
typedef int alloc_is_not_here; /* a file is not empty */
#endif
