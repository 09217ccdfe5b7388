#ifndef CVN_BENCH_CLIENT_H
#define CVN_BENCH_CLIENT_H
/* What the load programs share: the clock, a connection to loopback, one answer of HTTP/1.1, percentiles. */
#include <stddef.h>
#include <stdint.h>

/* Microseconds of the monotonic clock. */
double now_us(void);

/* Sleeps until then; at once when it is past. */
void sleep_until(double us);

/* Says what went wrong on standard error, and ends the process with 1. */
_Noreturn void die(const char *what);

/* A connected socket to 127.0.0.1, without delay; dies when nobody listens. The caller must close() it. */
int dial(int port);

/* An answer as it comes in: zero it before the first one, keep it between answers of one connection. */
struct answer {
	char *text; /* NUL-terminated, head and body */
	size_t n, room;
	size_t head; /* bytes of the head, with its empty line */
	int status;
	int last; /* the server closes the connection after it: dial again */
};

/* Reads once from the socket; dies when the other side is gone. */
void answer_read(struct answer *, int fd);

/* Whether a whole answer is there, its length told or in chunks; then head, status and last are filled in. */
int answer_whole(struct answer *);

/* Forgets what is there, for the next one on the same connection. */
void answer_clear(struct answer *);

void answer_free(struct answer *);

/* The content of a file, NUL-terminated; dies when it cannot be read. The caller must free() it. */
char *file_text(const char *path);

/*
 * Writes a counter over the eight '@' of a request,
 * where it has them: the value that is saved differs each time.
 */
void number_write(char *request, unsigned number);

/* Sorts the list, and returns its p-th percentile (nearest rank). n is not 0. */
double percentile(double *list, size_t n, double p);

#endif
