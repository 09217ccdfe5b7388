#ifndef CVN_NOTIFIER_DESK_H
#define CVN_NOTIFIER_DESK_H
/*
 * The second connection: what is asked beside LISTEN, so that none of it ever delays an event. It reads the
 * workers at most once a second, and only while somebody looks or a version is on its way.
 */

struct desk;
struct event_base;
struct hub;
struct log;
struct measures;
struct sight;
struct states;
struct states_limits;
struct wire;

/* The caller must free it with desk_free(). */
struct desk *desk_new(struct event_base *, const char *conninfo, struct hub *, const struct sight *,
		      const struct states_limits *, const struct log *);
void desk_free(struct desk *);

/* Others ask over it too. */
struct wire *desk_wire(struct desk *);

/* Reads workers and measures afresh, then calls done, also when the database is away. One at a time. */
void desk_refresh(struct desk *, void (*done)(void *arg), void *arg);

const struct states *desk_states(const struct desk *);
const struct measures *desk_measures(const struct desk *);
const char *desk_schema(const struct desk *); /* the latest patch; "" while not known */

#endif
