#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/ask.h"
#include "fcgi/ctl/change_set.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/document.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/noun.h"
#include "fcgi/ctl/path.h"
#include "fcgi/ctl/plan.h"
#include "fcgi/ctl/problem.h"

/* With --json as it came; otherwise with a line for each value, as people edit and compare it. */
static bool write_document(const struct ctl *ctl, const struct reply *reply, FILE *f)
{
	if (ctl->args->json)
		fwrite(reply->body, 1, reply->n, f);
	else
		fputs(json_object_to_json_string_ext(reply->json, JSON_C_TO_STRING_PRETTY |
									  JSON_C_TO_STRING_SPACED |
									  JSON_C_TO_STRING_NOSLASHESCAPE),
		      f);
	putc('\n', f);
	return ferror(f) == 0;
}

/* Under another name first, so that a file is never there in part. */
static bool write_file(const struct ctl *ctl, const struct reply *reply, const char *path)
{
	char *part = mem_printf("%s.%ld.part", path, (long)getpid());
	FILE *f = fopen(part, "wxe");
	bool good = f != NULL && write_document(ctl, reply, f) && fflush(f) == 0 && fsync(fileno(f)) == 0;

	if (f != NULL)
		good = fclose(f) == 0 && good;
	good = good && rename(part, path) == 0;
	if (!good) {
		problem_say(&(struct problem){.what = "the file cannot be written",
					      .detail = strerror(errno),
					      .where = path,
					      .next = "choose another place for --output"},
			    ctl->err);
		unlink(part);
	}
	free(part);
	return good;
}

int noun_config_export(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	struct reply reply;
	int result = ask_get(ctl, args_filtered(args, path_make("config", args->operands[0], "export", NULL)),
			     &reply);
	bool asked = result == CTL_DONE;

	if (asked && args->output == NULL)
		write_document(ctl, &reply, ctl->out);
	else if (asked && !write_file(ctl, &reply, args->output))
		result = CTL_REFUSED;
	if (result == CTL_DONE)
		fprintf(ctl->err, "%s, version %" PRId64 "\n", args->operands[0],
			member_int(reply.json, "version", 0));
	client_reply_free(&reply);
	return result;
}

/* Sends what becomes a change set, or with --dry-run a plan. */
static int send(const struct ctl *ctl, const char *verb, struct json_object *body_take, int64_t version)
{
	bool dry = ctl->args->dry_run;

	member_add_text(body_take, "reason", ctl->args->reason);
	if (dry)
		member_add(body_take, "dry_run", mem_must(json_object_new_boolean(true)));
	return ask_run(ctl, &(struct ask){
				    .method = "POST",
				    .path = path_make("config", ctl->args->operands[0], verb, NULL),
				    .body = body_take,
				    .when = ASK_ON_VERSION,
				    .version = version,
				    .show = dry ? plan_show : change_set_told,
				    .differs = dry ? plan_differs : NULL,
			    });
}

/*
 * A document of the environment itself is a base: what was saved after it was exported would be lost without
 * a word. A dry run loses nothing, and shows the difference to whatever is current.
 */
static int64_t base_version(const struct args *args, struct json_object *document)
{
	if (args->if_version > 0 || args->dry_run ||
	    strcmp(member_text(document, "environment", ""), args->operands[0]) != 0)
		return args->if_version;
	return member_int(document, "version", 0);
}

int noun_config_import(const struct ctl *ctl)
{
	struct json_object *document = document_file(ctl->args->operands[1], ctl->err);

	if (document == NULL)
		return CTL_USAGE;
	return send(ctl, "import", document, base_version(ctl->args, document));
}

int noun_config_promote(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	struct json_object *body = mem_must(json_object_new_object());
	struct json_object *names = mem_must(json_object_new_array());

	member_add_text(body, "from", args->from);
	for (size_t i = 1; i < args->n; i++)
		member_append_text(names, args->operands[i]);
	if (args->n > 1)
		member_add(body, "names", json_object_get(names));
	json_object_put(names);
	return send(ctl, "promote", body, args->if_version);
}
