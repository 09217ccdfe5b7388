#include "fcgi/api/plan.h"

#include <string.h>

#include "fcgi/api/outcome.h"
#include "fcgi/api/reply.h"
#include "fcgi/ops/ops_proposal.h"

/* Names of what the diff touches, where the parameter has the property. */
static void put_names(struct canon *json, const char *member, const struct ops_proposal *proposal,
		      bool (*has)(const struct param *))
{
	canon_key(json, member);
	canon_array(json);
	for (size_t i = 0; i < proposal->result.n_diff; i++) {
		const struct param *param = ops_proposal_param(proposal, i);
		if (has(param))
			canon_string(json, param->name, strlen(param->name));
	}
	canon_end(json, ']');
}

static bool needs_restart(const struct param *param)
{
	return !param->hot_reloadable;
}

/* The names of critical parameters; returns whether there are any. */
static bool put_critical(struct canon *json, const struct ops_proposal *proposal)
{
	bool any = false;

	canon_key(json, "critical");
	canon_array(json);
	for (size_t i = 0; i < proposal->n_changes; i++) {
		const char *name = ops_proposal_critical(proposal, i);
		if (name != NULL)
			canon_string(json, name, strlen(name));
		any = any || name != NULL;
	}
	canon_end(json, ']');
	return any;
}

static void put_boundaries(struct canon *json, const struct ops_proposal *proposal)
{
	canon_key(json, "boundaries");
	canon_object(json);
	for (size_t i = 0; i < proposal->result.n_diff; i++) {
		const struct param *param = ops_proposal_param(proposal, i);
		canon_member(json, param->name, category_name(param->category));
	}
	canon_end(json, '}');
}

void plan_put(struct reply *reply, const char *environment, const struct ops_proposal *proposal)
{
	struct canon json;

	reply_json(reply, &json);
	canon_object(&json);
	canon_member(&json, "environment", environment);
	reply_integer(&json, "base_version", proposal->version);
	canon_member(&json, "content_hash", proposal->content_hash);
	canon_key(&json, "diff");
	outcome_put_diff(&json, proposal);
	canon_key(&json, "errors");
	reply_violations(&json, proposal->result.violations, proposal->result.n_violations);
	bool critical = put_critical(&json, proposal);
	canon_key(&json, "needs_approval");
	canon_bool(&json, critical);
	put_names(&json, "restart_required", proposal, needs_restart);
	put_boundaries(&json, proposal);
	reply_integer(&json, "workers", proposal->workers);
	canon_key(&json, "frozen");
	canon_bool(&json, proposal->frozen_seconds > 0);
	canon_end(&json, '}');
}
