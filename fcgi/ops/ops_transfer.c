#include "fcgi/ops/ops_transfer.h"

#include "fcgi/db/db_config.h"
#include "fcgi/ops/ops_who.h"

enum code ops_transfer_import(struct ops *ops, const struct ops_transfer *transfer,
			      struct ops_changed *changed, struct ops_proposal *proposal, struct error *error)
{
	const struct ops_save *save = &transfer->save;
	const struct ops_change_way way = {.kind = "import", .origin = transfer->origin};

	if (transfer->plan)
		return ops_config_plan(ops, save->who, save->environment, save->changes, save->n, proposal,
				       error);
	return ops_change_propose(ops, save, &way, changed, proposal, error);
}

static void send_brought(struct db *db, const void *arg, struct db_rows **rows)
{
	db_config_send_bring(db, arg, rows);
}

enum code ops_transfer_promote(struct ops *ops, const struct ops_transfer *transfer,
			       struct ops_changed *changed, struct ops_proposal *proposal,
			       struct error *error)
{
	const struct ops_save *save = &transfer->save;
	const struct db_config_bring bring = {
		transfer->origin.environment, save->environment, transfer->names};
	const struct ops_change_way way = {
		.kind = "promote",
		.items = {send_brought, &bring},
		.source = {transfer->origin.environment, transfer->origin.version},
	};
	const struct ops_door door = {
		.proposal = proposal,
		.environment = save->environment,
		.items = way.items,
		.source = way.source,
		.actor = save->who->login,
	};

	if (!ops_who_may(save->who, ROLE_EVERYBODY, transfer->origin.environment))
		return code_error(error, CODE_FORBIDDEN, "this needs a role in ",
				  transfer->origin.environment, " as well: its values are read", NULL);
	if (transfer->plan)
		return ops_door_plan(ops, &door, error);
	return ops_change_propose(ops, save, &way, changed, proposal, error);
}
