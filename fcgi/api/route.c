#include "fcgi/api/route.h"

#include <string.h>

#include "fcgi/api/handlers.h"
#include "workerlib/core/name.h"

static const char json[] = "application/json";

enum { SMALL = 4096, MEDIUM = 1 << 16, LARGE = 1 << 20 };

/* Literal segments stand above placeholders. */
const struct route route_table[] = {
	{.method = METHOD_POST, .pattern = "session", .handler = h_who_login, .roles = ROLE_ANYBODY,
	 .body_limit = SMALL, .content_type = json},
	{.method = METHOD_DELETE, .pattern = "session", .handler = h_who_logout, .roles = ROLE_ANYBODY},
	{.method = METHOD_GET, .pattern = "me", .handler = h_who_me, .roles = ROLE_EVERYBODY},
	{.method = METHOD_GET, .pattern = "auth", .handler = h_who_auth, .roles = ROLE_EVERYBODY,
	 .brief = true},
	{.method = METHOD_GET, .pattern = "operators", .handler = h_who_operators, .roles = ROLE_OPERATORS},
	{.method = METHOD_POST, .pattern = "operators", .handler = h_admin_operator_create,
	 .roles = ROLE_ADMIN, .everywhere = true, .body_limit = LARGE, .content_type = json},
	{.method = METHOD_PATCH, .pattern = "operators/{id}", .handler = h_admin_operator_update,
	 .roles = ROLE_ADMIN, .everywhere = true, .body_limit = LARGE, .content_type = json},
	{.method = METHOD_DELETE, .pattern = "operators/{id}", .handler = h_admin_operator_delete,
	 .roles = ROLE_ADMIN, .everywhere = true},
	{.method = METHOD_GET, .pattern = "tokens", .handler = h_admin_tokens, .roles = ROLE_ADMIN,
	 .everywhere = true},
	{.method = METHOD_POST, .pattern = "tokens", .handler = h_admin_token_create, .roles = ROLE_ADMIN,
	 .everywhere = true, .body_limit = SMALL, .content_type = json},
	{.method = METHOD_DELETE, .pattern = "tokens/{id}", .handler = h_admin_token_revoke,
	 .roles = ROLE_ADMIN, .everywhere = true},

	{.method = METHOD_GET, .pattern = "environments", .handler = h_list_environments,
	 .roles = ROLE_EVERYBODY},
	{.method = METHOD_POST, .pattern = "environments", .handler = h_admin_environment_create,
	 .roles = ROLE_ADMIN, .everywhere = true, .body_limit = SMALL, .content_type = json},

	{.method = METHOD_PUT, .pattern = "environments/{env}/lock", .handler = h_freeze_lock,
	 .roles = ROLE_EDITOR, .body_limit = SMALL, .content_type = json, .may_be_empty = true},
	{.method = METHOD_DELETE, .pattern = "environments/{env}/lock", .handler = h_freeze_unlock,
	 .roles = ROLE_EDITOR},
	{.method = METHOD_GET, .pattern = "freeze-windows", .handler = h_freeze_list,
	 .roles = ROLE_OPERATORS},
	{.method = METHOD_POST, .pattern = "freeze-windows", .handler = h_freeze_create, .roles = ROLE_ADMIN,
	 .body_limit = MEDIUM, .content_type = json},
	{.method = METHOD_DELETE, .pattern = "freeze-windows/{id}", .handler = h_freeze_delete,
	 .roles = ROLE_ADMIN},

	{.method = METHOD_GET, .pattern = "config/{env}", .handler = h_config_get, .roles = ROLE_EVERYBODY,
	 .sees = true, .brief = true, .query = "version"},
	{.method = METHOD_POST, .pattern = "config/{env}", .handler = h_config_save, .roles = ROLE_EDITOR,
	 .body_limit = LARGE, .content_type = json, .match = MATCH_REQUIRED},
	{.method = METHOD_POST, .pattern = "config/{env}/plan", .handler = h_config_plan,
	 .roles = ROLE_OPERATORS, .body_limit = LARGE, .content_type = json},
	{.method = METHOD_GET, .pattern = "config/{env}/compare/{env}", .handler = h_config_compare,
	 .roles = ROLE_OPERATORS},
	{.method = METHOD_GET, .pattern = "config/{env}/export", .handler = h_config_export,
	 .roles = ROLE_EVERYBODY, .query = "version"},
	{.method = METHOD_POST, .pattern = "config/{env}/import", .handler = h_transfer_import,
	 .roles = ROLE_EDITOR, .body_limit = LARGE, .content_type = json, .match = MATCH_REQUIRED},
	{.method = METHOD_POST, .pattern = "config/{env}/promote", .handler = h_transfer_promote,
	 .roles = ROLE_EDITOR, .body_limit = LARGE, .content_type = json, .match = MATCH_REQUIRED},
	{.method = METHOD_GET, .pattern = "config/{env}/{key}", .handler = h_config_get_one,
	 .roles = ROLE_EVERYBODY},
	{.method = METHOD_POST, .pattern = "config/{env}/{key}", .handler = h_config_save_one,
	 .roles = ROLE_EDITOR, .body_limit = LARGE, .content_type = json, .match = MATCH_REQUIRED},

	{.method = METHOD_POST, .pattern = "changes", .handler = h_change_create, .roles = ROLE_EDITOR,
	 .body_limit = LARGE, .content_type = json, .match = MATCH_REQUIRED},
	{.method = METHOD_GET, .pattern = "changes", .handler = h_change_list, .roles = ROLE_OPERATORS,
	 .query = "environment,state,created_by,request_id,limit,cursor"},
	{.method = METHOD_GET, .pattern = "changes/{id}", .handler = h_change_get, .roles = ROLE_OPERATORS},
	{.method = METHOD_PATCH, .pattern = "changes/{id}", .handler = h_change_edit, .roles = ROLE_EDITOR,
	 .body_limit = LARGE, .content_type = json},
	{.method = METHOD_POST, .pattern = "changes/{id}/submit", .handler = h_change_submit,
	 .roles = ROLE_EDITOR, .body_limit = SMALL, .content_type = json, .may_be_empty = true},
	{.method = METHOD_POST, .pattern = "changes/{id}/approve", .handler = h_change_approve,
	 .roles = ROLE_APPROVER, .body_limit = MEDIUM, .content_type = json},
	{.method = METHOD_POST, .pattern = "changes/{id}/reject", .handler = h_change_reject,
	 .roles = ROLE_APPROVER, .body_limit = MEDIUM, .content_type = json, .may_be_empty = true},
	{.method = METHOD_POST, .pattern = "changes/{id}/withdraw", .handler = h_change_withdraw,
	 .roles = ROLE_EDITOR, .body_limit = SMALL, .content_type = json, .may_be_empty = true},
	{.method = METHOD_POST, .pattern = "changes/{id}/rebase", .handler = h_change_rebase,
	 .roles = ROLE_EDITOR, .body_limit = SMALL, .content_type = json, .may_be_empty = true},

	{.method = METHOD_GET, .pattern = "history", .handler = h_history_list, .roles = ROLE_OPERATORS,
	 .query = "environment,name,changed_by,request_id,change_id,since,until,limit,cursor"},
	{.method = METHOD_GET, .pattern = "history/verify", .handler = h_history_verify,
	 .roles = ROLE_OPERATORS, .query = "environment"},
	{.method = METHOD_POST, .pattern = "history/{id}/restore", .handler = h_history_restore,
	 .roles = ROLE_EDITOR, .body_limit = MEDIUM, .content_type = json, .match = MATCH_REQUIRED},

	{.method = METHOD_GET, .pattern = "catalog", .handler = h_list_catalog, .roles = ROLE_EVERYBODY},
	{.method = METHOD_GET, .pattern = "catalog/{key}", .handler = h_list_variable,
	 .roles = ROLE_EVERYBODY},
	{.method = METHOD_PUT, .pattern = "catalog/{key}", .handler = h_catalog_put, .roles = ROLE_ADMIN,
	 .everywhere = true, .body_limit = LARGE, .content_type = json, .match = MATCH_OR_NONE},
	{.method = METHOD_DELETE, .pattern = "catalog/{key}", .handler = h_catalog_delete,
	 .roles = ROLE_ADMIN, .everywhere = true, .query = "reason"},
	{.method = METHOD_GET, .pattern = "catalog/{key}/history", .handler = h_catalog_history,
	 .roles = ROLE_OPERATORS},
	{.method = METHOD_GET, .pattern = "rules", .handler = h_list_rules, .roles = ROLE_EVERYBODY},
	{.method = METHOD_PUT, .pattern = "rules/{id}", .handler = h_catalog_put_rule, .roles = ROLE_ADMIN,
	 .everywhere = true, .body_limit = LARGE, .content_type = json, .match = MATCH_OR_NONE},
	{.method = METHOD_DELETE, .pattern = "rules/{id}", .handler = h_catalog_delete_rule,
	 .roles = ROLE_ADMIN, .everywhere = true, .query = "reason"},

	{.method = METHOD_GET, .pattern = "runs", .handler = h_runs_list, .roles = ROLE_OPERATORS,
	 .query = "kind,environment,hash,limit,cursor"},
	{.method = METHOD_GET, .pattern = "runs/{id}", .handler = h_runs_get, .roles = ROLE_OPERATORS},
	{.method = METHOD_PUT, .pattern = "runs/{id}", .handler = h_runs_put, .roles = ROLE_EDITOR,
	 .body_limit = LARGE, .content_type = json},
	{.method = METHOD_PATCH, .pattern = "runs/{id}", .handler = h_runs_status, .roles = ROLE_EDITOR,
	 .body_limit = SMALL, .content_type = json},
	{.method = METHOD_GET, .pattern = "runs/{id}/diff/{id}", .handler = h_runs_diff,
	 .roles = ROLE_OPERATORS},
	{.method = METHOD_POST, .pattern = "runs/{id}/rerun", .handler = h_runs_rerun, .roles = ROLE_EDITOR,
	 .body_limit = SMALL, .content_type = json},
	{.method = METHOD_GET, .pattern = "parameter-sets/{hash}", .handler = h_runs_set,
	 .roles = ROLE_OPERATORS},

	{.method = METHOD_GET, .pattern = "workers", .handler = h_list_workers, .roles = ROLE_OPERATORS,
	 .query = "environment"},
	{.method = METHOD_POST, .pattern = "workers/{id}/report", .handler = h_worker_report,
	 .roles = ROLE_WORKER, .body_limit = LARGE, .content_type = json},
};
enum { ROUTES = sizeof route_table / sizeof *route_table };

size_t route_count(void)
{
	return ROUTES;
}

static const struct {
	const char *text;
	bool (*is)(const char *, size_t);
} placeholders[] = {
	{"{env}", name_is_environment},
	{"{key}", name_is_parameter},
	{"{id}", name_is_id},
	{"{hash}", name_is_digest},
};

/* Whether a segment fits one of the pattern; *fills: it stands for a placeholder. */
static bool segment_fits(const char *pattern, size_t n, const char *segment, bool *fills)
{
	for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++) {
		*fills = strlen(placeholders[i].text) == n && memcmp(placeholders[i].text, pattern, n) == 0;
		if (*fills)
			return placeholders[i].is(segment, strlen(segment));
	}
	return strlen(segment) == n && memcmp(segment, pattern, n) == 0;
}

static bool path_fits(const char *pattern, const struct target *target, const char *args[REQUEST_ARGS])
{
	size_t n_args = 0;

	for (size_t i = 0; i < target->n_segments; i++) {
		size_t n = strcspn(pattern, "/");
		bool fills;

		if (n == 0 || !segment_fits(pattern, n, target->segments[i], &fills))
			return false;
		if (fills && n_args < REQUEST_ARGS)
			args[n_args++] = target->segments[i];
		pattern += n + (pattern[n] == '/');
	}
	return *pattern == '\0';
}

const char *route_method_name(enum method method)
{
	static const char *const names[] = {
		[METHOD_OTHER] = "",	  [METHOD_GET] = "GET",	    [METHOD_POST] = "POST",
		[METHOD_PUT] = "PUT",	  [METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE",
	};

	return names[method];
}

static void allow_method(char allow[ROUTE_ALLOW_MAX], enum method method)
{
	size_t n = strlen(allow);
	const char *const parts[] = {n > 0 ? ", " : "", route_method_name(method),
				     method == METHOD_GET ? ", HEAD" : ""};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		strncat(allow, parts[i], ROUTE_ALLOW_MAX - 1 - strlen(allow));
}

enum code route_find(struct request *request, char allow[ROUTE_ALLOW_MAX], struct error *error)
{
	allow[0] = '\0';
	for (size_t i = 0; i < ROUTES; i++) {
		const char *args[REQUEST_ARGS] = {NULL};

		if (!path_fits(route_table[i].pattern, &request->target, args))
			continue;
		if (route_table[i].method == request->method) {
			request->route = &route_table[i];
			memcpy(request->args, args, sizeof args);
			request->sight.environment = route_table[i].sees ? args[0] : NULL;
			return CODE_OK;
		}
		allow_method(allow, route_table[i].method);
	}
	if (allow[0] == '\0')
		return code_error(error, CODE_NOT_FOUND,
				  "there is nothing at this path, or a name in it is not well-formed", NULL);
	return code_error(error, CODE_METHOD_NOT_ALLOWED, "this path takes ", allow, NULL);
}

/* In every environment that the path names, or everywhere. */
static bool holds(const struct request *request)
{
	const char *pattern = request->route->pattern;
	unsigned roles = request->route->roles;
	size_t arg = 0;

	if (!ops_who_may(&request->who, roles, request->route->everywhere ? "*" : NULL))
		return false;
	while ((pattern = strchr(pattern, '{')) != NULL) {
		if (strncmp(pattern, "{env}", 5) == 0 &&
		    !ops_who_may(&request->who, roles, request->args[arg]))
			return false;
		arg++;
		pattern++;
	}
	return true;
}

/* The role that the route wants, and the environments of the path in which it wants it. */
static enum code forbid(const struct request *request, struct error *error)
{
	char wanted[ROLE_WORDS_MAX];
	const char *pattern = request->route->pattern;

	ops_who_role_words(request->route->roles, wanted);
	bool one = strstr(pattern, "{env}") != NULL;
	bool two = one && strstr(strstr(pattern, "{env}") + 1, "{env}") != NULL;
	return code_error(error, CODE_FORBIDDEN, "this needs the role ", wanted,
			  request->route->everywhere ? " everywhere" : "", one ? " in " : "",
			  one ? request->args[0] : "", two ? " and " : "", two ? request->args[1] : "", NULL);
}

enum code route_admit(const struct request *request, struct error *error)
{
	if ((request->route->roles & ROLE_ANYBODY) != 0)
		return CODE_OK;
	if (request->who.login[0] == '\0')
		return code_error(error, CODE_UNAUTHENTICATED, request->session[0] == '\0'
				  ? "this needs a session (POST /api/session), or Basic or Bearer credentials"
				  : "the session has ended: log in again", NULL);
	return holds(request) ? CODE_OK : forbid(request, error);
}

static bool is_listed(const char *names, const char *name)
{
	size_t n = strlen(name);

	while (names != NULL && *names != '\0') {
		size_t length = strcspn(names, ",");
		if (length == n && memcmp(names, name, n) == 0)
			return true;
		names += length + (names[length] == ',');
	}
	return false;
}

enum code route_check_query(const struct request *request, struct error *error)
{
	for (size_t i = 0; i < request->target.n_query; i++) {
		const char *name = request->target.query[i].name;
		if (!is_listed(request->route->query, name))
			return code_error(error, CODE_MALFORMED, "there is no query parameter ", name, NULL);
	}
	return CODE_OK;
}
