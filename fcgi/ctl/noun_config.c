#include <inttypes.h>
#include <json-c/json.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/ask.h"
#include "fcgi/ctl/change.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/listing.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/noun.h"
#include "fcgi/ctl/path.h"
#include "fcgi/ctl/plan.h"
#include "fcgi/ctl/problem.h"
#include "fcgi/ctl/table.h"

static void show_values(const struct ctl *ctl, const struct reply *reply)
{
	static const char *const heads[] = {"PARAMETER", "VALUE"};
	struct table *table = table_new(heads, 2);

	json_object_object_foreach (member_object(reply->json, "values"), name, value) {
		const char *text = json_object_get_string(value);

		table_row(table, (const char *const[]){name, text == NULL ? "" : text});
	}
	if (table_count(table) > 0)
		table_print(table, ctl->out, 0);
	fprintf(ctl->err, "%s, version %" PRId64 "\n", ctl->args->operands[0],
		member_int(reply->json, "version", 0));
	table_free(table);
}

/* One value goes alone on its line, so that a script can take it. */
static void show_value(const struct ctl *ctl, const struct reply *reply)
{
	table_text(member_text(reply->json, "value", ""), ctl->out);
	putc('\n', ctl->out);
}

int noun_config_get(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	const char *name = args->n > 1 ? args->operands[1] : NULL;

	if (name != NULL && args->at > 0) {
		problem_usage(ctl->err, args->command,
			      "a past version has no single parameters: leave %s out", name);
		return CTL_USAGE;
	}
	return ask_run(ctl, &(struct ask){
				    .path = args_filtered(args,
							  path_make("config", args->operands[0], name, NULL)),
				    .show = name == NULL ? show_values : show_value,
			    });
}

static void show_saved(const struct ctl *ctl, const struct reply *reply)
{
	listing_diff(member_list(reply->json, "diff"), ctl->out, 0);
	fprintf(ctl->err, "%s is at version %" PRId64 " (change %s)\n", ctl->args->operands[0],
		member_int(reply->json, "version", 0), member_text(reply->json, "change_id", "?"));
}

int noun_config_set(const struct ctl *ctl)
{
	struct json_object *changes = change_parse(ctl);

	if (changes == NULL)
		return CTL_USAGE;
	struct json_object *body = mem_must(json_object_new_object());
	member_add(body, "changes", changes);
	member_add_text(body, "reason", ctl->args->reason);
	return ask_run(ctl, &(struct ask){
				    .method = "POST",
				    .path = path_make("config", ctl->args->operands[0], NULL),
				    .body = body,
				    .when = ASK_ON_VERSION,
				    .version = ctl->args->if_version,
				    .show = show_saved,
			    });
}

/* The plan, and the command that writes just what was planned. */
static void show_plan(const struct ctl *ctl, const struct reply *reply)
{
	struct json_object *plan = reply->json;
	bool approval = member_true(plan, "needs_approval");

	plan_show(ctl, reply);
	if (member_count(member_list(plan, "diff")) == 0 || member_count(member_list(plan, "errors")) > 0)
		return;
	fputs(approval ? "propose it with: cvnctl change create" : "save it with: cvnctl config set",
	      ctl->err);
	change_print_operands(ctl, ctl->err);
	fprintf(ctl->err, "%s --if-version %" PRId64 " --reason '...'\n", approval ? " --submit" : "",
		member_int(plan, "base_version", 0));
}

int noun_config_plan(const struct ctl *ctl)
{
	struct json_object *changes = change_parse(ctl);

	if (changes == NULL)
		return CTL_USAGE;
	struct json_object *body = mem_must(json_object_new_object());
	member_add(body, "changes", changes);
	return ask_run(ctl, &(struct ask){
				    .method = "POST",
				    .path = path_make("config", ctl->args->operands[0], "plan", NULL),
				    .body = body,
				    .show = show_plan,
				    .differs = plan_differs,
			    });
}
