#ifndef CVN_WORKERLIB_CACHE_H
#define CVN_WORKERLIB_CACHE_H
/*
 * The last good configuration on disk, for a start while the platform cannot be reached. One file for each
 * worker of each environment, ENVIRONMENT.WORKER_ID.cvn: the SHA-256 of what follows, a newline, and in
 * canonical JSON the environment, the versions, when it was written, and every parameter and rule. It is
 * replaced as a whole or not at all, and readable by its owner alone.
 */
#include <stdint.h>

#include "workerlib/cvnworker.h"

struct cache;
struct snapshot;

/* The caller must free it with cache_free(). NULL: no memory. The environment is borrowed. */
struct cache *cache_new(const char *directory, const char *environment, const char *worker_id,
			int64_t max_age_s);
void cache_free(struct cache *); /* NULL does nothing */

/* Waits for the disk. now_s: seconds since 1970. On failure what was there stays. */
int cache_write(const struct cache *, const struct snapshot *, int64_t now_s, cvn_error *);

/*
 * The configuration, unchecked, and how old it is. The caller must give it up with snapshot_unref().
 * NULL: the error says why it is not to be used: not there, not the owner's alone to write, damaged, of
 * another environment, too old, or from the future.
 */
struct snapshot *cache_read(const struct cache *, int64_t now_s, int64_t *age_s, cvn_error *);

/* How long after it was written it is worth to be written again though nothing has changed. */
int64_t cache_refresh_ms(const struct cache *);

#endif
