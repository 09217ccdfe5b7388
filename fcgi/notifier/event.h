#ifndef CVN_NOTIFIER_EVENT_H
#define CVN_NOTIFIER_EVENT_H
/* An event: what it is before it has a place in the hub, and how it is written, once, for all who read it. */
#include <stdint.h>

struct text;

enum event_type {
	EVENT_CONFIG_CHANGED,       /* key, version */
	EVENT_CHANGE_STATE,         /* change_id, state */
	EVENT_CATALOG_CHANGED,      /* catalog_version */
	EVENT_WORKER_STATUS,        /* worker_id, state, applied_version, target_version, waiting_for */
	EVENT_PARAMETER_SET_FROZEN, /* run_id, kind, parameter_set_hash */
	EVENT_FREEZE_WINDOW,        /* frozen windows of the environment were added, changed or removed */
	EVENT_ENVIRONMENT_LOCK,     /* locked_by */
	EVENT_LISTEN_RECONNECT,     /* the notifier was cut off from the database, and caught up */
	EVENT_WORKER_LAG_BEHIND,    /* worker_id, lag_versions, lag_seconds */
	EVENT_TYPES
};

/* A member beside cursor, type and environment. */
struct event_member {
	const char *name; /* NULL ends the list */
	const char *text; /* NULL: the number */
	int64_t number;
	int null; /* neither */
};

enum { EVENT_MEMBERS = 8 };

struct event {
	enum event_type type;
	const char *environment; /* "" when it concerns all */
	struct event_member members[EVENT_MEMBERS + 1];
};

/* {"cursor":...,"type":...,"environment":...,members} appended; an event for all has "environment": null. */
void event_write(struct text *, const char *cursor, const struct event *);

#endif
