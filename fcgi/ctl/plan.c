#include "fcgi/ctl/plan.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>

#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/listing.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/table.h"

/* When a worker applies the parameter: at its next start, or at the boundary of its category. */
static void print_diff(const struct ctl *ctl, struct json_object *plan)
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

void plan_show(const struct ctl *ctl, const struct reply *reply)
{
	struct json_object *plan = reply->json, *errors = member_list(plan, "errors");
	size_t diffs = member_count(member_list(plan, "diff"));

	print_diff(ctl, plan);
	if (diffs > 0 && member_count(errors) > 0)
		putc('\n', ctl->out);
	listing_errors(errors, ctl->out, 0);
	fprintf(ctl->err, "%s at version %" PRId64 ": %zu changed, %zu refused, %s workers%s%s\n",
		member_text(plan, "environment", "?"), member_int(plan, "base_version", 0), diffs,
		member_count(errors), member_text(plan, "workers", "?"),
		member_true(plan, "needs_approval") ? ", needs approval" : "",
		member_true(plan, "frozen") ? ", frozen now" : "");
}

bool plan_differs(struct json_object *plan)
{
	return member_count(member_list(plan, "diff")) + member_count(member_list(plan, "errors")) > 0;
}
