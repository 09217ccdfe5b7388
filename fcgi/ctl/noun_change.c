#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/ask.h"
#include "fcgi/ctl/change.h"
#include "fcgi/ctl/change_set.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/listing.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/noun.h"
#include "fcgi/ctl/path.h"
#include "fcgi/ctl/problem.h"

enum { ANSWER_MAX = 16 };

/* The names that it touches. The caller must free it with free(). */
static char *touched(struct json_object *set)
{
	struct json_object *diff = member_list(set, "diff"), *names = mem_must(json_object_new_array());

	for (size_t i = 0; i < member_count(diff); i++)
		member_append_text(names, member_text(json_object_array_get_idx(diff, i), "name", "?"));
	char *text = member_joined(names);
	json_object_put(names);
	return text;
}

static const struct listing_column columns[] = {
	{"CHANGE", "id", "", NULL},
	{"ENVIRONMENT", "environment", "", NULL},
	{"KIND", "kind", "", NULL},
	{"STATE", "state", "", NULL},
	{"BASE", "base_version", "-", NULL},
	{"VERSION", "version", "-", NULL},
	{"CREATED", "created_at", "-", NULL},
	{"BY", "created_by", "-", NULL},
	{"CHANGES", NULL, NULL, touched},
	{"REASON", "reason", "", NULL},
};

static const struct listing listing = {.member = "changes",
				       .empty = "there are no such change sets",
				       .columns = columns,
				       .n = sizeof columns / sizeof columns[0]};

int noun_change_list(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){.path = args_filtered(ctl->args, path_make("changes", NULL)),
					  .list = &listing});
}

int noun_change_show(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){.path = path_make("changes", ctl->args->operands[0], NULL),
					  .show = change_set_show});
}

int noun_change_create(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	struct json_object *changes = change_parse(ctl);

	if (changes == NULL)
		return CTL_USAGE;
	struct json_object *body = mem_must(json_object_new_object());
	member_add_text(body, "environment", args->operands[0]);
	member_add(body, "changes", changes);
	member_add_text(body, "reason", args->reason);
	member_add(body, "submit", mem_must(json_object_new_boolean(args->submit)));
	return ask_run(ctl, &(struct ask){
				    .method = "POST",
				    .path = path_make("changes", NULL),
				    .body = body,
				    .when = ASK_ON_VERSION,
				    .version = args->if_version,
				    .show = change_set_told,
			    });
}

int noun_change_edit(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	struct json_object *changes = change_parse(ctl);

	if (changes == NULL)
		return CTL_USAGE;
	struct json_object *body = mem_must(json_object_new_object());
	member_add(body, "changes", changes);
	if (args->reason != NULL)
		member_add_text(body, "reason", args->reason);
	return ask_run(ctl, &(struct ask){.method = "PATCH",
					  .path = path_make("changes", args->operands[0], NULL),
					  .body = body,
					  .show = change_set_told});
}

/* The verb of the command's row, on the change set that the operand names. hash: or NULL. */
static int decide(const struct ctl *ctl, const char *hash)
{
	const struct args *args = ctl->args;
	struct json_object *body = mem_must(json_object_new_object());

	if (hash != NULL)
		member_add_text(body, "content_hash", hash);
	if (args->comment != NULL)
		member_add_text(body, "comment", args->comment);
	return ask_run(ctl, &(struct ask){
				    .method = "POST",
				    .path = path_make("changes", args->operands[0], args->command->verb,
						      NULL),
				    .body = body,
				    .show = change_set_told,
			    });
}

int noun_change_submit(const struct ctl *ctl)
{
	return decide(ctl, NULL);
}

int noun_change_reject(const struct ctl *ctl)
{
	return decide(ctl, NULL);
}

int noun_change_withdraw(const struct ctl *ctl)
{
	return decide(ctl, NULL);
}

int noun_change_rebase(const struct ctl *ctl)
{
	return decide(ctl, NULL);
}

/* Shows what would be approved, and asks for it on the terminal. */
static bool is_wanted(const struct ctl *ctl, struct json_object *set)
{
	char answer[ANSWER_MAX] = "";

	change_set_content(set, ctl->err);
	fputs("\napprove this, and put it into force? (yes/no) ", ctl->err);
	fflush(ctl->err);
	if (fgets(answer, sizeof answer, ctl->terminal) == NULL)
		putc('\n', ctl->err);
	if (strcmp(answer, "yes\n") == 0)
		return true;
	fputs("not approved; nothing was written\n", ctl->err);
	return false;
}

/* What is approved is what was shown: the hash of that answer is the one that is sent. */
static int approve_shown(const struct ctl *ctl)
{
	struct reply reply;
	int result = ask_get(ctl, path_make("changes", ctl->args->operands[0], NULL), &reply);

	if (result == CTL_DONE)
		result = is_wanted(ctl, reply.json) ? decide(ctl, member_text(reply.json, "content_hash", ""))
						    : CTL_REFUSED;
	client_reply_free(&reply);
	return result;
}

int noun_change_approve(const struct ctl *ctl)
{
	const struct args *args = ctl->args;

	if (args->hash != NULL)
		return decide(ctl, args->hash);
	if (ctl->terminal != NULL)
		return approve_shown(ctl);
	problem_usage(ctl->err, args->command,
		      "nobody is at a terminal to look at change %s: it needs --hash,"
		      " which cvnctl change show %s tells", args->operands[0], args->operands[0]);
	return CTL_USAGE;
}
