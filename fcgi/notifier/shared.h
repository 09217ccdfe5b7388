#ifndef CVN_NOTIFIER_SHARED_H
#define CVN_NOTIFIER_SHARED_H
/*
 * Bytes that many answers share: made once, sent from where they are, freed with the last of them. What is
 * one caller's own, the request's id, goes in where they are cut.
 */
#include <stdbool.h>
#include <stddef.h>

struct text;

struct shared {
	size_t refs, n;
	size_t cut; /* at most n */
	bool last;  /* the connection ends with them */
	char bytes[];
};

/* Copies the bytes; cut and last are 0. The caller must give it back with shared_drop(). */
struct shared *shared_new(const char *bytes, size_t n);
struct shared *shared_keep(struct shared *);
void shared_drop(struct shared *); /* shared_drop(NULL) is ok */

/*
 * A whole answer, head and body (NULL: a stream, that ends with its connection). `more` is header lines with
 * their ends, or "". It is cut where the request's id belongs.
 */
struct shared *shared_answer(int status, const char *content_type, const char *more, const struct text *body);

#endif
