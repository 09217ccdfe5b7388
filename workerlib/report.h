#ifndef CVN_WORKERLIB_REPORT_H
#define CVN_WORKERLIB_REPORT_H
/* What a worker tells the platform about itself, in the words that travel. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text that grows; all zeros is the empty one. */
struct report_text {
	char *bytes; /* NUL-terminated once something was put */
	size_t n, room;
	bool failed; /* no memory: the text is not to be used */
};

struct report {
	const char *state; /* "current", "pending", "restart_required", "rejected" */
	int64_t version;
	char config_hash[65];
	const char *waiting_for;             /* NULL: nothing */
	int64_t waiting_ms;                  /* for how long */
	struct report_text pending;          /* [{"name":...,"version":...},...] */
	struct report_text restart_required; /* ["NAME",...] */
	struct report_text rejected;         /* {"detail":...,"version":...}; empty: nothing rejected */
	int64_t applied_ms; /* how long ago; -1: nothing since the last report that arrived */
	uint64_t forbidden;
	bool closed;
	bool from_cache; /* what it started with came from disk */
	uint64_t number; /* of the news it tells */
};

/* A sink for canon.h. */
void report_put(void *text, const char *bytes, size_t n);

void report_free(struct report *); /* what it holds; not the struct */

#endif
