#include "fcgi/ctl/problem.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/client.h"
#include "fcgi/ctl/listing.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/table.h"

/* What to do about a refusal, by the code of the core's registry. */
static const struct {
	const char *code, *next;
} nexts[] = {
	{"unauthenticated", "say who asks: CVN_TOKEN, or CVN_LOGIN with CVN_PASSWORD_FILE"},
	{"forbidden", "ask somebody whose role allows it"},
	{"critical_requires_approval",
	 "leave the critical parameters out (`cvnctl config plan` names them): they change by an approved "
	 "change set"},
	{"frozen", "wait for the end of the freeze window"},
	{"locked", "ask the holder of the lock to release it"},
	{"invalid", "correct these values; nothing was written"},
	{"no_change", "nothing was written: the values are what was asked for"},
	{"too_many_requests", "wait, then check the credentials"},
	{"unavailable", "try again"},
};

static void print_next(const struct reply *reply, const char *code, FILE *f)
{
	int64_t current = member_int(reply->json, "current_version", 0);

	if (strcmp(code, "stale") == 0 && current > 0)
		fprintf(f,
			"  next: version %" PRId64
			" was saved meanwhile; if this is still what you want, repeat with "
			"--if-version %" PRId64 "\n",
			current, current);
	for (size_t i = 0; i < sizeof nexts / sizeof nexts[0]; i++) {
		if (strcmp(code, nexts[i].code) == 0)
			fprintf(f, "  next: %s\n", nexts[i].next);
	}
	if (reply->retry_after_s > 0)
		fprintf(f, "  not before %ld s from now\n", reply->retry_after_s);
}

static void print_line(const char *before, const char *text, FILE *f)
{
	if (*text == '\0')
		return;
	fputs(before, f);
	table_text(text, f);
	putc('\n', f);
}

void problem_print(const struct reply *reply, FILE *f)
{
	struct json_object *json = reply->json;
	const char *title = member_text(json, "title", "the server refused, without a reason");
	const char *code = member_text(json, "code", ""), *detail = member_text(json, "detail", "");
	char *head = mem_printf("%s (%ld%s%s)", title, reply->status, *code == '\0' ? "" : " ", code);

	print_line("cvnctl: ", head, f);
	print_line("  ", strcmp(detail, title) == 0 ? "" : detail, f);
	listing_errors(member_list(json, "errors"), f, 2);
	listing_diff(member_list(json, "diff"), f, 2);
	print_next(reply, code, f);
	print_line("  request: ", member_text(json, "instance", reply->request_id), f);
	free(head);
}
