#ifndef CVN_NOTIFIER_LINK_H
#define CVN_NOTIFIER_LINK_H
/*
 * The bridge from LISTEN to the hub. LISTEN is committed first, then a new transaction reads what changed,
 * then it waits: for a notification, or for the heartbeat (5 s) that reads the same. A missed deadline, a
 * version that is never notified, anything unexpected: a fresh connection, and nothing is lost, because what
 * is emitted comes from the history between the last version emitted and the current one.
 */
#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct hub;
struct link;
struct log;
struct sight;

/* The caller must free it with link_free(). */
struct link *link_new(struct event_base *, const char *conninfo, struct hub *, const struct log *);
void link_free(struct link *);

/* What has been seen; versions are current to within a round trip while link_age_ms() is small. */
const struct sight *link_sight(const struct link *);

/* Milliseconds since the database last answered while listening; -1: it has not yet. */
int64_t link_age_ms(const struct link *);
bool link_listening(const struct link *);

/*
 * Since the start: connections that had to be made anew, times that the database showed an older state or a
 * history with holes, and notified looks that found nothing new.
 */
uint64_t link_reconnects(const struct link *);
uint64_t link_regressions(const struct link *);
uint64_t link_idle_looks(const struct link *);

#endif
