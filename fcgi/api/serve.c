#include "fcgi/api/serve.h"

#include <string.h>

#include "fcgi/api/auth.h"
#include "fcgi/api/header.h"
#include "fcgi/api/origin.h"
#include "fcgi/api/route.h"
#include "fcgi/api/server.h"
#include "fcgi/api/transport.h"
#include "fcgi/ops/ops.h"
#include "fcgi/proc/stats.h"

size_t serve_route_names(const char *names[], size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < route_count() && n + 1 < room; i++) {
		size_t j = 0;
		while (j < n && strcmp(names[j], route_table[i].pattern) != 0)
			j++;
		if (j == n)
			names[n++] = route_table[i].pattern;
	}
	names[n++] = "other";
	return n;
}

void serve_route_places(unsigned places[], size_t room)
{
	const char *names[SERVE_ROUTES];
	size_t n = serve_route_names(names, SERVE_ROUTES);

	for (size_t row = 0; row < route_count() + 1 && row < room; row++) {
		places[row] = 0;
		while (places[row] < n - 1 &&
		       (row == route_count() || strcmp(names[places[row]], route_table[row].pattern) != 0))
			places[row]++;
	}
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

/* What it is. */
static enum code receive(struct request *request, const struct transport *transport,
			 struct reply *reply)
{
	char allow[ROUTE_ALLOW_MAX];
	enum code code = request_start(request, transport, &reply->error);

	if (code == CODE_OK)
		code = route_find(request, allow, &reply->error);
	if (code == CODE_METHOD_NOT_ALLOWED)
		reply_header(reply, "Allow", allow);
	return code;
}

/* In order: whether it may, what it brings, and then what it is for. */
static enum code answer(const struct server *server, struct request *request, struct reply *reply)
{
	struct error *error = &reply->error;
	enum code code = CODE_OK;

	/* 1. Whether it may. */
	if (request->method != METHOD_GET && !origin_is_ours(request->transport, server->origins))
		code = code_error(error, CODE_CROSS_SITE,
				  "the Origin or Sec-Fetch-Site of the request is not this site's", NULL);
	if (code == CODE_OK)
		code = auth_identify(server->ops, request, error);
	if (code == CODE_OK)
		code = route_admit(request, error);

	/* 2. What it brings. */
	if (code == CODE_OK)
		code = route_check_query(request, error);
	if (code == CODE_OK)
		code = request_read_body(request, error);

	/* 3. What it is for. */
	return code == CODE_OK ? request->route->handler(server, request, reply) : code;
}

static void tell(const struct server *server, const struct request *request, const struct reply *reply,
		 enum code code, double seconds)
{
	int64_t status = reply->status, microseconds = (int64_t)(seconds * 1e6);
	const char *login = request->who.login[0] == '\0' ? NULL : request->who.login;
	bool trouble = code == CODE_UNAVAILABLE || code == CODE_INTERNAL;

	log_line(server->log, trouble ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "request",
		 (const struct log_member[]){
			 {.name = "request_id", .text = request->id},
			 {.name = "method", .text = request->method_name},
			 {.name = "route",
			  .text = request->route == NULL ? "other" : request->route->pattern},
			 {.name = "status", .number = &status},
			 {.name = "microseconds", .number = &microseconds},
			 {.name = "document", .text = reply->source},
			 {.name = "login", .text = login},
			 {.name = "address", .text = request->address},
			 {.name = "code", .text = code == CODE_OK ? NULL : code_name(code)},
			 {.name = "trouble", .text = trouble ? ops_trouble(server->ops) : NULL},
			 {.name = NULL},
		 });
}

static void count(const struct server *server, const struct request *request, const struct reply *reply,
		  double seconds)
{
	size_t row = request->route == NULL ? route_count() : (size_t)(request->route - route_table);

	if (server->stats != NULL)
		stats_count(server->stats, server->slot, server->places[row],
			    stats_method_from_name(request->method_name), reply->status, seconds);
}

void serve_receive(const struct server *server, const struct transport *transport,
		   struct served *served)
{
	served->reply = (struct reply){.status = 0};
	clock_gettime(CLOCK_MONOTONIC, &served->start);
	ops_receive(server->ops);
	served->code = receive(&served->request, transport, &served->reply);
}

bool serve_is_brief(const struct served *served)
{
	return served->code == CODE_OK && served->request.route->brief && served->request.target.n_query == 0;
}

bool serve_by_password(const struct served *served)
{
	const char *header = header_get(served->request.transport, "HTTP_AUTHORIZATION", NULL), *rest;

	return header != NULL && header_scheme(header, "Basic", &rest);
}

void serve_answer(const struct server *server, struct served *served)
{
	struct request *request = &served->request;
	struct reply *reply = &served->reply;

	ops_start(server->ops);
	if (served->code == CODE_OK)
		served->code = answer(server, request, reply);
	if (served->code != CODE_OK)
		reply_problem(reply, served->code, request->id);
	/* What was written is in the log before anybody is told so. */
	if (request->method != METHOD_GET)
		log_release(server->log);
	reply_write(reply, request->transport, request->id, !request->is_head);
	double seconds = seconds_since(&served->start);
	tell(server, request, reply, served->code, seconds);
	count(server, request, reply, seconds);
	reply_free(reply);
	request_free(request);
}

void serve_request(const struct server *server, const struct transport *transport)
{
	struct served served;

	serve_receive(server, transport, &served);
	serve_answer(server, &served);
}
