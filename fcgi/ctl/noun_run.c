#include <inttypes.h>
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
#include "fcgi/ctl/table.h"

/* The hash goes alone on its line, so that a script can take it. */
static void show_run(const struct ctl *ctl, const struct reply *reply)
{
	struct json_object *run = reply->json;

	table_text(member_text(run, "parameter_set_hash", ""), ctl->out);
	putc('\n', ctl->out);
	fprintf(ctl->err, "%s %s pinned to %s at version %" PRId64 "\n", member_text(run, "run_id", "?"),
		reply->status == 201 ? "is" : "was already", member_text(run, "environment", "?"),
		member_int(run, "config_version", 0));
}

int noun_run_freeze(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	struct json_object *factors = document_read("factors", args->factors, ctl->err);
	struct json_object *code = NULL;

	if (factors != NULL)
		code = document_read("code-version", args->code_version, ctl->err);
	if (code == NULL) {
		json_object_put(factors);
		return CTL_USAGE;
	}
	struct json_object *body = mem_must(json_object_new_object());
	member_add_text(body, "kind", args->operands[1]);
	member_add_text(body, "environment", args->operands[2]);
	member_add(body, "factors", factors);
	member_add(body, "code_version", code);
	return ask_run(ctl, &(struct ask){.method = "PUT",
					  .path = path_make("runs", args->operands[0], NULL),
					  .body = body,
					  .show = show_run});
}

int noun_run_rerun(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	struct json_object *body = mem_must(json_object_new_object());

	member_add_text(body, "run_id", args->operands[1]);
	return ask_run(ctl, &(struct ask){.method = "POST",
					  .path = path_make("runs", args->operands[0], "rerun", NULL),
					  .body = body,
					  .show = show_run});
}

static const struct listing_column columns[] = {
	{"RUN", "run_id", "", NULL},
	{"KIND", "kind", "", NULL},
	{"ENVIRONMENT", "environment", "", NULL},
	{"STATUS", "status", "", NULL},
	{"VERSION", "config_version", "-", NULL},
	{"CREATED", "created_at", "-", NULL},
	{"SET", "parameter_set_hash", "", NULL},
};

static const struct listing listing = {.member = "runs",
				       .empty = "there are no such runs",
				       .columns = columns,
				       .n = sizeof columns / sizeof columns[0]};

int noun_run_list(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){.path = args_filtered(ctl->args, path_make("runs", NULL)),
					  .list = &listing});
}

static const char *const parts[] = {"values", "catalog", "factors", "code_version"};
enum { PARTS = sizeof parts / sizeof parts[0] };

static bool differs(struct json_object *diff)
{
	size_t n = 0;

	for (size_t i = 0; i < PARTS; i++)
		n += member_count(member_list(diff, parts[i]));
	return n > 0;
}

static void show_differences(const struct ctl *ctl, const struct reply *reply)
{
	const char *const heads[] = {"PART", "NAME", ctl->args->operands[0], ctl->args->operands[1]};
	struct table *table = table_new(heads, 4);

	for (size_t i = 0; i < PARTS; i++) {
		struct json_object *list = member_list(reply->json, parts[i]);

		for (size_t j = 0; j < member_count(list); j++) {
			struct json_object *item = json_object_array_get_idx(list, j);

			table_row(table, (const char *const[]){parts[i], member_text(item, "name", ""),
							       member_text(item, "left", "-"),
							       member_text(item, "right", "-")});
		}
	}
	if (table_count(table) > 0)
		table_print(table, ctl->out, 0);
	table_free(table);
}

int noun_run_diff(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){
				    .path = path_make("runs", ctl->args->operands[0], "diff",
						      ctl->args->operands[1], NULL),
				    .show = show_differences,
				    .differs = differs,
			    });
}
