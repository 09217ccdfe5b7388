-- Least rights, said from nothing each time: what is not granted here, nobody but the owner has.

revoke all on all tables in schema public from public, cvn_api, cvn_worker, cvn_notifier, cvn_reader;
revoke all on all sequences in schema public from public, cvn_api, cvn_worker, cvn_notifier, cvn_reader;
revoke all on all functions in schema public from public, cvn_api, cvn_worker, cvn_notifier, cvn_reader;
revoke all (password_hash, login, password_changed_at, disabled, created_at, created_by) on operators from cvn_reader;

-- cvn_api reads all. Configuration and history it writes only through config_write(), environment_create() and
-- environment_lock(), the catalog through catalog_write() and rule_write(), operators through functions of theirs, freeze windows
-- through freeze_window_create() and freeze_window_delete(), runs and their sets through run_bind(), run_rerun() and
-- run_set_status(); what is append-only it only appends to.
grant select on all tables in schema public to cvn_api;
grant insert, update, delete on sessions, tokens to cvn_api;
grant insert, update on config_changes to cvn_api;
grant insert on config_change_events to cvn_api;
grant execute on all functions in schema public to cvn_api;
revoke execute on function config_entries_write(integer, bigint, jsonb, identifier, timestamptz),
	config_history_append(integer, config_changes, jsonb, jsonb, bigint), config_supersede(integer, config_changes, identifier),
	config_catalog_effect(text, jsonb), freeze_window_touch(text),
	catalog_bump(), operator_roles_write(text, jsonb), operator_lock(), operator_keep_admin(), operator_locks_end(text),
	run_claim(text), run_insert(text, text, text, text, bigint, bigint, text, text) from cvn_api;

-- cvn_worker reads its configuration and reports.
grant select on resolved_config, active_config, config_rules, catalog_state to cvn_worker;
grant select (config_id, name, value) on active_config_entries to cvn_worker;
grant execute on function worker_report(text, text, text, text, text, bigint, text, text, bigint, jsonb, jsonb, jsonb, bigint, bigint,
	bigint, boolean, boolean, text) to cvn_worker;

-- cvn_notifier reads what it tells others.
grant select on resolved_config, worker_status, environment_status, schema_patch, catalog_state, active_config, config_changes,
	config_history, freeze_windows, finetune_runs, paper_sessions, live_sessions, workers to cvn_notifier;
grant execute on function authenticate(text, text), freeze_until(text, timestamptz), freeze_window_end(freeze_windows, timestamptz),
	wire_time(timestamptz) to cvn_notifier;

-- cvn_reader reads everything but secrets.
grant select on all tables in schema public to cvn_reader;
revoke select on operators, sessions, tokens, credentials from cvn_reader;
grant select (login, password_changed_at, disabled, created_at, created_by) on operators to cvn_reader;
grant execute on function freeze_until(text, timestamptz), freeze_window_end(freeze_windows, timestamptz), wire_time(timestamptz),
	history_verify(text), history_verify_part(text, bigint, bigint), config_history_hash(config_history), length_prefixed(text[]), config_at(text, bigint) to cvn_reader;
