#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

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
#include "fcgi/ctl/table.h"

/* GET path_take, which it frees. */
static int get(const struct ctl *ctl, char *path_take, struct reply *reply)
{
	int result = ask_server(ctl, &(struct request){.method = "GET", .path = path_take}, reply);

	free(path_take);
	return result;
}

static void print_values(const struct ctl *ctl, struct json_object *json)
{
	static const char *const heads[] = {"PARAMETER", "VALUE"};
	struct table *table = table_new(heads, 2);

	json_object_object_foreach (member_object(json, "values"), name, value) {
		const char *text = json_object_get_string(value);

		table_row(table, (const char *const[]){name, text == NULL ? "" : text});
	}
	if (table_count(table) > 0)
		table_print(table, ctl->out, 0);
	fprintf(ctl->err, "%s, version %" PRId64 "\n", ctl->args->operands[0],
		member_int(json, "version", 0));
	table_free(table);
}

/* One value goes alone on its line, so that a script can take it. */
static void print_value(const struct ctl *ctl, struct json_object *json)
{
	table_text(member_text(json, "value", ""), ctl->out);
	putc('\n', ctl->out);
}

int noun_config_get(const struct ctl *ctl)
{
	const char *env = ctl->args->operands[0], *name = ctl->args->n > 1 ? ctl->args->operands[1] : NULL;
	struct reply reply;
	int result = get(ctl, path_make("config", env, name, NULL), &reply);

	if (result == CTL_DONE && ctl->args->json)
		ask_print_json(ctl, &reply);
	else if (result == CTL_DONE)
		(name == NULL ? print_values : print_value)(ctl, reply.json);
	client_reply_free(&reply);
	return result;
}

/* The environment's version now, into version. */
static int read_version(const struct ctl *ctl, int64_t *version)
{
	struct reply reply;
	int result = get(ctl, path_make("config", ctl->args->operands[0], NULL), &reply);

	if (result == CTL_DONE)
		*version = member_int(reply.json, "version", 0);
	client_reply_free(&reply);
	return result;
}

static void print_saved(const struct ctl *ctl, struct json_object *json)
{
	listing_diff(member_list(json, "diff"), ctl->out, 0);
	fprintf(ctl->err, "%s is at version %" PRId64 " (change %s)\n", ctl->args->operands[0],
		member_int(json, "version", 0), member_text(json, "change_id", "?"));
}

/* Sends the changes on top of a version. */
static int save(const struct ctl *ctl, struct json_object *changes, int64_t version)
{
	struct json_object *body = mem_must(json_object_new_object());
	char *path = path_make("config", ctl->args->operands[0], NULL),
	     *etag = mem_printf("\"%" PRId64 "\"", version);
	struct reply reply;

	member_add(body, "changes", json_object_get(changes));
	member_add_text(body, "reason", ctl->args->reason);
	int result = ask_server(
		ctl, &(struct request){.method = "POST", .path = path, .body = body, .if_match = etag},
		&reply);
	if (result == CTL_DONE && ctl->args->json)
		ask_print_json(ctl, &reply);
	else if (result == CTL_DONE)
		print_saved(ctl, reply.json);
	client_reply_free(&reply);
	free(etag);
	free(path);
	json_object_put(body);
	return result;
}

int noun_config_set(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	int64_t version = args->if_version;

	if (args->reason == NULL || *args->reason == '\0') {
		fputs("cvnctl: config set needs --reason: the history shows it\n", ctl->err);
		return CTL_USAGE;
	}
	struct json_object *changes = change_parse(args->operands + 1, args->n - 1, ctl->err);
	if (changes == NULL)
		return CTL_USAGE;
	int result = version > 0 ? CTL_DONE : read_version(ctl, &version);
	if (result == CTL_DONE)
		result = save(ctl, changes, version);
	json_object_put(changes);
	return result;
}

/* A word as a shell reads it back. */
static void print_quoted(const char *word, FILE *f)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.,:=/+%@";

	if (*word != '\0' && word[strspn(word, plain)] == '\0') {
		fputs(word, f);
		return;
	}
	putc('\'', f);
	for (; *word != '\0'; word++)
		*word == '\'' ? fputs("'\\''", f) : putc(*word, f);
	putc('\'', f);
}

/* The command that saves just what was planned. */
static void print_apply(const struct ctl *ctl, int64_t version)
{
	fputs("save it with: cvnctl config set", ctl->err);
	for (size_t i = 0; i < ctl->args->n; i++) {
		putc(' ', ctl->err);
		print_quoted(ctl->args->operands[i], ctl->err);
	}
	fprintf(ctl->err, " --if-version %" PRId64 " --reason '...'\n", version);
}

/* When a worker applies the parameter: at its next start, or at the boundary of its category. */
static void print_plan_diff(const struct ctl *ctl, struct json_object *plan)
{
	static const char *const heads[] = {"PARAMETER", "OLD", "NEW", "CATEGORY", "NOTE"};
	struct json_object *diff = member_list(plan, "diff"), *categories = member_object(plan, "boundaries");
	struct json_object *critical = member_list(plan, "critical"),
			   *restart = member_list(plan, "restart_required");
	struct table *table = table_new(heads, 5);

	for (size_t i = 0; i < member_count(diff); i++) {
		struct json_object *d = json_object_array_get_idx(diff, i);
		const char *name = member_text(d, "name", "");
		bool is_critical = member_holds(critical, name), is_cold = member_holds(restart, name);
		char *note = mem_printf("%s%s%s", is_critical ? "critical" : "",
					is_critical && is_cold ? ", " : "", is_cold ? "at restart" : "");

		table_row(table,
			  (const char *const[]){name, member_text(d, "old", "-"), member_text(d, "new", "-"),
						member_text(categories, name, ""), note});
		free(note);
	}
	if (table_count(table) > 0)
		table_print(table, ctl->out, 0);
	table_free(table);
}

static void print_plan(const struct ctl *ctl, struct json_object *plan)
{
	size_t diffs = member_count(member_list(plan, "diff")),
	       errors = member_count(member_list(plan, "errors"));
	int64_t version = member_int(plan, "base_version", 0);
	bool approval = member_true(plan, "needs_approval");

	print_plan_diff(ctl, plan);
	if (diffs > 0 && errors > 0)
		putc('\n', ctl->out);
	listing_errors(member_list(plan, "errors"), ctl->out, 0);
	fprintf(ctl->err, "%s at version %" PRId64 ": %zu changed, %zu refused, %s workers%s%s\n",
		ctl->args->operands[0], version, diffs, errors, member_text(plan, "workers", "?"),
		approval ? ", needs approval" : "", member_true(plan, "frozen") ? ", frozen now" : "");
	if (diffs > 0 && errors == 0 && !approval)
		print_apply(ctl, version);
}

int noun_config_plan(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	struct json_object *changes = change_parse(args->operands + 1, args->n - 1, ctl->err);
	struct reply reply;

	if (changes == NULL)
		return CTL_USAGE;
	struct json_object *body = mem_must(json_object_new_object());
	char *path = path_make("config", args->operands[0], "plan", NULL);
	member_add(body, "changes", changes);
	int result = ask_server(ctl, &(struct request){.method = "POST", .path = path, .body = body}, &reply);
	if (result == CTL_DONE) {
		args->json ? ask_print_json(ctl, &reply) : print_plan(ctl, reply.json);
		size_t found = member_count(member_list(reply.json, "diff")) +
			       member_count(member_list(reply.json, "errors"));
		if (found > 0)
			result = CTL_REFUSED;
	}
	client_reply_free(&reply);
	free(path);
	json_object_put(body);
	return result;
}
