#include "fcgi/notifier/applied.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/notifier/ask.h"
#include "fcgi/notifier/states.h"
#include "fcgi/notifier/text.h"
#include "fcgi/proc/log.h"

/* One way that workers went, and who did. */
struct way {
	struct way *next;
	struct applied *owner;
	char environment[32];
	int64_t from, to;
	char (*workers)[65];
	size_t n, room;
};

struct applied {
	struct wire *wire;
	const struct log *log;
	struct way *ways; /* not asked yet */
};

struct applied *applied_new(struct wire *wire, const struct log *log)
{
	struct applied *a = text_need(calloc(1, sizeof(*a)));
	a->wire = wire;
	a->log = log;
	return a;
}

static void way_free(struct way *w)
{
	free(w->workers);
	free(w);
}

void applied_free(struct applied *a)
{
	if (!a)
		return;
	while (a->ways) {
		struct way *w = a->ways;
		a->ways = w->next;
		way_free(w);
	}
	free(a);
}

static struct way *way_of(struct applied *a, const char *environment, int64_t from, int64_t to)
{
	for (struct way *w = a->ways; w; w = w->next)
		if (w->from == from && w->to == to && !strcmp(w->environment, environment))
			return w;
	struct way *w = text_need(calloc(1, sizeof(*w)));
	*w = (struct way){.next = a->ways, .owner = a, .from = from, .to = to};
	snprintf(w->environment, sizeof(w->environment), "%s", environment);
	a->ways = w;
	return w;
}

void applied_note(struct applied *a, const struct worker *worker, int64_t from)
{
	struct way *w = way_of(a, worker->environment, from, worker->applied_version);
	if (w->n == w->room) {
		w->room = w->room ? 2 * w->room : 4;
		w->workers = text_need(realloc(w->workers, w->room * sizeof(*w->workers)));
	}
	memcpy(w->workers[w->n++], worker->id, sizeof(*w->workers));
}

static void say(const struct way *w, int64_t version, const char *by, const char *name)
{
	for (size_t i = 0; i < w->n; i++)
		log_line(w->owner->log, LOG_LEVEL_INFO, "config_change_applied",
			 (struct log_member[]){{.name = "env", .text = w->environment},
					       {.name = "worker", .text = w->workers[i]},
					       {.name = "config_version", .number = &version},
					       {.name = "changed_by", .text = by},
					       {.name = "parameter_name", .text = name},
					       {0}});
}

/* Where the history is not to be had, or has too much to be told one by one, "*" stands for it. */
static void take(void *arg, const struct async_rows *rows, const char *sqlstate)
{
	struct way *w = arg;
	int n = rows ? async_count(rows) : 0;
	(void)sqlstate;
	if (!n || n == APPLIED_MOST)
		say(w, w->to, NULL, "*");
	for (int i = n == APPLIED_MOST ? 0 : n; i-- > 0;)
		say(w, async_int(rows, i, APPLIED_VERSION), async_text(rows, i, APPLIED_BY),
		    async_text(rows, i, APPLIED_NAME));
	way_free(w);
}

static void ask_one(struct applied *a, struct way *w)
{
	char from[24], to[24];
	snprintf(from, sizeof(from), "%" PRId64, w->from);
	snprintf(to, sizeof(to), "%" PRId64, w->to);
	if (!ask(a->wire, ASK_APPLIED, (const char *[]){w->environment, from, to}, take, w))
		take(w, NULL, "");
}

void applied_ask(struct applied *a)
{
	while (a->ways) {
		struct way *w = a->ways;
		a->ways = w->next;
		ask_one(a, w);
	}
}
