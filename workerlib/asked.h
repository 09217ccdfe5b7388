#ifndef CVN_WORKERLIB_ASKED_H
#define CVN_WORKERLIB_ASKED_H
/*
 * What the long-poll feed asks the platform for: the path of each request.
 * What comes back is in answered.h.
 */
#include <stdint.h>

enum { ASKED_PATH = 256 };

extern const char asked_catalog[], asked_rules[];

void asked_values(char path[ASKED_PATH], const char *environment);

/* What differs from the versions that are held. */
struct asked_watch {
	const char *environment;
	int64_t version, catalog_version;
	const char *head; /* of that version's history; NULL: not known */
	int wait_s;
};

void asked_changes(char path[ASKED_PATH], const struct asked_watch *);

void asked_report(char path[ASKED_PATH], const char *worker_id);

/*
 * A copy of a base URL without slashes at its end, to set before a path.
 * The caller must free() it. NULL: no memory.
 */
char *asked_base(const char *url);

#endif
