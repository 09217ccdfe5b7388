#ifndef CVN_NOTIFIER_POST_H
#define CVN_NOTIFIER_POST_H
/*
 * Many sends at once. The kernel's share of an answer is nearly all of it, and it runs on the processor of
 * who asks: so a second thread, which knows nothing but descriptors and bytes, helps with a large batch. The
 * two claim a few posts at a time, so that one which has to leave its processor to others, to those who are
 * told, say, keeps the rest waiting no longer than these few.
 */
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

struct poster;

struct post {
	int fd;
	struct iovec parts[3];
	size_t n_parts;
	ssize_t sent; /* when it is done: bytes, or the negative errno */
};

/* NULL: no second thread can be had. The caller must free it with poster_free(). */
struct poster *poster_new(void);
void poster_free(struct poster *);

/* Sends each post once, without waiting for its peer, and returns when all are done. */
void poster_send(struct poster *, struct post *, size_t n);

#endif
