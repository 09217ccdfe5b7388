#include <json-c/json.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/ask.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/listing.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/noun.h"
#include "fcgi/ctl/path.h"

/* How many of the workers have what is current. The caller must free it with free(). */
static char *workers(struct json_object *environment)
{
	return mem_printf("%s of %s", member_text(environment, "workers_current", "?"),
			  member_text(environment, "workers", "?"));
}

/* Until when and why; "" where it is not. The caller must free it with free(). */
static char *frozen(struct json_object *environment)
{
	struct json_object *freeze = member_object(environment, "freeze");

	if (!member_true(environment, "frozen"))
		return mem_printf("%s", "");
	return mem_printf("until %s: %s", member_text(freeze, "until", "?"),
			  member_text(freeze, "reason", "?"));
}

static const struct listing_column columns[] = {
	{"ENVIRONMENT", "environment", "", NULL},
	{"VERSION", "version", "-", NULL},
	{"UPDATED", "updated_at", "-", NULL},
	{"BY", "updated_by", "-", NULL},
	{"CURRENT WORKERS", NULL, NULL, workers},
	{"LOCKED BY", "locked_by", "", NULL},
	{"FROZEN", NULL, NULL, frozen},
};

static const struct listing listing = {.member = "environments",
				       .empty = "you hold a role in no environment",
				       .columns = columns,
				       .n = sizeof columns / sizeof columns[0]};

int noun_environment_list(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){.path = path_make("environments", NULL), .list = &listing});
}

static void show_locked(const struct ctl *ctl, const struct reply *reply)
{
	fprintf(ctl->err, "%s is locked by %s\n", ctl->args->operands[0],
		member_text(reply->json, "locked_by", "?"));
}

static void show_unlocked(const struct ctl *ctl, const struct reply *reply)
{
	(void)reply;
	fprintf(ctl->err, "%s is not locked\n", ctl->args->operands[0]);
}

int noun_environment_lock(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){.method = "PUT",
					  .path = path_make("environments", ctl->args->operands[0], "lock",
							    NULL),
					  .show = show_locked});
}

int noun_environment_unlock(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){.method = "DELETE",
					  .path = path_make("environments", ctl->args->operands[0], "lock",
							    NULL),
					  .show = show_unlocked});
}
