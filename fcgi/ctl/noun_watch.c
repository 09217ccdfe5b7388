#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/ask.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/noun.h"
#include "fcgi/ctl/path.h"
#include "fcgi/ctl/table.h"

enum { WAIT_S = 25, GRACE_S = 15, PAUSE_MIN_MS = 500, PAUSE_MAX_MS = 10000, ASKED_MAX_S = 300 };

struct watch {
	const struct ctl *ctl;
	char *cursor; /* NULL before the first answer */
	int64_t seen;
	unsigned pause_ms; /* 0 while the link is good */
};

/* TYPE ENVIRONMENT, then every other member as name=value. */
static void print_event(const struct ctl *ctl, struct json_object *event)
{
	if (ctl->args->json) {
		fprintf(ctl->out, "%s\n",
			json_object_to_json_string_ext(event, JSON_C_TO_STRING_PLAIN |
								      JSON_C_TO_STRING_NOSLASHESCAPE));
		return;
	}
	table_text(member_text(event, "type", "?"), ctl->out);
	putc(' ', ctl->out);
	table_text(member_text(event, "environment", "*"), ctl->out);
	json_object_object_foreach (event, name, value) {
		if (strcmp(name, "type") == 0 || strcmp(name, "environment") == 0 ||
		    strcmp(name, "cursor") == 0)
			continue;
		fprintf(ctl->out, " %s=", name);
		table_text(value == NULL ? "null" : json_object_get_string(value), ctl->out);
	}
	putc('\n', ctl->out);
}

/* Prints the events, as many as --count leaves. */
static void print_events(struct watch *watch, struct json_object *events)
{
	int64_t limit = watch->ctl->args->count;

	for (size_t i = 0; i < member_count(events) && (limit == 0 || watch->seen < limit); i++) {
		print_event(watch->ctl, json_object_array_get_idx(events, i));
		watch->seen++;
	}
	fflush(watch->ctl->out);
}

/* Takes a good answer: its cursor is where the next question starts. */
static void take_answer(struct watch *watch, struct json_object *json)
{
	const struct ctl *ctl = watch->ctl;
	const char *cursor = member_text(json, "cursor", NULL);
	bool first = watch->cursor == NULL, reset = member_true(json, "reset");

	if (first)
		fprintf(ctl->err, "watching %s\n",
			ctl->args->n > 0 ? ctl->args->operands[0] : "every environment");
	else if (reset)
		fputs("cvnctl: the notifier started anew: events may have been missed; going on from now\n",
		      ctl->err);
	else if (watch->pause_ms > 0)
		fputs("cvnctl: connected again\n", ctl->err);
	if (cursor != NULL) {
		free(watch->cursor);
		watch->cursor = mem_must(strdup(cursor));
	}
	print_events(watch, member_list(json, "events"));
	watch->pause_ms = 0;
	if (!first && reset) /* two notifiers that take turns must not make this loop spin */
		client_pause(ctl->client, PAUSE_MIN_MS);
}

/* Whether asking again can help: no answer, or one that says "later". */
static bool passes(const struct reply *reply, int judged)
{
	return judged == CTL_LINK || reply->status == 429 || reply->status >= 500;
}

/* Waits before the next try, longer each time; says so the first time. */
static void wait_for_link(struct watch *watch, const struct request *request, const struct reply *reply,
			  int judged)
{
	long asked_s = reply->retry_after_s < ASKED_MAX_S ? reply->retry_after_s : ASKED_MAX_S;
	unsigned asked_ms = (unsigned)asked_s * 2000; /* of which client_pause() waits at least half */

	if (watch->pause_ms == 0) {
		ask_explain(watch->ctl, request, reply, judged);
		fputs("cvnctl: trying again until it answers\n", watch->ctl->err);
	}
	watch->pause_ms = watch->pause_ms == 0 ? PAUSE_MIN_MS : 2 * watch->pause_ms;
	if (watch->pause_ms > PAUSE_MAX_MS)
		watch->pause_ms = PAUSE_MAX_MS;
	client_pause(watch->ctl->client, asked_ms > watch->pause_ms ? asked_ms : watch->pause_ms);
}

/*
 * One question and its answer. CTL_DONE: go on. The first question must be answered; later ones are asked
 * again.
 */
static int watch_once(struct watch *watch)
{
	const struct ctl *ctl = watch->ctl;
	char *path = path_with(path_make("events", NULL), "environment",
			       ctl->args->n > 0 ? ctl->args->operands[0] : NULL);
	struct reply reply;

	path = path_with(path, "after", watch->cursor);
	char *wait = mem_printf("%d", WAIT_S);
	path = path_with(path, "wait", wait);
	struct request request = {.method = "GET", .path = path, .timeout_s = WAIT_S + GRACE_S};
	int result = ask_quietly(ctl, &request, &reply);
	if (result == CTL_DONE) {
		take_answer(watch, reply.json);
	} else if (watch->cursor != NULL && passes(&reply, result)) {
		wait_for_link(watch, &request, &reply, result);
		result = CTL_DONE;
	} else {
		ask_explain(ctl, &request, &reply, result);
	}
	client_reply_free(&reply);
	free(wait);
	free(path);
	return result;
}

/* Of an environment that is not there nothing would ever be told. */
static int look_for(const struct ctl *ctl, const char *environment)
{
	struct reply reply;
	int result = ask_get(ctl, path_make("config", environment, NULL), &reply);

	client_reply_free(&reply);
	return result;
}

int noun_watch(const struct ctl *ctl)
{
	struct watch watch = {.ctl = ctl};
	int result = ctl->args->n > 0 ? look_for(ctl, ctl->args->operands[0]) : CTL_DONE;

	while (result == CTL_DONE && !ferror(ctl->out) &&
	       (ctl->args->count == 0 || watch.seen < ctl->args->count))
		result = watch_once(&watch);
	free(watch.cursor);
	return result;
}
