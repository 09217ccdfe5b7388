#include <json-c/json.h>
#include <stdlib.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/ask.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/document.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/noun.h"
#include "fcgi/ctl/path.h"
#include "fcgi/ctl/problem.h"
#include "fcgi/ctl/table.h"
#include "fcgi/ctl/variable.h"

/* What the files want, against what there is. */
struct apply {
	const struct ctl *ctl;
	struct json_object *wanted;  /* {NAME: definition}, in the order of the files */
	struct json_object *current; /* {NAME: definition}, of the server; its members are of the answer */
	struct table *table;         /* what was, or would be, done */
	size_t created, replaced, same;
};

static bool wrong(const struct apply *apply, const char *what, const char *name, const char *file)
{
	char *where = mem_printf("%s%s%s", file, *name == '\0' ? "" : ", ", name);

	problem_say(&(struct problem){.what = what, .where = where,
				      .next = "correct the file; nothing was sent"},
		    apply->ctl->err);
	free(where);
	return false;
}

/* Takes one definition of a file. */
static bool take_variable(struct apply *apply, struct json_object *variable, const char *file)
{
	const char *name = member_text(variable, "name", "");

	if (!json_object_is_type(variable, json_type_object) || *name == '\0')
		return wrong(apply, "a definition has no name", "", file);
	if (json_object_object_get_ex(apply->wanted, name, NULL))
		return wrong(apply, "a parameter is defined twice", name, file);
	const char *unknown = variable_unknown_member(variable);
	if (unknown != NULL) {
		char *what = mem_printf("a definition has no member '%s'", unknown);

		wrong(apply, what, name, file);
		free(what);
		return false;
	}
	member_add(apply->wanted, name, json_object_get(variable));
	return true;
}

static bool read_file(struct apply *apply, const char *file)
{
	struct json_object *document = document_file(file, apply->ctl->err),
			   *list = member_list(document, "variables");
	bool good = document != NULL;

	if (good && list == NULL)
		good = wrong(apply, "there is no list \"variables\"", "", file);
	for (size_t i = 0; good && i < member_count(list); i++)
		good = take_variable(apply, json_object_array_get_idx(list, i), file);
	json_object_put(document);
	return good;
}

static bool read_files(struct apply *apply)
{
	for (size_t i = 0; i < apply->ctl->args->n; i++) {
		if (!read_file(apply, apply->ctl->args->operands[i]))
			return false;
	}
	return true;
}

static int read_current(struct apply *apply)
{
	struct reply reply;
	int result = ask_get(apply->ctl, path_make("catalog", NULL), &reply);
	struct json_object *list = result == CTL_DONE ? member_list(reply.json, "variables") : NULL;

	for (size_t i = 0; i < member_count(list); i++) {
		struct json_object *variable = json_object_array_get_idx(list, i);

		member_add(apply->current, member_text(variable, "name", ""), json_object_get(variable));
	}
	client_reply_free(&reply);
	return result;
}

/* Of one that is written, without --json: nothing, since the table tells all of them at the end. */
static void show_nothing(const struct ctl *ctl, const struct reply *reply)
{
	(void)ctl;
	(void)reply;
}

/* Writes one definition over current, or where that is NULL, as a new one. */
static int put(const struct apply *apply, const char *name, struct json_object *whole,
	       struct json_object *current)
{
	const char *reason = member_text(member_object(apply->wanted, name), "reason",
					 apply->ctl->args->reason);
	struct json_object *body = json_object_get(whole);

	if (reason != NULL)
		member_add_text(body, "reason", reason);
	return ask_run(apply->ctl, &(struct ask){
					   .method = "PUT",
					   .path = path_make("catalog", name, NULL),
					   .body = body,
					   .when = current == NULL ? ASK_IF_NEW : ASK_ON_VERSION,
					   .version = member_int(current, "version", 0),
					   .show = show_nothing,
				   });
}

/* What a dry run says of one definition with --json. */
static void print_planned(const struct apply *apply, const char *name, const char *action,
			  struct json_object *differences)
{
	struct json_object *json = mem_must(json_object_new_object());

	member_add_text(json, "name", name);
	member_add_text(json, "action", action);
	member_add(json, "differences", json_object_get(differences));
	fprintf(apply->ctl->out, "%s\n",
		json_object_to_json_string_ext(json,
					       JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
}

static void add_rows(struct apply *apply, const char *name, const char *action,
		     struct json_object *differences)
{
	for (size_t i = 0; i < member_count(differences); i++) {
		struct json_object *item = json_object_array_get_idx(differences, i);

		table_row(apply->table, (const char *const[]){name, action, member_text(item, "name", ""),
							      member_text(item, "left", "-"),
							      member_text(item, "right", "-")});
	}
}

/* Does for one definition what is to be done. */
static int apply_variable(struct apply *apply, const char *name, struct json_object *wanted)
{
	struct json_object *current = member_object(apply->current, name), *whole = variable_whole(wanted),
			   *old = variable_whole(current), *differences = variable_differences(old, whole);
	const char *action = current == NULL ? "create" : "replace";
	bool dry = apply->ctl->args->dry_run, differs = current == NULL || member_count(differences) > 0;
	int result = CTL_DONE;

	if (differs && dry && apply->ctl->args->json)
		print_planned(apply, name, action, differences);
	else if (differs && !dry)
		result = put(apply, name, whole, current);
	if (differs && result == CTL_DONE)
		add_rows(apply, name, action, differences);
	if (result == CTL_DONE)
		++*(!differs ? &apply->same : current == NULL ? &apply->created : &apply->replaced);
	json_object_put(differences);
	json_object_put(old);
	json_object_put(whole);
	return result;
}

/* In the order of the files, up to the first that is refused. */
static int apply_all(struct apply *apply)
{
	json_object_object_foreach (apply->wanted, name, wanted) {
		int result = apply_variable(apply, name, wanted);

		if (result != CTL_DONE)
			return result;
	}
	return CTL_DONE;
}

static void print_done(const struct apply *apply)
{
	const struct ctl *ctl = apply->ctl;
	size_t all = (size_t)json_object_object_length(apply->wanted),
	       left = all - apply->created - apply->replaced - apply->same;
	const char *would = ctl->args->dry_run ? "to be " : "";

	if (!ctl->args->json && table_count(apply->table) > 0)
		table_print(apply->table, ctl->out, 0);
	fprintf(ctl->err, "%zu %screated, %zu %sreplaced, %zu as they were", apply->created, would,
		apply->replaced, would, apply->same);
	fprintf(ctl->err, left > 0 ? ", %zu not done\n" : "\n", left);
}

int noun_catalog_apply(const struct ctl *ctl)
{
	static const char *const heads[] = {"PARAMETER", "ACTION", "MEMBER", "OLD", "NEW"};
	struct apply apply = {.ctl = ctl,
			      .wanted = mem_must(json_object_new_object()),
			      .current = mem_must(json_object_new_object()),
			      .table = table_new(heads, 5)};
	int result = read_files(&apply) ? read_current(&apply) : CTL_USAGE;

	if (result == CTL_DONE) {
		result = apply_all(&apply);
		print_done(&apply);
	}
	if (result == CTL_DONE && ctl->args->dry_run && apply.created + apply.replaced > 0)
		result = CTL_REFUSED;
	table_free(apply.table);
	json_object_put(apply.current);
	json_object_put(apply.wanted);
	return result;
}
