#include "fcgi/ctl/ask.h"

#include <json-c/json.h>
#include <string.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/problem.h"

int ask_quietly(const struct ctl *ctl, const struct request *request, struct reply *reply)
{
	if (!client_call(ctl->client, request, reply))
		return CTL_LINK;
	return reply->status / 100 == 2 && json_object_is_type(reply->json, json_type_object) ? CTL_DONE
											      : CTL_REFUSED;
}

/* The body as it came, but for the line ends, which would make several lines of one object. */
static void print_body(const struct reply *reply, FILE *f)
{
	for (size_t i = 0; i < reply->n; i++) {
		if (reply->body[i] != '\n' && reply->body[i] != '\r')
			putc(reply->body[i], f);
	}
	putc('\n', f);
}

static void explain_silence(const struct ctl *ctl, const struct request *request, const struct reply *reply)
{
	fprintf(ctl->err, "cvnctl: no answer from %s: %s\n", client_url(ctl->client),
		client_why(ctl->client));
	if (strcmp(request->method, "GET") != 0)
		fprintf(ctl->err,
			"  whether it was written is not known; the history has it under request %s if so\n",
			reply->request_id);
}

void ask_explain(const struct ctl *ctl, const struct request *request, const struct reply *reply, int judged)
{
	if (judged == CTL_DONE)
		return;
	if (judged == CTL_LINK)
		explain_silence(ctl, request, reply);
	else if (reply->status / 100 == 2)
		fprintf(ctl->err,
			"cvnctl: the answer of %s is not the API's; is --url the console's address?\n",
			client_url(ctl->client));
	else if (ctl->args->json && reply->json != NULL)
		print_body(reply, ctl->err);
	else
		problem_print(reply, ctl->err);
}

int ask_server(const struct ctl *ctl, const struct request *request, struct reply *reply)
{
	int judged = ask_quietly(ctl, request, reply);

	ask_explain(ctl, request, reply, judged);
	return judged;
}

void ask_print_json(const struct ctl *ctl, const struct reply *reply)
{
	print_body(reply, ctl->out);
}
