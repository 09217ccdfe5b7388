#include <json-c/json.h>
#include <stdlib.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/ask.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/listing.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/noun.h"
#include "fcgi/ctl/path.h"

/* The flags that a reader should know of. The caller must free it with free(). */
static char *flags(struct json_object *variable)
{
	static const struct {
		const char *member, *word;
		bool when;
	} rows[] = {
		{"critical", "critical", true},
		{"required", "required", true},
		{"hot_reloadable", "at restart", false},
		{"deprecated", "deprecated", true},
		{"excluded_from_ftf", "no factor", true},
	};
	struct json_object *words = mem_must(json_object_new_array());

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (member_true(variable, rows[i].member) == rows[i].when)
			member_append_text(words, rows[i].word);
	}
	char *text = member_joined(words);
	json_object_put(words);
	return text;
}

static char *bounds(struct json_object *variable)
{
	const char *least = member_text(variable, "min_value", "");
	const char *most = member_text(variable, "max_value", "");

	if (member_list(variable, "allowed_values") != NULL)
		return member_joined(member_list(variable, "allowed_values"));
	return mem_printf("%s%s%s", least, *least == '\0' && *most == '\0' ? "" : " .. ", most);
}

static void show_list(const struct ctl *ctl, const struct reply *reply)
{
	static const struct listing_column columns[] = {
		{"PARAMETER", "name", "", NULL},
		{"TYPE", "type", "", NULL},
		{"CATEGORY", "category", "", NULL},
		{"DEFAULT", "default_value", "-", NULL},
		{"VALUES", NULL, NULL, bounds},
		{"UNIT", "unit", "", NULL},
		{"FLAGS", NULL, NULL, flags},
	};

	listing_page(ctl,
		     &(struct listing){.member = "variables",
				       .empty = "the catalog is empty",
				       .columns = columns,
				       .n = sizeof columns / sizeof columns[0]},
		     reply->json);
	fprintf(ctl->err, "catalog version %s\n", member_text(reply->json, "catalog_version", "?"));
}

int noun_catalog_list(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){.path = path_make("catalog", NULL), .show = show_list});
}

static void show_variable(const struct ctl *ctl, const struct reply *reply)
{
	static const struct listing_column rows[] = {
		{"parameter", "name", "", NULL},
		{"description", "description", "", NULL},
		{"type", "type", "", NULL},
		{"category", "category", "", NULL},
		{"group", "group_name", "", NULL},
		{"unit", "unit", "", NULL},
		{"default", "default_value", "-", NULL},
		{"values", NULL, NULL, bounds},
		{"flags", NULL, NULL, flags},
		{"version", "version", "", NULL},
		{"updated", "updated_at", "", NULL},
		{"updated by", "updated_by", "", NULL},
	};

	listing_object(reply->json, rows, sizeof rows / sizeof rows[0], ctl->out);
}

int noun_catalog_show(const struct ctl *ctl)
{
	return ask_run(ctl, &(struct ask){.path = path_make("catalog", ctl->args->operands[0], NULL),
					  .show = show_variable});
}
