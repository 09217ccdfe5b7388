#include "fcgi/api/filter.h"
#include "fcgi/api/handlers.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/server.h"
#include "fcgi/ops/ops_list.h"
#include "workerlib/core/name.h"

enum code h_list_environments(const struct server *server, struct request *request, struct reply *reply)
{
	return ops_list_environments(server->ops, &request->who, &reply->body, &reply->error);
}

enum code h_list_catalog(const struct server *server, struct request *request, struct reply *reply)
{
	(void)request;
	return ops_list_catalog(server->ops, &reply->body, &reply->error);
}

enum code h_list_variable(const struct server *server, struct request *request, struct reply *reply)
{
	int64_t version;
	enum code code = ops_list_variable(server->ops, request->args[0], &version, &reply->body,
					   &reply->error);

	if (code == CODE_OK)
		reply_version(reply, version, &request->none_match);
	return code;
}

enum code h_list_rules(const struct server *server, struct request *request, struct reply *reply)
{
	(void)request;
	return ops_list_rules(server->ops, &reply->body, &reply->error);
}

enum code h_list_workers(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct filter filters[] = {
		{"environment", name_is_environment, FILTER_ENVIRONMENT}, {NULL, NULL, NULL}};
	enum code code = filter_check(request, filters, &reply->error);

	if (code != CODE_OK)
		return code;
	return ops_list_workers(server->ops, &request->who, request_query(request, "environment"),
				&reply->body, &reply->error);
}
