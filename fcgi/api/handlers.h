#ifndef CVN_API_HANDLERS_H
#define CVN_API_HANDLERS_H
/*
 * One function a row of the route table, about twenty lines each:
 * read what was sent, ask ops, fill the reply.
 */
#include "fcgi/api/route.h"

route_handler h_who_login, h_who_logout, h_who_me, h_who_auth, h_who_operators;
route_handler h_config_get, h_config_get_one, h_config_save, h_config_save_one, h_config_plan,
	h_config_compare;
route_handler h_config_export, h_transfer_import, h_transfer_promote;
route_handler h_list_environments, h_list_catalog, h_list_variable, h_list_rules, h_list_workers;
route_handler h_history_list, h_history_restore, h_history_verify;
route_handler h_change_create, h_change_list, h_change_get, h_change_edit;
route_handler h_change_submit, h_change_approve, h_change_reject, h_change_withdraw, h_change_rebase;
route_handler h_freeze_list, h_freeze_create, h_freeze_delete, h_freeze_lock, h_freeze_unlock;
route_handler h_runs_put, h_runs_status, h_runs_get, h_runs_list, h_runs_diff, h_runs_rerun, h_runs_set;
route_handler h_catalog_put, h_catalog_delete, h_catalog_history, h_catalog_put_rule, h_catalog_delete_rule;
route_handler h_admin_operator_create, h_admin_operator_update, h_admin_operator_delete;
route_handler h_admin_tokens, h_admin_token_create, h_admin_token_revoke, h_admin_environment_create;
route_handler h_worker_report;

#endif
