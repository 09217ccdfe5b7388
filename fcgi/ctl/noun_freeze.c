#include <json-c/json.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/ask.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/document.h"
#include "fcgi/ctl/listing.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/noun.h"
#include "fcgi/ctl/path.h"

/*
 * "days 6, 7 from 00:00 to 23:59 UTC"; "" for a window that is there once.
 * The caller must free it with free().
 */
static char *weekly(struct json_object *window)
{
	struct json_object *w = member_object(window, "weekly");

	if (w == NULL)
		return mem_printf("%s", "");
	char *days = member_joined(member_list(w, "days"));
	char *text = mem_printf("days %s from %s to %s %s", days, member_text(w, "from", "?"),
				member_text(w, "to", "?"), member_text(w, "timezone", "?"));
	free(days);
	return text;
}

static const struct listing_column columns[] = {
	{"WINDOW", "id", "", NULL},
	{"ENVIRONMENT", "environment", "", NULL},
	{"STARTS", "starts_at", "-", NULL},
	{"ENDS", "ends_at", "-", NULL},
	{"WEEKLY", NULL, NULL, weekly},
	{"BY", "created_by", "-", NULL},
	{"REASON", "reason", "", NULL},
};

static const struct listing listing = {.member = "freeze_windows",
				       .empty = "there are no freeze windows",
				       .columns = columns,
				       .n = sizeof columns / sizeof columns[0]};

int noun_freeze_list(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){.path = path_make("freeze-windows", NULL), .list = &listing});
}

static void show_created(const struct ctl *ctl, const struct reply *reply)
{
	fprintf(ctl->err, "window %s of %s is there\n", member_text(reply->json, "id", "?"),
		member_text(reply->json, "environment", "?"));
}

static void show_deleted(const struct ctl *ctl, const struct reply *reply)
{
	(void)reply;
	fprintf(ctl->err, "window %s is gone\n", ctl->args->operands[0]);
}

int noun_freeze_create(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	const char *const members[][2] = {{"environment", args->operands[0]},
					  {"reason", args->reason},
					  {"starts_at", args->starts},
					  {"ends_at", args->ends}};
	struct json_object *week = NULL;

	if (args->weekly != NULL)
		week = document_read("weekly", args->weekly, ctl->err);
	if (args->weekly != NULL && week == NULL)
		return CTL_USAGE;
	struct json_object *body = mem_must(json_object_new_object());
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		if (members[i][1] != NULL)
			member_add_text(body, members[i][0], members[i][1]);
	}
	if (week != NULL)
		member_add(body, "weekly", week);
	return ask_run(ctl, &(struct ask){.method = "POST",
					  .path = path_make("freeze-windows", NULL),
					  .body = body,
					  .show = show_created});
}

int noun_freeze_delete(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){.method = "DELETE",
					  .path = path_make("freeze-windows", ctl->args->operands[0], NULL),
					  .show = show_deleted});
}
