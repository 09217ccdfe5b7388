#ifndef CVN_NOTIFIER_ROUNDS_H
#define CVN_NOTIFIER_ROUNDS_H
/*
 * The rounds: every few seconds the database's numbers are read afresh and pushed, the service's as one group
 * and each worker's as one of its own, so that the group of a worker that is gone can be deleted.
 */
#include <stdbool.h>
#include <stdint.h>

struct desk;
struct event_base;
struct push;
struct rounds;
struct scrape;

/* The caller must free it with rounds_free(). */
struct rounds *rounds_new(struct event_base *, struct desk *, struct scrape *, struct push *,
			  int64_t interval_ms);
void rounds_free(struct rounds *);

/*
 * No more pushes, and our groups are deleted: what is not there any more shall not look as if it were.
 * rounds_over() is asked again and again after rounds_stop(): it deletes them once no push is on its way,
 * which would bring one back, and says when all of it is through.
 */
void rounds_stop(struct rounds *);
bool rounds_over(struct rounds *);

#endif
