#include "fcgi/notifier/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/notifier/ask.h"
#include "fcgi/notifier/scope.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"
#include "workerlib/core/sha256.h"

enum { HOLDS_MS = 3000, PLACES = 1024, DIGEST = 65, LOGIN = 65 };

struct entry {
	struct verdicts *owner;
	struct entry *next; /* at the same place */
	const char *kind;    /* NULL while unused */
	char digest[DIGEST];
	char login[LOGIN];
	char *environments;
	enum code code;
	bool asking;
	int64_t until;
	struct verdict_wait waiting; /* head of a circle */
};

struct verdicts {
	struct wire *wire;
	struct entry *places[PLACES];
};

static const char *const kinds[] = {"token", "session"};

struct credential credential_of_token(const char *token, size_t n)
{
	struct credential c = {.kind = kinds[0]};
	sha256_text(token, n, c.sha256);
	return c;
}

struct credential credential_read(const char *text, size_t n)
{
	struct credential c = {0};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t kind = strlen(kinds[i]);
		if (n != kind + DIGEST || memcmp(text, kinds[i], kind) || text[kind] != ':' ||
		    strspn(text + kind + 1, "0123456789abcdef") < DIGEST - 1)
			continue;
		c.kind = kinds[i];
		memcpy(c.sha256, text + kind + 1, DIGEST - 1);
	}
	return c;
}

struct verdicts *verdicts_new(struct wire *wire)
{
	struct verdicts *v = text_need(calloc(1, sizeof(*v)));
	v->wire = wire;
	return v;
}

static void entry_free(struct entry *e)
{
	free(e->environments);
	free(e);
}

void verdicts_free(struct verdicts *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < PLACES; i++)
		while (v->places[i]) {
			struct entry *e = v->places[i];
			v->places[i] = e->next;
			entry_free(e);
		}
	free(v);
}

void verdict_cancel(struct verdict_wait *w)
{
	if (!w->next)
		return;
	w->previous->next = w->next;
	w->next->previous = w->previous;
	w->next = w->previous = NULL;
}

static void tell(const struct entry *e, struct verdict_wait *w)
{
	w->done(w, &(struct verdict){.code = e->code, .login = e->login, .environments = e->environments});
}

static void tell_all(struct entry *e)
{
	while (e->waiting.next != &e->waiting) {
		struct verdict_wait *w = e->waiting.next;
		verdict_cancel(w);
		tell(e, w);
	}
}

/* The environments of all roles, each once. A role of any kind may watch and listen where it holds. */
static char *environments_of(const struct async_rows *rows)
{
	struct text scope = {0};
	for (int i = 0; i < async_count(rows); i++) {
		const char *environment = async_text(rows, i, AUTHENTICATE_ENVIRONMENT);
		if (environment && async_text(rows, i, AUTHENTICATE_ROLE))
			scope_add(&scope, environment);
	}
	return text_take(&scope);
}

static void take(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	struct entry *e = arg;
	(void)sqlstate;
	e->asking = false;
	free(e->environments);
	e->environments = NULL;
	e->login[0] = '\0';
	if (!rows) {
		e->code = CODE_UNAVAILABLE;
		e->until = 0;
	} else {
		bool known = async_count(rows) > 0;
		e->code = known ? CODE_OK : CODE_UNAUTHENTICATED;
		e->until = tick_ms() + HOLDS_MS;
		snprintf(e->login, sizeof(e->login), "%s",
			 known ? async_text(rows, 0, AUTHENTICATE_LOGIN) : "");
		e->environments = environments_of(rows);
	}
	tell_all(e);
}

static struct entry *entry_new(struct verdicts *v, struct entry **place)
{
	struct entry *e = text_need(calloc(1, sizeof(*e)));
	e->owner = v;
	e->waiting.next = e->waiting.previous = &e->waiting;
	e->next = *place;
	*place = e;
	return e;
}

/*
 * The next digest of a place takes the entry of one whose answer is there: there are never more
 * entries at a place than were asked about at once.
 */
static struct entry *entry_of(struct verdicts *v, const struct credential *c)
{
	const char *digest = c->sha256, first[] = {digest[0], digest[1], digest[2], '\0'};
	struct entry **place = &v->places[strtoul(first, NULL, 16) % PLACES];
	struct entry *idle = NULL;
	for (struct entry *e = *place; e; e = e->next) {
		if (e->kind == c->kind && !strcmp(e->digest, digest))
			return e;
		if (!e->asking && (!idle || e->until < idle->until))
			idle = e;
	}
	if (!idle)
		idle = entry_new(v, place);
	memcpy(idle->digest, digest, DIGEST);
	idle->kind = c->kind;
	idle->until = 0;
	return idle;
}

static void start(struct entry *e)
{
	e->asking = ask(e->owner->wire, ASK_AUTHENTICATE, (const char *[]){e->kind, e->digest}, take, e);
	if (!e->asking)
		take(e, NULL, "");
}

void verdict_ask(struct verdicts *v, const struct credential *c, struct verdict_wait *w)
{
	struct entry *e = entry_of(v, c);
	if (!e->asking && e->until > tick_ms()) {
		tell(e, w);
		return;
	}
	w->next = &e->waiting;
	w->previous = e->waiting.previous;
	w->previous->next = w;
	e->waiting.previous = w;
	if (!e->asking)
		start(e);
}
