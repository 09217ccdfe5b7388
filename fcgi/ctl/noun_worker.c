#include <json-c/json.h>
#include <stdlib.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/ask.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/listing.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/noun.h"
#include "fcgi/ctl/path.h"

/* Why it was rejected, or which parameters wait for a restart. The caller must free it with free(). */
static char *worker_note(struct json_object *worker)
{
	struct json_object *rejected = member_object(worker, "rejected");
	char *names = member_joined(member_list(worker, "restart_required"));

	if (rejected == NULL)
		return names;
	char *note = mem_printf("version %s: %s", member_text(rejected, "version", "?"),
				member_text(rejected, "detail", "?"));
	free(names);
	return note;
}

/* Whether two processes report under this id. The caller must free it with free(). */
static char *worker_duplicate(struct json_object *worker)
{
	return mem_printf("%s", member_true(worker, "duplicate") ? "yes" : "");
}

static const struct listing_column columns[] = {
	{"WORKER", "worker_id", "", NULL},
	{"ENVIRONMENT", "environment", "", NULL},
	{"STATE", "state", "", NULL},
	{"APPLIED", "applied_version", "-", NULL},
	{"TARGET", "target_version", "-", NULL},
	{"WAITING FOR", "waiting_for", "", NULL},
	{"BUILD", "build", "", NULL},
	{"DUPLICATE", NULL, NULL, worker_duplicate},
	{"LAST HEARTBEAT", "last_heartbeat", "-", NULL},
	{"NOTE", NULL, NULL, worker_note},
};

static const struct listing listing = {.member = "workers",
				       .empty = "no worker has reported in the last 24 hours",
				       .columns = columns,
				       .n = sizeof columns / sizeof columns[0]};

int noun_worker_list(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){.path = args_filtered(ctl->args, path_make("workers", NULL)),
					  .list = &listing});
}
