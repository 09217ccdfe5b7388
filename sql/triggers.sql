-- Which statements meet which function. To make a trigger takes a lock of its table, for which writers wait: so one that is as
-- it is said here is left alone. Events are in the order in which the server says them.
do $$
declare
	t record;
begin
	for t in
		with wanted (on_table, name, fires, each, calls, enabled) as (
			select n, n || '_append_only', 'before delete or update', 'row', 'refuse_change', 'O'
			from unnest(array['config_history', 'config_history_names', 'config_change_events', 'variable_catalog_history',
				'config_rules_history', 'worker_reports']) n
			union all
			-- Truncate has no rows, so each table that refuses rows has a second one.
			select n, n || '_no_truncate', 'before truncate', 'statement', 'refuse_change', 'O'
			from unnest(array['config_history', 'config_history_names', 'config_change_events', 'variable_catalog_history',
				'config_rules_history', 'worker_reports', 'config_changes', 'finetune_runs', 'paper_sessions', 'live_sessions']) n
			union all
			-- Sets stay as they are also for a superuser who applies what another server sent, where other triggers are silent.
			select n, n || s.name, s.fires, s.each, 'refuse_change', 'A'
			from unnest(array['parameter_sets', 'parameter_set_names']) n, (values
				('_append_only', 'before delete or update', 'row'), ('_no_truncate', 'before truncate', 'statement')) s (name, fires, each)
			union all
			select n, n || s.name, s.fires, 'row', s.calls, 'O'
			from unnest(array['finetune_runs', 'paper_sessions', 'live_sessions']) n, (values
				('_guard', 'before update', 'runs_guard'), ('_no_delete', 'before delete', 'refuse_change')) s (name, fires, calls)
			union all
			-- Who applies what another server sent writes rows and no statements: the row triggers of that role are replica ones.
			select n, n || s.name, s.fires, s.each, 'catalog_stamp', s.enabled
			from unnest(array['variable_catalog', 'config_rules']) n, (values
				('_stamp', 'after insert or delete or update or truncate', 'statement', 'A'),
				('_stamp_row', 'after insert or delete or update', 'row', 'R')) s (name, fires, each, enabled)
			union all
			values ('catalog_state', 'catalog_state_stamp', 'before insert or update', 'row', 'catalog_state_stamp', 'R'),
				('config_changes', 'config_changes_guard', 'before insert or delete or update', 'row', 'config_changes_guard', 'O'),
				('config_changes', 'config_changes_link', 'after insert or update of changes', 'row', 'config_changes_link', 'O'),
				('config_history', 'config_history_chain', 'before insert', 'row', 'config_history_chain', 'O'),
				('config_history', 'config_history_link', 'after insert', 'row', 'config_history_link', 'O'),
				('config_rules', 'config_rules_link', 'after insert or update', 'row', 'config_rules_link', 'O'),
				('freeze_windows', 'freeze_windows_check', 'before insert or update', 'row', 'freeze_windows_check', 'O'),
				('variable_catalog', 'variable_catalog_guard', 'before delete', 'row', 'variable_catalog_guard', 'O'),
				('variable_catalog', 'variable_catalog_once', 'before insert', 'row', 'variable_catalog_once', 'O')
		), texts as (
			select w.*, format('trigger %I %s on %I for each %s execute function %I()', w.name, w.fires, w.on_table, w.each, w.calls) as text
			from wanted w
		)
		select w.* from texts w
		left join pg_trigger p on p.tgrelid = w.on_table::regclass and p.tgname = w.name
		where lower(pg_get_triggerdef(p.oid, true)) is distinct from 'create ' || w.text or p.tgenabled is distinct from w.enabled::"char"
	loop
		execute 'create or replace ' || t.text;
		execute format('alter table %I enable %s trigger %I', t.on_table,
			case t.enabled when 'A' then 'always' when 'R' then 'replica' else '' end, t.name);
	end loop;
end
$$;
