#include "fcgi/ctl/ask.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/listing.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/problem.h"
#include "fcgi/ctl/recheck.h"

int ask_quietly(const struct ctl *ctl, const struct request *request, struct reply *reply)
{
	if (!client_call(ctl->client, request, reply))
		return CTL_LINK;
	if (reply->status == 204)
		return CTL_DONE;
	return reply->status / 100 == 2 && json_object_is_type(reply->json, json_type_object) ? CTL_DONE
											      : CTL_REFUSED;
}

/* The body as it came, but for the line ends, which would make several lines of one object. */
static void print_body(const struct reply *reply, FILE *f)
{
	if (reply->n == 0)
		return;
	for (size_t i = 0; i < reply->n; i++) {
		if (reply->body[i] != '\n' && reply->body[i] != '\r')
			putc(reply->body[i], f);
	}
	putc('\n', f);
}

/* Whether something may have been written although no answer says so. */
static bool is_open(const struct ctl *ctl, const struct request *request, const struct reply *reply)
{
	return strcmp(request->method, "GET") != 0 && ctl->args->command->recheck != RECHECK_NOTHING &&
	       !ctl->args->dry_run && reply->sent && (reply->status == 0 || reply->status >= 500);
}

static void explain_silence(const struct ctl *ctl, const struct request *request, const struct reply *reply,
			    const char *next)
{
	char *what = mem_printf("no answer: %s", client_why(ctl->client)),
	     *where = mem_printf("%s %s%s", request->method, client_url(ctl->client), request->path);

	problem_say(&(struct problem){.what = what,
				      .detail = next == NULL ? "nothing was written"
							     : "it is not known whether this was written",
				      .where = where,
				      .next = next != NULL ? next
							   : "check --url (CVN_URL),"
							     " and that the server runs",
				      .request_id = reply->request_id},
		    ctl->err);
	free(where);
	free(what);
}

void ask_explain(const struct ctl *ctl, const struct request *request, const struct reply *reply, int judged)
{
	char *next = is_open(ctl, request, reply) ? recheck_next(ctl->args, reply->request_id) : NULL;

	if (judged == CTL_LINK)
		explain_silence(ctl, request, reply, next);
	else if (judged == CTL_REFUSED && reply->status / 100 == 2)
		problem_say(&(struct problem){.what = "the answer is not the API's",
					      .where = client_url(ctl->client),
					      .next = "is --url the console's address?"},
			    ctl->err);
	else if (judged == CTL_REFUSED && ctl->args->json && reply->json != NULL)
		print_body(reply, ctl->err);
	else if (judged == CTL_REFUSED)
		problem_print(request, reply, next, ctl->err);
	free(next);
}

static int ask_aloud(const struct ctl *ctl, const struct request *request, struct reply *reply)
{
	int judged = ask_quietly(ctl, request, reply);

	ask_explain(ctl, request, reply, judged);
	return judged;
}

int ask_get(const struct ctl *ctl, char *path_take, struct reply *reply)
{
	int judged = ask_aloud(ctl, &(struct request){.method = "GET", .path = path_take}, reply);

	free(path_take);
	return judged;
}

static void print_answer(const struct ctl *ctl, const struct ask *ask, const struct reply *reply)
{
	if (ctl->args->json)
		print_body(reply, ctl->out);
	else if (ask->list != NULL)
		listing_page(ctl, ask->list, reply->json);
	else
		ask->show(ctl, reply);
}

int ask_run(const struct ctl *ctl, const struct ask *ask)
{
	char *match = ask->version > 0 ? mem_printf("\"%" PRId64 "\"", ask->version) : mem_printf("*");
	const struct request request = {
		.method = ask->method == NULL ? "GET" : ask->method,
		.path = ask->path,
		.body = ask->body,
		.if_match = ask->when == ASK_ON_VERSION ? match : NULL,
		.if_none_match = ask->when == ASK_IF_NEW ? "*" : NULL,
	};
	struct reply reply;
	int result = ask_aloud(ctl, &request, &reply);

	if (result == CTL_DONE)
		print_answer(ctl, ask, &reply);
	if (result == CTL_DONE && ask->differs != NULL && ask->differs(reply.json))
		result = CTL_REFUSED;
	client_reply_free(&reply);
	json_object_put(ask->body);
	free(ask->path);
	free(match);
	return result;
}
