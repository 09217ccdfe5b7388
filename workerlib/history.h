#ifndef CVN_WORKERLIB_HISTORY_H
#define CVN_WORKERLIB_HISTORY_H
/*
 * Which history a worker's configuration is of. Reports are answered with the current version and its head,
 * the digest of the version's row in the history. Another head of the same version is another history: a
 * backup was restored, and as many versions were saved since.
 */
#include <stdbool.h>
#include <stdint.h>

enum { HISTORY_HEAD = 65 };

struct history {
	int64_t version;
	char head[HISTORY_HEAD]; /* "": not known */
};

/* What to say of another one. */
extern const char history_is_another[];

/* Keeps what was answered; head NULL or "": it was not told. False: it is another history, and forgotten. */
bool history_goes_on(struct history *, int64_t version, const char *head);

/* The head of that version; NULL: not known. */
const char *history_head(const struct history *, int64_t version);

#endif
