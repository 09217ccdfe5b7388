#ifndef CVN_WORKERLIB_OPTIONS_H
#define CVN_WORKERLIB_OPTIONS_H
/* What a worker is opened with: a text per option, each checked when it is set. */
#include "workerlib/cvnworker.h"

enum option {
	OPTION_DATABASE,
	OPTION_URL,
	OPTION_WATCH_URL,
	OPTION_TOKEN,
	OPTION_ENVIRONMENT,
	OPTION_WORKER_ID,
	OPTION_BUILD,
	OPTION_CACHE_DIR,
	OPTION_HEARTBEAT_MS,
	OPTION_CACHE_MAX_AGE_S,
	OPTIONS
};

/* NULL: not set. Borrowed from the options. */
const char *options_text(const cvn_options *, enum option);

/* The default when it is not set. */
int options_integer(const cvn_options *, enum option, int otherwise);

/* Whether a worker can be opened with them: one feed, all that it needs, nothing that it has no use for. */
int options_complete(const cvn_options *, cvn_error *);

#endif
