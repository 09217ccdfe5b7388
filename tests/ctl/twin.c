#include "tests/ctl/twin.h"

#include <check.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/client.h"
#include "fcgi/ctl/mem.h"

struct client {
	const struct twin_turn *turns;
	size_t n, taken;
	unsigned paused_ms;
};

struct client *twin_new(const struct twin_turn *turns, size_t n)
{
	struct client *client = mem_must(calloc(1, sizeof *client));

	client->turns = turns;
	client->n = n;
	return client;
}

void client_free(struct client *client)
{
	free(client);
}

size_t twin_taken(const struct client *client)
{
	return client->taken;
}

unsigned twin_paused_ms(const struct client *client)
{
	return client->paused_ms;
}

const char *client_why(const struct client *client)
{
	(void)client;
	return "the twin is silent";
}

const char *client_url(const struct client *client)
{
	(void)client;
	return "http://twin";
}

void client_pause(struct client *client, unsigned ms)
{
	client->paused_ms += ms;
}

static void compare(const char *wanted, const char *got)
{
	if (wanted != NULL)
		ck_assert_pstr_eq(got, wanted);
}

bool client_call(struct client *client, const struct request *request, struct reply *reply)
{
	ck_assert_msg(client->taken < client->n, "one request too many: %s %s", request->method,
		      request->path);
	const struct twin_turn *turn = &client->turns[client->taken++];

	compare(turn->method, request->method);
	compare(turn->path, request->path);
	compare(turn->if_match, request->if_none_match != NULL ? "new" : request->if_match);
	compare(turn->body, request->body == NULL
				    ? NULL
				    : json_object_to_json_string_ext(request->body, JSON_C_TO_STRING_PLAIN));
	*reply = (struct reply){.retry_after_s = turn->retry_after_s, .sent = turn->status != TWIN_UNSENT};
	snprintf(reply->request_id, sizeof reply->request_id, "twin-%zu", client->taken);
	if (turn->status <= 0)
		return false;
	reply->status = turn->status;
	reply->body = mem_must(strdup(turn->answer));
	reply->n = strlen(reply->body);
	reply->json = json_tokener_parse(reply->body);
	return true;
}

void client_reply_free(struct reply *reply)
{
	json_object_put(reply->json);
	free(reply->body);
	*reply = (struct reply){0};
}
