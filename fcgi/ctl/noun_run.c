#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

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
static void print_run(const struct ctl *ctl, struct json_object *run, bool is_new)
{
	table_text(member_text(run, "parameter_set_hash", ""), ctl->out);
	putc('\n', ctl->out);
	fprintf(ctl->err, "%s %s pinned to %s at version %" PRId64 "\n", member_text(run, "run_id", "?"),
		is_new ? "is" : "was already", member_text(run, "environment", "?"),
		member_int(run, "config_version", 0));
}

/* Sends what makes a run, prints the run; frees path and body. */
static int send(const struct ctl *ctl, const char *method, char *path_take, struct json_object *body_take)
{
	struct reply reply;
	int result = ask_server(ctl, &(struct request){.method = method, .path = path_take, .body = body_take}, &reply);

	if (result == CTL_DONE && ctl->args->json)
		ask_print_json(ctl, &reply);
	else if (result == CTL_DONE)
		print_run(ctl, reply.json, reply.status == 201);
	else if (result == CTL_LINK)
		fputs("  the same command again is safe: it finds the run that it has made\n", ctl->err);
	client_reply_free(&reply);
	json_object_put(body_take);
	free(path_take);
	return result;
}

int noun_run_freeze(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	struct json_object *factors = document_read("factors", args->factors, ctl->err),
			   *code = factors == NULL ? NULL : document_read("code-version", args->code_version, ctl->err);

	if (code == NULL) {
		json_object_put(factors);
		return CTL_USAGE;
	}
	struct json_object *body = mem_must(json_object_new_object());
	member_add_text(body, "kind", args->operands[1]);
	member_add_text(body, "environment", args->operands[2]);
	member_add(body, "factors", factors);
	member_add(body, "code_version", code);
	return send(ctl, "PUT", path_make("runs", args->operands[0], NULL), body);
}

int noun_run_rerun(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	struct json_object *body = mem_must(json_object_new_object());

	member_add_text(body, "run_id", args->operands[1]);
	return send(ctl, "POST", path_make("runs", args->operands[0], "rerun", NULL), body);
}

static void print_runs(const struct ctl *ctl, struct json_object *page)
{
	static const struct listing_column columns[] = {
		{"RUN", "run_id", "", NULL},
		{"KIND", "kind", "", NULL},
		{"ENVIRONMENT", "environment", "", NULL},
		{"STATUS", "status", "", NULL},
		{"VERSION", "config_version", "-", NULL},
		{"CREATED", "created_at", "-", NULL},
		{"SET", "parameter_set_hash", "", NULL},
	};

	if (listing_print(member_list(page, "runs"), columns, sizeof columns / sizeof columns[0], ctl->out, 0) == 0)
		fputs("there are no such runs\n", ctl->err);
	if (*member_text(page, "next_cursor", "") != '\0')
		fputs("there are older ones: --count N shows more, up to 200\n", ctl->err);
}

int noun_run_list(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	char *limit = args->count == 0 ? NULL : mem_printf("%" PRId64, args->count);
	char *path = path_with(path_make("runs", NULL), "kind", args->kind);
	struct reply reply;

	path = path_with(path, "environment", args->environment);
	path = path_with(path, "hash", args->hash);
	path = path_with(path, "limit", limit);
	int result = ask_server(ctl, &(struct request){.method = "GET", .path = path}, &reply);
	if (result == CTL_DONE && args->json)
		ask_print_json(ctl, &reply);
	else if (result == CTL_DONE)
		print_runs(ctl, reply.json);
	client_reply_free(&reply);
	free(path);
	free(limit);
	return result;
}

static const char *const parts[] = {"values", "catalog", "factors", "code_version"};
enum { PARTS = sizeof parts / sizeof parts[0] };

static size_t count_differences(struct json_object *diff)
{
	size_t n = 0;

	for (size_t i = 0; i < PARTS; i++)
		n += member_count(member_list(diff, parts[i]));
	return n;
}

static void print_differences(const struct ctl *ctl, struct json_object *diff)
{
	const char *const heads[] = {"PART", "NAME", ctl->args->operands[0], ctl->args->operands[1]};
	struct table *table = table_new(heads, 4);

	for (size_t i = 0; i < PARTS; i++) {
		struct json_object *list = member_list(diff, parts[i]);

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
	char *path = path_make("runs", ctl->args->operands[0], "diff", ctl->args->operands[1], NULL);
	struct reply reply;
	int result = ask_server(ctl, &(struct request){.method = "GET", .path = path}, &reply);

	if (result == CTL_DONE) {
		ctl->args->json ? ask_print_json(ctl, &reply) : print_differences(ctl, reply.json);
		if (count_differences(reply.json) > 0)
			result = CTL_REFUSED;
	}
	client_reply_free(&reply);
	free(path);
	return result;
}
