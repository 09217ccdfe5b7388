#include "fcgi/notifier/runs.h"

#include <stdio.h>
#include <string.h>

#include "fcgi/notifier/event.h"
#include "fcgi/notifier/hub.h"

static bool remembered(const struct runs *r, const char *run_id)
{
	for (size_t i = 0; i < RUNS_REMEMBERED; i++)
		if (!strcmp(r->seen[i], run_id))
			return true;
	return false;
}

static void emit(struct hub *hub, const struct run *run)
{
	hub_emit(hub, &(struct event){.type = EVENT_PARAMETER_SET_FROZEN,
				      .environment = run->environment,
				      .members = {{.name = "run_id", .text = run->run_id},
						  {.name = "kind", .text = run->kind},
						  {.name = "parameter_set_hash",
						   .text = run->parameter_set_hash}}});
}

bool runs_take(struct runs *r, struct hub *hub, const struct run *run)
{
	if (remembered(r, run->run_id))
		return false;
	snprintf(r->seen[r->next++ % RUNS_REMEMBERED], RUNS_KEY, "%s", run->run_id);
	if (r->known)
		emit(hub, run);
	return r->known;
}

void runs_end(struct runs *r, int64_t now_ms)
{
	r->looked_ms = now_ms;
	r->known = true;
}

int64_t runs_seconds(const struct runs *r, int64_t now_ms)
{
	int64_t since = r->known ? (now_ms - r->looked_ms + 999) / 1000 : 0;
	return since + RUNS_SLACK_S;
}
