#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/api/body.h"
#include "fcgi/api/handlers.h"
#include "fcgi/api/outcome.h"
#include "fcgi/api/plan.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/server.h"
#include "fcgi/ops/ops_transfer.h"
#include "workerlib/core/name.h"

static struct ops_transfer start(struct request *request)
{
	return (struct ops_transfer){
		.save = {
			.environment = request->args[0],
			.request_id = request->id,
			.who = &request->who,
			.match = request->match,
		},
	};
}

/* A plan, or a change set and what belongs to it. */
static enum code finish(const struct server *server, struct request *request, struct reply *reply,
			const char *told, enum code code, const struct ops_transfer *transfer,
			struct ops_changed *changed, struct ops_proposal *proposal)
{
	if (code == CODE_OK && transfer->plan) {
		plan_put(reply, transfer->save.environment, proposal);
		ops_proposal_free(proposal);
		return code;
	}
	reply->status = 201;
	return outcome_change(server, request, reply, told, code, changed, proposal);
}

static enum code check_environment(const char *member, const char *name, struct error *error)
{
	if (name == NULL || name_is_environment(name, strlen(name)))
		return CODE_OK;
	return code_error(error, CODE_MALFORMED, member, " is not the name of an environment", NULL);
}

static enum code check_version(const char *member, struct json_object *value, struct error *error)
{
	if (value == NULL || body_integer(value) > 0)
		return CODE_OK;
	return code_error(error, CODE_MALFORMED, member, " is not a version: they begin at 1", NULL);
}

/* A document has values: what should return to its default is saved, not imported. */
static enum code check_values(const struct ops_save *save, struct error *error)
{
	for (size_t i = 0; i < save->n; i++) {
		if (save->changes[i].value == NULL)
			return code_error(error, CODE_MALFORMED, "the value of ", save->changes[i].name,
					  " must be a string", NULL);
	}
	return CODE_OK;
}

enum { IMPORT_VALUES, IMPORT_REASON, IMPORT_ENVIRONMENT, IMPORT_VERSION, IMPORT_CATALOG, IMPORT_DRY,
       IMPORT_FIELDS };

static enum code read_import(struct request *request, struct ops_transfer *transfer, struct error *error)
{
	static const struct body_field fields[] = {
		[IMPORT_VALUES] = {.name = "values", .type = BODY_OBJECT, .required = true},
		[IMPORT_REASON] = {.name = "reason", .type = BODY_TEXT},
		[IMPORT_ENVIRONMENT] = {.name = "environment", .type = BODY_TEXT},
		[IMPORT_VERSION] = {.name = "version", .type = BODY_INTEGER},
		[IMPORT_CATALOG] = {.name = "catalog_version", .type = BODY_INTEGER},
		[IMPORT_DRY] = {.name = "dry_run", .type = BODY_BOOL},
	};
	struct json_object *values[IMPORT_FIELDS];
	enum code code = body_fields(request->json, fields, IMPORT_FIELDS, values, error);

	if (code == CODE_OK)
		code = check_environment("environment", body_text(values[IMPORT_ENVIRONMENT]), error);
	if (code == CODE_OK)
		code = check_version("version", values[IMPORT_VERSION], error);
	if (code == CODE_OK)
		code = check_version("catalog_version", values[IMPORT_CATALOG], error);
	if (code == CODE_OK)
		code = body_changes(values[IMPORT_VALUES], &transfer->save.changes, &transfer->save.n, error);
	if (code != CODE_OK)
		return code;
	transfer->save.reason = body_text(values[IMPORT_REASON]);
	transfer->origin = (struct ops_origin){
		.environment = body_text(values[IMPORT_ENVIRONMENT]),
		.version = body_integer(values[IMPORT_VERSION]),
		.catalog_version = body_integer(values[IMPORT_CATALOG]),
	};
	transfer->plan = body_bool(values[IMPORT_DRY], false);
	return check_values(&transfer->save, error);
}

enum code h_transfer_import(const struct server *server, struct request *request, struct reply *reply)
{
	struct ops_transfer transfer = start(request);
	struct ops_changed changed = {.id = 0};
	struct ops_proposal proposal = {.state = NULL};
	enum code code = read_import(request, &transfer, &reply->error);

	if (code == CODE_OK)
		code = ops_transfer_import(server->ops, &transfer, &changed, &proposal, &reply->error);
	code = finish(server, request, reply, "config_change_imported", code, &transfer, &changed, &proposal);
	free(transfer.save.changes);
	return code;
}

static enum code check_names(struct json_object *names, struct error *error)
{
	size_t n = names == NULL ? 0 : json_object_array_length(names);

	if (n > BODY_CHANGES_MAX)
		return code_error(error, CODE_TOO_LARGE, "at most 4096 names at once", NULL);
	for (size_t i = 0; i < n; i++) {
		if (!json_object_is_type(json_object_array_get_idx(names, i), json_type_string))
			return code_error(error, CODE_MALFORMED, "names must be an array of strings", NULL);
	}
	return CODE_OK;
}

enum { PROMOTE_FROM, PROMOTE_VERSION, PROMOTE_NAMES, PROMOTE_REASON, PROMOTE_DRY, PROMOTE_FIELDS };

static enum code read_promotion(struct request *request, struct ops_transfer *transfer, struct error *error)
{
	static const struct body_field fields[] = {
		[PROMOTE_FROM] = {.name = "from", .type = BODY_TEXT, .required = true},
		[PROMOTE_VERSION] = {.name = "from_version", .type = BODY_INTEGER},
		[PROMOTE_NAMES] = {.name = "names", .type = BODY_ARRAY},
		[PROMOTE_REASON] = {.name = "reason", .type = BODY_TEXT},
		[PROMOTE_DRY] = {.name = "dry_run", .type = BODY_BOOL},
	};
	struct json_object *values[PROMOTE_FIELDS];
	enum code code = body_fields(request->json, fields, PROMOTE_FIELDS, values, error);

	if (code == CODE_OK)
		code = check_environment("from", body_text(values[PROMOTE_FROM]), error);
	if (code == CODE_OK)
		code = check_version("from_version", values[PROMOTE_VERSION], error);
	if (code == CODE_OK)
		code = check_names(values[PROMOTE_NAMES], error);
	if (code != CODE_OK)
		return code;
	transfer->save.reason = body_text(values[PROMOTE_REASON]);
	transfer->names = body_json(values[PROMOTE_NAMES]);
	transfer->origin.environment = body_text(values[PROMOTE_FROM]);
	transfer->origin.version = body_integer(values[PROMOTE_VERSION]);
	transfer->plan = body_bool(values[PROMOTE_DRY], false);
	return CODE_OK;
}

/* Beside the version of the target: a caller who named another one of the source reads that anew as well. */
static void explain_source(struct reply *reply, const struct ops_transfer *transfer,
			   const struct ops_proposal *proposal)
{
	struct canon json;

	if (transfer->origin.version == 0)
		return;
	canon_start(&json, text_put, &reply->more);
	reply_more(reply, "from_version");
	canon_integer(&json, proposal->source_version);
}

enum code h_transfer_promote(const struct server *server, struct request *request, struct reply *reply)
{
	struct ops_transfer transfer = start(request);
	struct ops_changed changed = {.id = 0};
	struct ops_proposal proposal = {.state = NULL};
	enum code code = read_promotion(request, &transfer, &reply->error);

	if (code == CODE_OK)
		code = ops_transfer_promote(server->ops, &transfer, &changed, &proposal, &reply->error);
	if (code == CODE_STALE)
		explain_source(reply, &transfer, &proposal);
	return finish(server, request, reply, "config_change_promoted", code, &transfer, &changed, &proposal);
}
