#include "fcgi/notifier/changes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/notifier/ask.h"
#include "fcgi/notifier/event.h"
#include "fcgi/notifier/hub.h"
#include "fcgi/notifier/scope.h"
#include "fcgi/notifier/text.h"

void changes_forget(struct changes *c)
{
	free(c->at);
	*c = (struct changes){0};
}

/* Where the id is, or would be. */
static size_t find(const struct changes *c, int64_t id)
{
	size_t low = 0, high = c->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (c->at[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct change *insert(struct changes *c, size_t i, int64_t id)
{
	if (c->n == c->room) {
		c->room = c->room ? 2 * c->room : 64;
		c->at = text_need(realloc(c->at, c->room * sizeof(*c->at)));
	}
	memmove(c->at + i + 1, c->at + i, (c->n - i) * sizeof(*c->at));
	c->n++;
	c->at[i] = (struct change){.id = id};
	return &c->at[i];
}

static void emit(struct hub *hub, int64_t id, const char *environment, const char *state)
{
	hub_emit(hub, &(struct event){.type = EVENT_CHANGE_STATE,
				      .environment = environment,
				      .members = {{.name = "change_id", .number = id},
						  {.name = "state", .text = state}}});
}

bool changes_take(struct changes *c, struct hub *hub, int64_t id, const char *environment, const char *state,
		  const char *content)
{
	size_t i = find(c, id);
	bool there = i < c->n && c->at[i].id == id;
	struct change *change = there ? &c->at[i] : insert(c, i, id);
	if (!strcmp(change->state, state) && !strcmp(change->content, content))
		return false;
	snprintf(change->environment, sizeof(change->environment), "%s", environment);
	snprintf(change->state, sizeof(change->state), "%s", state);
	snprintf(change->content, sizeof(change->content), "%s", content);
	if (c->known)
		emit(hub, id, environment, state);
	return c->known;
}

static bool ended(const struct change *change)
{
	static const char *const ends[] = {"superseded", "rejected", "withdrawn"};
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (!strcmp(change->state, ends[i]))
			return true;
	return false;
}

/* The youngest that cannot be committed late any more. */
static int64_t floor_of(const struct changes *c)
{
	return c->top > CHANGES_SLACK ? c->top - CHANGES_SLACK : 0;
}

void changes_end(struct changes *c, int64_t top)
{
	size_t kept = 0;
	c->top = top;
	c->known = true;
	for (size_t i = 0; i < c->n; i++)
		if (!ended(&c->at[i]) || c->at[i].id > floor_of(c))
			c->at[kept++] = c->at[i];
	c->n = kept;
}

static void put_id(struct text *ids, int64_t id)
{
	text_format(ids, "%s%" PRId64, ids->n > 1 ? "," : "", id);
}

/* Those between two that are known, as far as one of them can still be committed. */
static void put_missing(const struct changes *c, struct text *ids, int64_t after, int64_t before)
{
	for (int64_t id = after < floor_of(c) ? floor_of(c) + 1 : after + 1; id < before; id++)
		put_id(ids, id);
}

void changes_ids(const struct changes *c, const char *named, struct text *ids)
{
	int64_t before = 0;
	text_put(ids, "{");
	for (size_t i = 0; i < c->n; i++) {
		put_missing(c, ids, before, c->at[i].id);
		if (!ended(&c->at[i]) && scope_has(named, c->at[i].environment))
			put_id(ids, c->at[i].id);
		before = c->at[i].id;
	}
	put_missing(c, ids, before, c->top + 1);
	text_put(ids, "}");
}
