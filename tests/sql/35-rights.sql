-- All rights there are, as a list: one more or one less than is written here fails.
begin;
select no_plan();

create function pg_temp.relations(p_role text, p_privilege text) returns setof text language sql as $$
	select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
	and has_table_privilege(p_role, c.oid, p_privilege)
$$;
select set_eq(format('select pg_temp.relations(%L, %L)', v.role, v.privilege), regexp_split_to_array(v.relations, '\s+'), format('%s: %s', v.role, v.privilege))
from (values
	('cvn_api', 'select', (select string_agg(relname, ' ') from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v'))),
	('cvn_api', 'insert', 'config_change_events config_changes sessions tokens'),
	('cvn_api', 'update', 'config_changes sessions tokens'),
	('cvn_api', 'delete', 'sessions tokens'),
	('cvn_worker', 'select', 'active_config catalog_state config_rules resolved_config'),
	('cvn_notifier', 'select', 'active_config catalog_state config_changes config_history environment_status finetune_runs freeze_windows live_sessions
		paper_sessions resolved_config schema_patch worker_status workers'),
	('cvn_reader', 'select', (select string_agg(relname, ' ') from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')
		and relname not in ('operators', 'sessions', 'tokens', 'credentials')))
) v (role, privilege, relations);
select is_empty($$
	select r.role, p.privilege, pg_temp.relations(r.role, p.privilege)
	from unnest(array['cvn_api', 'cvn_worker', 'cvn_notifier', 'cvn_reader']) r (role)
	cross join unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger']) p (privilege)
	where r.role <> 'cvn_api' or p.privilege not in ('insert', 'update', 'delete')
$$, 'nobody else writes, and nobody truncates, points to or hooks into a table');
select set_eq($$
	select r.rolname || ' ' || c.relname || '.' || a.attname from pg_class c
	join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and a.attacl is not null
	join pg_roles r on r.rolname ~ '^cvn_' and r.rolname <> 'cvn_owner' and has_column_privilege(r.oid, c.oid, a.attnum, 'select')
	where c.relnamespace = 'public'::regnamespace and not has_table_privilege(r.oid, c.oid, 'select')
$$, array['cvn_reader operators.login', 'cvn_reader operators.password_changed_at', 'cvn_reader operators.disabled', 'cvn_reader operators.created_at',
	'cvn_reader operators.created_by', 'cvn_worker active_config_entries.config_id', 'cvn_worker active_config_entries.name',
	'cvn_worker active_config_entries.value'], 'columns of a table that is closed otherwise');
select is_empty($$
	select c.relname, r.rolname from pg_class c join pg_roles r on r.rolname ~ '^cvn_' and r.rolname <> 'cvn_owner'
	where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' and has_sequence_privilege(r.oid, c.oid, 'usage, select, update')
$$, 'nobody moves a sequence');

create function pg_temp.functions(p_role text, p_may boolean) returns setof text language sql as $$
	select distinct p.proname::text from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prorettype <> 'trigger'::regtype
	and has_function_privilege(p_role, p.oid, 'execute') = p_may
$$;
select set_eq(format('select pg_temp.functions(%L, %L)', v.role, v.may), regexp_split_to_array(v.functions, '\s+'),
	format('%s may execute %s these', v.role, case when v.may then 'only' else 'all but' end))
from (values
	('cvn_api', false, 'catalog_bump config_catalog_effect config_entries_write config_history_append config_supersede freeze_window_touch operator_keep_admin
		operator_lock operator_locks_end operator_roles_write run_claim run_insert'),
	('cvn_worker', true, 'worker_report'),
	('cvn_notifier', true, 'authenticate freeze_until freeze_window_end wire_time'),
	('cvn_reader', true, 'config_at config_history_hash freeze_until freeze_window_end history_verify history_verify_part length_prefixed wire_time')
) v (role, may, functions);
select set_eq($$select p.proname::text from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef$$, regexp_split_to_array(
	'authenticate catalog_lock catalog_stamp catalog_write config_changes_link config_lock config_rules_link config_write environment_create environment_lock
	freeze_window_create freeze_window_delete operator_create operator_delete operator_update rule_write run_bind run_lock run_rerun run_set_status
	variable_catalog_guard variable_catalog_once worker_report', '\s+'), 'the doors: what runs with the rights of the owner');

select * from finish();
rollback;
