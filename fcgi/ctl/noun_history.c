#include <json-c/json.h>
#include <stdlib.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/ask.h"
#include "fcgi/ctl/change_set.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/listing.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/noun.h"
#include "fcgi/ctl/path.h"

enum { SHOWN = 3 };

/* "NAME: OLD -> NEW" of the first few, and how many more there are. The caller must free it with free(). */
static char *summary(struct json_object *entry)
{
	struct json_object *diff = member_list(entry, "diff");
	char *text = NULL;
	size_t size = 0, n = member_count(diff);
	FILE *f = mem_must(open_memstream(&text, &size));

	for (size_t i = 0; i < n && i < SHOWN; i++) {
		struct json_object *d = json_object_array_get_idx(diff, i);

		fprintf(f, "%s%s: %s -> %s", i > 0 ? ", " : "", member_text(d, "name", "?"),
			member_text(d, "old", "-"), member_text(d, "new", "-"));
	}
	if (n > SHOWN)
		fprintf(f, " and %zu more", n - SHOWN);
	return mem_must(fclose(f) == 0 ? text : NULL);
}

static const struct listing_column columns[] = {
	{"ENTRY", "id", "", NULL},
	{"ENVIRONMENT", "environment", "", NULL},
	{"VERSION", "version", "-", NULL},
	{"CHANGE", "change_id", "-", NULL},
	{"AT", "changed_at", "-", NULL},
	{"BY", "changed_by", "-", NULL},
	{"APPROVED", "approved_by", "", NULL},
	{"WHAT", NULL, NULL, summary},
	{"REASON", "reason", "", NULL},
};

static const struct listing listing = {.member = "entries",
				       .empty = "the history has no such entries",
				       .columns = columns,
				       .n = sizeof columns / sizeof columns[0]};

int noun_history_list(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){.path = args_filtered(ctl->args, path_make("history", NULL)),
					  .list = &listing});
}

int noun_history_restore(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	struct json_object *body = mem_must(json_object_new_object());

	member_add_text(body, "reason", args->reason);
	if (args->before)
		member_add_text(body, "to", "before");
	return ask_run(ctl, &(struct ask){
				    .method = "POST",
				    .path = path_make("history", args->operands[0], "restore", NULL),
				    .body = body,
				    .when = ASK_ON_VERSION,
				    .version = args->if_version,
				    .show = change_set_told,
			    });
}

static bool is_broken(struct json_object *json)
{
	return !member_true(json, "ok");
}

static void show_verified(const struct ctl *ctl, const struct reply *reply)
{
	const char *env = ctl->args->operands[0], *checked = member_text(reply->json, "checked", "?");

	if (is_broken(reply->json))
		fprintf(ctl->out, "the history of %s is broken at version %s; %s entries were checked\n", env,
			member_text(reply->json, "broken_at", "?"), checked);
	else
		fprintf(ctl->out, "the history of %s is whole: %s entries\n", env, checked);
}

int noun_history_verify(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){
				    .path = path_with(path_make("history", "verify", NULL), "environment",
						      ctl->args->operands[0]),
				    .show = show_verified,
				    .differs = is_broken,
			    });
}
