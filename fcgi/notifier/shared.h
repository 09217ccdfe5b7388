#ifndef CVN_NOTIFIER_SHARED_H
#define CVN_NOTIFIER_SHARED_H
/* Bytes that many answers share: made once, sent by reference, freed with the last of them. */
#include <stddef.h>

struct evbuffer;

struct shared {
	size_t refs, n;
	char *bytes;
};

/* Takes the bytes. The caller must give it back with shared_drop(). */
struct shared *shared_new(char *bytes, size_t n);
struct shared *shared_keep(struct shared *);
void shared_drop(struct shared *); /* shared_drop(NULL) is ok */

/* Appends the bytes without copying them. */
void shared_append(struct shared *, struct evbuffer *);

#endif
