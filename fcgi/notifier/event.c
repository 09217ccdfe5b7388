#include "fcgi/notifier/event.h"

#include "fcgi/notifier/text.h"

static const char *const names[EVENT_TYPES] = {
	[EVENT_CONFIG_CHANGED] = "config_changed",
	[EVENT_CHANGE_STATE] = "change_state",
	[EVENT_CATALOG_CHANGED] = "catalog_changed",
	[EVENT_WORKER_STATUS] = "worker_status",
	[EVENT_PARAMETER_SET_FROZEN] = "parameter_set_frozen",
	[EVENT_FREEZE_WINDOW] = "freeze_window",
	[EVENT_ENVIRONMENT_LOCK] = "environment_lock",
	[EVENT_LISTEN_RECONNECT] = "listen_reconnect",
	[EVENT_WORKER_LAG_BEHIND] = "worker_lag_behind",
};

static void member_write(struct canon *json, const struct event_member *m)
{
	if (m->text || m->null)
		canon_member(json, m->name, m->text);
	else
		text_member_number(json, m->name, m->number);
}

void event_write(struct text *t, const char *cursor, const struct event *e)
{
	struct canon json;
	text_json(t, &json);
	canon_object(&json);
	canon_member(&json, "cursor", cursor);
	canon_member(&json, "type", names[e->type]);
	canon_member(&json, "environment", *e->environment ? e->environment : NULL);
	for (const struct event_member *m = e->members; m->name; m++)
		member_write(&json, m);
	canon_end(&json, '}');
}
