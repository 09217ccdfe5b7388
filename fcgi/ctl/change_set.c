#include "fcgi/ctl/change_set.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/listing.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"

/* "LOGIN at TIME" of two members; "" where there is none. The caller must free it with free(). */
static char *by_at(struct json_object *set, const char *by, const char *at)
{
	const char *login = member_text(set, by, ""), *time = member_text(set, at, "");

	return mem_printf("%s%s%s", login, *login == '\0' || *time == '\0' ? "" : " at ", time);
}

static char *created(struct json_object *set)
{
	return by_at(set, "created_by", "created_at");
}

static char *decided(struct json_object *set)
{
	return by_at(set, "decided_by", "decided_at");
}

static char *propagation(struct json_object *set)
{
	struct json_object *p = member_object(set, "propagation");

	if (p == NULL)
		return mem_printf("%s", "");
	return mem_printf("%s, %s of %s workers", member_text(p, "state", "?"),
			  member_text(p, "applied", "?"), member_text(p, "total", "?"));
}

static char *event_detail(struct json_object *event)
{
	struct json_object *detail = member_object(event, "detail");
	const char *text = "";

	if (detail != NULL)
		text = json_object_to_json_string_ext(detail, JSON_C_TO_STRING_PLAIN);
	return mem_printf("%s", text);
}

#define COUNT(rows) (sizeof rows / sizeof rows[0])

static const struct listing_column head[] = {
	{"change", "id", "", NULL},
	{"environment", "environment", "", NULL},
	{"kind", "kind", "", NULL},
	{"state", "state", "", NULL},
	{"reason", "reason", "", NULL},
	{"created by", NULL, NULL, created},
	{"edited by", "edited_by", "", NULL},
	{"based on", "base_version", "", NULL},
	{"hash", "content_hash", "", NULL},
	{"decided by", NULL, NULL, decided},
	{"comment", "comment", "", NULL},
	{"version", "version", "", NULL},
	{"propagation", NULL, NULL, propagation},
};

static const struct listing_column events[] = {
	{"AT", "at", "-", NULL},
	{"EVENT", "event", "-", NULL},
	{"BY", "actor", "-", NULL},
	{"DETAIL", NULL, NULL, event_detail},
};

static void print_diff(struct json_object *set, FILE *f)
{
	putc('\n', f);
	if (listing_diff(member_list(set, "diff"), f, 0) == 0)
		fputs("it changes nothing\n", f);
}

void change_set_show(const struct ctl *ctl, const struct reply *reply)
{
	struct json_object *list = member_list(reply->json, "events");

	listing_object(reply->json, head, COUNT(head), ctl->out);
	print_diff(reply->json, ctl->out);
	if (member_count(list) > 0)
		putc('\n', ctl->out);
	listing_print(list, events, COUNT(events), ctl->out, 0);
}

void change_set_content(struct json_object *set, FILE *f)
{
	static const struct listing_column bound[] = {
		{"change", "id", "", NULL},
		{"environment", "environment", "", NULL},
		{"created by", NULL, NULL, created},
		{"edited by", "edited_by", "", NULL},
		{"state", "state", "", NULL},
		{"reason", "reason", "", NULL},
		{"hash", "content_hash", "", NULL},
	};

	listing_object(set, bound, COUNT(bound), f);
	print_diff(set, f);
}

void change_set_told(const struct ctl *ctl, const struct reply *reply)
{
	struct json_object *set = reply->json;
	const char *id = member_text(set, "id", "?"), *state = member_text(set, "state", "?"),
		   *environment = member_text(set, "environment", "?");

	listing_diff(member_list(set, "diff"), ctl->out, 0);
	if (strcmp(state, "active") == 0)
		fprintf(ctl->err, "%s is at version %" PRId64 " (change %s)\n", environment,
			member_int(set, "version", 0), id);
	else
		fprintf(ctl->err, "change %s of %s is %s\n", id, environment, state);
	if (strcmp(state, "draft") == 0)
		fprintf(ctl->err, "submit it with: cvnctl change submit %s\n", id);
	if (strcmp(state, "pending_approval") == 0)
		fprintf(ctl->err, "somebody else approves it with: cvnctl change approve %s --hash %s\n", id,
			member_text(set, "content_hash", "?"));
}
