#include "fcgi/api/serve.h"

#include <string.h>
#include <time.h>

#include "fcgi/api/auth.h"
#include "fcgi/api/origin.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/request.h"
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

/* In order: what it is, whether it may, what it brings, and then what it is for. */
static enum code answer(const struct server *server, struct request *request,
			const struct transport *transport, struct reply *reply)
{
	char allow[ROUTE_ALLOW_MAX];
	struct error *error = &reply->error;

	/* 1. What it is. */
	enum code code = request_start(request, transport, error);
	if (code == CODE_OK)
		code = route_find(request, allow, error);
	if (code == CODE_METHOD_NOT_ALLOWED)
		reply_header(reply, "Allow", allow);

	/* 2. Whether it may. */
	if (code == CODE_OK && request->method != METHOD_GET && !origin_is_ours(transport, server->origins))
		code = code_error(error, CODE_CROSS_SITE,
				  "the Origin or Sec-Fetch-Site of the request is not this site's", NULL);
	if (code == CODE_OK)
		code = auth_identify(server->ops, request, error);
	if (code == CODE_OK)
		code = route_admit(request, error);

	/* 3. What it brings. */
	if (code == CODE_OK)
		code = route_check_query(request, error);
	if (code == CODE_OK)
		code = request_read_body(request, error);

	/* 4. What it is for. */
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

void serve_request(const struct server *server, const struct transport *transport)
{
	struct request request;
	struct reply reply = {.status = 0};
	struct timespec start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	ops_start(server->ops);
	enum code code = answer(server, &request, transport, &reply);
	if (code != CODE_OK)
		reply_problem(&reply, code, request.id);
	reply_write(&reply, transport, request.id, !request.is_head);
	double seconds = seconds_since(&start);
	tell(server, &request, &reply, code, seconds);
	count(server, &request, &reply, seconds);
	reply_free(&reply);
	request_free(&request);
}
