#include "fcgi/notifier/sight.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/notifier/ask.h"
#include "fcgi/notifier/event.h"
#include "fcgi/notifier/hub.h"
#include "fcgi/notifier/scope.h"
#include "fcgi/notifier/text.h"

void sight_forget(struct sight *s)
{
	free(s->places);
	*s = (struct sight){.catalogs = s->catalogs};
}

struct place *sight_place(const struct sight *s, const char *environment)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->places[i].environment, environment))
			return &s->places[i];
	return NULL;
}

static struct place *add(struct sight *s, const char *environment)
{
	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 8;
		s->places = text_need(realloc(s->places, s->room * sizeof(*s->places)));
	}
	struct place *p = &s->places[s->n++];
	*p = (struct place){.asked = true};
	snprintf(p->environment, sizeof(p->environment), "%s", environment);
	return p;
}

static void keep_head(struct place *p, const char *head)
{
	snprintf(p->head, sizeof(p->head), "%s", head ? head : "");
}

void sight_count(struct sight *s, const char *environment, int64_t version, const char *head, int64_t saves,
		 int64_t rollbacks)
{
	struct place *p = add(s, environment);
	p->version = p->heard = version;
	keep_head(p, head);
	p->saves = saves;
	p->rollbacks = rollbacks;
}

void sight_begin(struct sight *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->places[i].met = false;
}

static void emit_freeze(struct hub *hub, const struct place *p)
{
	hub_emit(hub, &(struct event){.type = EVENT_FREEZE_WINDOW, .environment = p->environment});
}

static void emit_lock(struct hub *hub, const struct place *p)
{
	hub_emit(hub, &(struct event){.type = EVENT_ENVIRONMENT_LOCK,
				      .environment = p->environment,
				      .members = {{.name = "locked_by", .text = *p->lock ? p->lock : NULL,
						   .null = !*p->lock}}});
}

static void emit_catalog(struct hub *hub, int64_t version)
{
	hub_emit(hub, &(struct event){.type = EVENT_CATALOG_CHANGED,
				      .environment = "",
				      .members = {{.name = "catalog_version", .number = version}}});
}

static void emit_config(struct hub *hub, const struct place *p, const char *key)
{
	hub_emit(hub, &(struct event){.type = EVENT_CONFIG_CHANGED,
				      .environment = p->environment,
				      .members = {{.name = "key", .text = key ? key : "*"},
						  {.name = "version", .number = p->version}}});
}

/* Whether it is another text than the one that was kept; it is kept from now on. */
static bool differs(char *kept, size_t size, const char *fresh)
{
	if (!strcmp(kept, fresh))
		return false;
	snprintf(kept, size, "%s", fresh);
	return true;
}

/* The first row of an environment in this look. */
static enum sight_verdict meet(struct place *p, struct hub *hub, const struct sight_row *r)
{
	p->met = true;
	p->target = r->version;
	if (r->version < p->version || (*p->head && r->seen_hash && strcmp(p->head, r->seen_hash) != 0))
		return SIGHT_REGRESSED;
	if (r->version - p->version > CATCH_UP_VERSIONS)
		return SIGHT_GAP;
	bool known = *p->freezes;
	bool freezes = r->freezes && differs(p->freezes, sizeof(p->freezes), r->freezes);
	bool lock = r->lock && differs(p->lock, sizeof(p->lock), r->lock);
	if (!known || !(freezes || lock))
		return SIGHT_SAME;
	if (freezes)
		emit_freeze(hub, p);
	if (lock)
		emit_lock(hub, p);
	return SIGHT_MOVED;
}

/* Told as well when it is another one of the same version: a backup was restored, or the schema applied. */
static enum sight_verdict look_at_catalog(struct sight *s, struct hub *hub, int64_t version,
					  const char *stamp)
{
	int64_t before = s->catalog_version;
	if (version < before)
		return SIGHT_REGRESSED;
	s->catalog_version = version;
	bool other = differs(s->stamp, sizeof(s->stamp), stamp);
	s->catalogs += other;
	if ((version == before && !other) || !before)
		return SIGHT_SAME;
	emit_catalog(hub, version);
	return SIGHT_MOVED;
}

/* One changed parameter: of the version that stands, or the first one of the version after it. */
static enum sight_verdict advance(struct place *p, struct hub *hub, const struct sight_row *r)
{
	if (r->changed_version == p->version + 1) {
		p->version++;
		keep_head(p, r->row_hash);
		p->saves += strcmp(r->kind, "create") != 0;
		p->rollbacks += strcmp(r->kind, "restore") == 0;
	} else if (r->changed_version != p->version) {
		return SIGHT_GAP;
	}
	emit_config(hub, p, r->key);
	return SIGHT_MOVED;
}

enum sight_verdict sight_take(struct sight *s, struct hub *hub, const struct sight_row *r)
{
	struct place *p = sight_place(s, r->environment);
	if (!p) {
		p = add(s, r->environment);
		p->heard = r->version; /* a new environment need not be notified */
	}
	enum sight_verdict met = p->met ? SIGHT_SAME : meet(p, hub, r);
	if (met > SIGHT_MOVED)
		return met;
	enum sight_verdict catalog = look_at_catalog(s, hub, r->catalog_version, r->stamp ? r->stamp : "");
	if (catalog > SIGHT_MOVED)
		return catalog;
	enum sight_verdict moved = r->changed_version ? advance(p, hub, r) : SIGHT_SAME;
	if (moved > SIGHT_MOVED)
		return moved;
	return met | catalog | moved;
}

enum sight_verdict sight_end(struct sight *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct place *p = &s->places[i];
		if (!p->asked)
			continue;
		if (!p->met)
			return SIGHT_REGRESSED;
		if (p->version != p->target)
			return SIGHT_GAP;
		/*
		 * A forged one must not hide that later ones get lost;
		 * one that came since is looked at next.
		 */
		if (p->heard > p->version && p->heard == p->claimed)
			p->heard = p->version;
	}
	return SIGHT_SAME;
}

bool sight_hear(struct sight *s, const char *environment, int64_t version)
{
	struct place *p = sight_place(s, environment);
	if (!p)
		return true;
	if (version > p->heard)
		p->heard = version;
	return version > p->version;
}

bool sight_unheard(struct sight *s)
{
	bool unheard = false;
	for (size_t i = 0; i < s->n; i++) {
		struct place *p = &s->places[i];
		bool behind = p->heard < p->version;
		if (behind && p->overdue) {
			unheard = true;
			p->heard = p->version;
			behind = false;
		}
		p->overdue = behind;
	}
	return unheard;
}

void sight_settle(struct sight *s)
{
	for (size_t i = 0; i < s->n; i++) {
		s->places[i].heard = s->places[i].version;
		s->places[i].overdue = false;
	}
}

void sight_ask(struct sight *s, const char *named, struct text *environments, struct text *versions)
{
	const char *comma = "";
	text_put(environments, "{");
	text_put(versions, "{");
	for (size_t i = 0; i < s->n; i++) {
		struct place *p = &s->places[i];
		p->asked = scope_has(named, p->environment);
		if (!p->asked)
			continue;
		p->claimed = p->heard;
		text_format(environments, "%s%s", comma, p->environment);
		text_format(versions, "%s%" PRId64, comma, p->version);
		comma = ",";
	}
	text_put(environments, "}");
	text_put(versions, "}");
}
