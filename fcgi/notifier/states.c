#include "fcgi/notifier/states.h"

#include <stdlib.h>
#include <string.h>

#include "fcgi/notifier/event.h"
#include "fcgi/notifier/hub.h"
#include "fcgi/notifier/sight.h"
#include "fcgi/notifier/text.h"

void states_forget(struct states *s)
{
	free(s->workers);
	*s = (struct states){.limits = s->limits};
}

static struct worker *find(const struct states *s, const char *id)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->workers[i].id, id))
			return &s->workers[i];
	return NULL;
}

static struct worker *add(struct states *s)
{
	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 16;
		s->workers = text_need(realloc(s->workers, s->room * sizeof(*s->workers)));
	}
	struct worker *w = &s->workers[s->n++];
	*w = (struct worker){0};
	return w;
}

static void emit_status(struct hub *hub, const struct worker *w)
{
	bool waits = *w->waiting_for;
	const char *what = waits ? w->waiting_for : NULL;
	hub_emit(hub, &(struct event){.type = EVENT_WORKER_STATUS,
				      .environment = w->environment,
				      .members = {
					      {.name = "worker_id", .text = w->id},
					      {.name = "state", .text = w->state},
					      {.name = "applied_version", .number = w->applied_version},
					      {.name = "target_version", .number = w->target_version},
					      {.name = "waiting_for", .text = what, .null = !waits},
				      }});
}

static void emit_lag(struct hub *hub, const struct worker *w)
{
	hub_emit(hub, &(struct event){.type = EVENT_WORKER_LAG_BEHIND,
				      .environment = w->environment,
				      .members = {{.name = "worker_id", .text = w->id},
						  {.name = "lag_versions", .number = w->lag_versions},
						  {.name = "lag_seconds",
						   .number = (int64_t)w->lag_seconds}}});
}

static bool same(const struct worker *a, const struct worker *b)
{
	return !strcmp(a->state, b->state) && !strcmp(a->waiting_for, b->waiting_for) &&
	       !strcmp(a->environment, b->environment) && a->applied_version == b->applied_version;
}

static bool lags(const struct states *s, const struct worker *w)
{
	return states_counts(w) &&
	       (w->lag_versions > s->limits.versions || w->lag_seconds > (double)s->limits.seconds);
}

void states_begin(struct states *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->workers[i].met = false;
}

struct states_moved states_take(struct states *s, struct hub *hub, const struct worker *row)
{
	struct worker *w = find(s, row->id);
	if (!w)
		w = add(s);
	else if (strcmp(w->environment, row->environment) != 0)
		*w = (struct worker){0}; /* what it had applied says nothing of another one's versions */
	bool changed = s->known && !same(w, row);
	struct states_moved moved = {
		.lags = s->known && lags(s, row) && !lags(s, w),
		.applied = s->known && *w->id && row->applied_version > w->applied_version,
		.from = w->applied_version,
	};
	*w = *row;
	w->met = true;
	if (changed)
		emit_status(hub, w);
	if (moved.lags)
		emit_lag(hub, w);
	return moved;
}

void states_end(struct states *s)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->n; i++)
		if (s->workers[i].met)
			s->workers[kept++] = s->workers[i];
	s->n = kept;
	s->known = true;
}

bool states_counts(const struct worker *w)
{
	return strcmp(w->state, "offline") != 0;
}

bool states_propagating(const struct states *s, const struct sight *sight)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct worker *w = &s->workers[i];
		const struct place *p = sight_place(sight, w->environment);
		if (p && states_counts(w) && strcmp(w->state, "rejected") && w->applied_version < p->version)
			return true;
	}
	return false;
}
