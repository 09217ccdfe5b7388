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
#include "fcgi/ctl/problem.h"
#include "fcgi/ctl/variable.h"

static size_t count(struct json_object *json)
{
	return member_count(member_list(json, "differences"));
}

static bool differs(struct json_object *json)
{
	return count(json) > 0;
}

/* The differences under the names of both sides. */
static void print_differences(const struct ctl *ctl, struct json_object *json)
{
	const char *left = member_text(json, "left", "?"), *right = member_text(json, "right", "?");

	listing_differences(member_list(json, "differences"), left, right, ctl->out);
	if (differs(json))
		fprintf(ctl->err, "%zu parameters differ\n", count(json));
	else
		fprintf(ctl->err, "%s and %s do not differ\n", left, right);
}

static void show_compared(const struct ctl *ctl, const struct reply *reply)
{
	print_differences(ctl, reply->json);
}

int noun_config_compare(const struct ctl *ctl)
{
	const char *const *env = ctl->args->operands;

	return ask_run(ctl, &(struct ask){
				    .path = path_make("config", env[0], "compare", env[1], NULL),
				    .show = show_compared,
				    .differs = differs,
			    });
}

static void add_difference(struct json_object *list, const char *name, const char *left, const char *right)
{
	struct json_object *item = mem_must(json_object_new_object());

	member_add_text(item, "name", name);
	member_add(item, "left", left == NULL ? NULL : mem_must(json_object_new_string(left)));
	member_add(item, "right", right == NULL ? NULL : mem_must(json_object_new_string(right)));
	member_append(list, item);
}

static bool is_other(const char *left, const char *right)
{
	return left == NULL || right == NULL ? left != right : strcmp(left, right) != 0;
}

/*
 * What is other in right, and what only right has; with both also what only left has. The caller must free it
 * with json_object_put().
 */
static struct json_object *find_differences(struct json_object *left, struct json_object *right, bool both)
{
	struct json_object *list = mem_must(json_object_new_array());

	json_object_object_foreach (right, name, value) {
		const char *l = member_text(left, name, NULL), *r = json_object_get_string(value);

		if (is_other(l, r))
			add_difference(list, name, l, r);
	}
	json_object_object_foreach (left, gone, old) {
		if (both && old != NULL && !json_object_object_get_ex(right, gone, NULL))
			add_difference(list, gone, json_object_get_string(old), NULL);
	}
	return list;
}

/* The values of a past version, into *values; the caller must free them with json_object_put(). */
static int read_values(const struct ctl *ctl, const char *version, struct json_object **values)
{
	struct reply reply;
	char *path = path_make("config", ctl->args->operands[0], NULL);
	int result = ask_get(ctl, path_with(path, "version", version), &reply);

	if (result == CTL_DONE)
		*values = json_object_get(member_object(reply.json, "values"));
	client_reply_free(&reply);
	return result;
}

/* Brings a file's values to canonical form, by the types of the catalog: two spellings are no difference. */
static int canonicalise(const struct ctl *ctl, struct json_object *values)
{
	struct reply reply;
	int result = ask_get(ctl, path_make("catalog", NULL), &reply);
	struct json_object *list = result == CTL_DONE ? member_list(reply.json, "variables") : NULL;

	for (size_t i = 0; i < member_count(list); i++) {
		struct json_object *variable = json_object_array_get_idx(list, i);
		const char *name = member_text(variable, "name", ""), *text = member_text(values, name, NULL);

		if (text != NULL) {
			char *canonical = variable_value(variable, text);

			member_add_text(values, name, canonical);
			free(canonical);
		}
	}
	client_reply_free(&reply);
	return result;
}

static int read_file(const struct ctl *ctl, const char *file, struct json_object **values)
{
	struct json_object *document = document_file(file, ctl->err);

	*values = json_object_get(member_object(document, "values"));
	json_object_put(document);
	if (document != NULL && *values == NULL)
		problem_say(&(struct problem){.what = "there is no object \"values\"",
					      .where = file,
					      .next = "take a file of cvnctl config export"},
			    ctl->err);
	return *values == NULL ? CTL_USAGE : canonicalise(ctl, *values);
}

/* {"left", "right", "differences"}, as of the comparison of two environments. */
static void print_diff(const struct ctl *ctl, struct json_object *json)
{
	if (ctl->args->json)
		fprintf(ctl->out, "%s\n",
			json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN |
								     JSON_C_TO_STRING_NOSLASHESCAPE));
	else
		print_differences(ctl, json);
}

/* What a file does not name is no difference: an import would leave it as it is. */
int noun_config_diff(const struct ctl *ctl)
{
	const struct args *args = ctl->args;
	const char *env = args->operands[0], *file = args->n > 1 ? args->operands[1] : NULL;

	if ((file == NULL) == (args->at == 0)) {
		problem_usage(ctl->err, args->command,
			      "it compares with a file or with --version N, one of them");
		return CTL_USAGE;
	}
	struct json_object *left = NULL, *right = NULL, *json = mem_must(json_object_new_object());
	char *version = mem_printf("%" PRId64, args->at), *name = mem_printf("%s@%s", env, version);
	int result = file == NULL ? read_values(ctl, version, &right) : read_file(ctl, file, &right);
	if (result == CTL_DONE)
		result = read_values(ctl, NULL, &left);
	if (result == CTL_DONE) {
		member_add_text(json, "left", env);
		member_add_text(json, "right", file == NULL ? name : file);
		member_add(json, "differences", find_differences(left, right, file == NULL));
		print_diff(ctl, json);
		result = differs(json) ? CTL_REFUSED : CTL_DONE;
	}
	free(name);
	free(version);
	json_object_put(json);
	json_object_put(right);
	json_object_put(left);
	return result;
}
