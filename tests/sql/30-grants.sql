-- Each role tries what it may not, and what it must.
begin;
select no_plan();

select is(attempt(v.role, v.statement), v.outcome, format('%s: %s: %s', v.role, v.outcome, regexp_replace(v.statement, '\s+', ' ', 'g')))
from (values
	('cvn_worker', 'ok', 'select name, value from resolved_config where environment = ''paper'''),
	('cvn_worker', 'ok', 'select environment, version from active_config'),
	('cvn_worker', 'ok', 'select expression from config_rules'),
	('cvn_worker', 'ok', 'select version from catalog_state'),
	('cvn_worker', 'ok', $$select worker_report('w', 'paper', 'b', 'listen', 'current', 3, null, null, null, '[]', '[]', null, null, 0, null, false)$$),
	('cvn_worker', '42501', 'update active_config set version = version + 1'),
	('cvn_worker', '42501', 'select from active_config for update'),
	('cvn_worker', '42501', 'insert into active_config_entries values (1, ''CVN_COOLDOWN'', ''9s'', 9, now(), ''w'')'),
	('cvn_worker', '42501', 'delete from active_config_entries'),
	('cvn_worker', '42501', 'update variable_catalog set default_value = ''1'''),
	('cvn_worker', '42501', 'delete from config_rules'),
	('cvn_worker', '42501', 'update catalog_state set version = 9'),
	('cvn_worker', '42501', 'insert into config_changes default values'),
	('cvn_worker', '42501', $$select config_write('paper', 'save', 3, '{"CVN_COOLDOWN":"9s"}', '[]', null, 'w', null, 'x', null)$$),
	('cvn_worker', '42501', $$select environment_create('mine', null, 'w', 'x', null)$$),
	('cvn_worker', '42501', $$select environment_lock('paper', 'w')$$),
	('cvn_worker', '42501', $$select * from config_lock('paper')$$),
	('cvn_worker', '42501', 'select * from config_history'),
	('cvn_worker', '42501', 'select * from operators'),
	('cvn_worker', '42501', $$select * from authenticate('token', repeat('0', 64))$$),
	('cvn_worker', '42501', 'update workers set state = ''current'''),
	('cvn_worker', '42501', 'create table mine ()'),
	('cvn_worker', '42501', 'create temporary table mine ()'),
	('cvn_api', 'ok', $$select * from config_lock('paper')$$),
	('cvn_api', 'ok', $$select * from catalog_lock()$$),
	('cvn_api', 'ok', $$select body from config_json('paper')$$),
	('cvn_api', 'ok', $$select body from config_json('live', 2)$$),
	('cvn_api', 'ok', $$select body from config_export_json('paper', 2)$$),
	('cvn_worker', '42501', $$select body from config_export_json('paper')$$),
	('cvn_api', 'ok', $$select body from parameter_json('paper', 'CVN_COOLDOWN')$$),
	('cvn_api', 'ok', $$select body from catalog_json()$$),
	('cvn_api', 'ok', $$select body from variable_json('CVN_COOLDOWN')$$),
	('cvn_api', 'ok', $$select body from rules_json()$$),
	('cvn_api', 'ok', $$select workers_json(null), environments_json(), freeze_windows_json(), history_verify_json('paper')$$),
	('cvn_api', 'ok', $$select history_json(h) from config_history h$$),
	('cvn_api', 'ok', $$select config_write('paper', 'save', 3, '{"CVN_COOLDOWN":"9s"}', '[{"name":"CVN_COOLDOWN","old":"1m","new":"9s"}]',
		repeat('0', 64), 'ada', null, 'x', 'r1')$$),
	('cvn_api', 'ok', $$select environment_create('mine', 'live', 'ada', 'x', null)$$),
	('cvn_api', 'ok', $$select operator_create('ada', '$y$x', '[{"environment":"*","role":"admin"}]', 'ada')$$),
	('cvn_api', '42501', $$insert into operators (login, password_hash, created_by) values ('ada', '$y$x', 'ada')$$),
	('cvn_api', '42501', $$insert into operator_roles values ('ada', '*', 'admin')$$),
	('cvn_api', '42501', $$select operator_roles_write('ada', '[]')$$),
	('cvn_worker', '42501', $$select operator_create('eve', '$y$x', '[]', 'eve')$$),
	('cvn_api', 'ok', $$select * from catalog_write('CVN_MINE', '{"type":"int","category":"threshold","description":"","group_name":"","unit":"","required":false,"deprecated":false,"hot_reloadable":true,"critical":false,"excluded_from_ftf":false}', 'ada', 'x', 'r1')$$),
	('cvn_api', 'ok', $$select * from rule_write('mine', 'CVN_COOLDOWN > 0s', 'x', 'ada', null, 'r1')$$),
	('cvn_api', 'ok', $$select catalog_notify(), catalog_guarded('CVN_COOLDOWN', 'ada'), catalog_loosens('{}', '{}'), catalog_references('CVN_COOLDOWN')$$),
	('cvn_api', '42501', $$update catalog_state set version = version + 1$$),
	('cvn_api', '42501', $$update variable_catalog set critical = false$$),
	('cvn_api', '42501', $$delete from config_rules$$),
	('cvn_api', '42501', $$select catalog_bump()$$),
	('cvn_worker', '42501', $$select * from rule_write('mine', 'CVN_COOLDOWN > 0s', 'x', 'w', null, null)$$),
	('cvn_api', 'ok', $$select freeze_window_create('dev', '2030-01-01', '2030-01-02', null, 'x', 'ada'), freeze_window_delete(1)$$),
	('cvn_api', '42501', $$insert into freeze_windows (environment, starts_at, ends_at, reason, created_by) values ('dev', '2030-01-01', '2030-01-02', 'x', 'ada')$$),
	('cvn_api', '42501', 'delete from freeze_windows'),
	('cvn_api', '42501', 'select freeze_window_touch(''dev'')'),
	('cvn_api', '42501', 'insert into active_config (environment, updated_by) values (''x'', ''x'')'),
	('cvn_api', '42501', 'update active_config set version = version + 1'),
	('cvn_api', '42501', 'update active_config set locked_by = null'),
	('cvn_api', '42501', 'delete from active_config'),
	('cvn_api', '42501', 'insert into active_config_entries values (1, ''CVN_COOLDOWN'', ''9s'', 9, now(), ''w'')'),
	('cvn_api', '42501', 'update active_config_entries set value = ''1'''),
	('cvn_api', '42501', 'delete from active_config_entries'),
	('cvn_api', '42501', 'insert into config_history default values'),
	('cvn_api', '42501', 'update config_history set diff = ''{}'''),
	('cvn_api', '42501', 'delete from config_history'),
	('cvn_api', '42501', 'truncate config_history'),
	('cvn_api', '42501', $$select config_entries_write(1, 9, '{}', 'x', now())$$),
	('cvn_api', '42501', 'delete from config_changes'),
	('cvn_api', 'ok', $$insert into config_changes (environment, kind, state, base_version, changes, diff, reason, created_by)
		values ('dev', 'change_set', 'draft', 3, '{}', '[]', 'x', 'ada')$$),
	('cvn_api', 'ok', $$update config_changes set state = 'approved' where state = 'draft'$$),
	('cvn_api', 'CV409', $$update config_changes set state = 'active', version = 99 where state = 'approved'$$),
	('cvn_api', 'CV409', $$insert into config_changes (environment, kind, state, base_version, version, changes, diff, reason, created_by)
		values ('dev', 'change_set', 'active', 3, 99, '{}', '[]', 'x', 'ada')$$),
	('cvn_api', '42501', 'update parameter_sets set frozen = false'),
	('cvn_api', '42501', 'alter table config_history disable trigger all'),
	('cvn_notifier', 'ok', 'select * from environment_status'),
	('cvn_notifier', 'ok', 'select * from worker_status'),
	('cvn_notifier', 'ok', 'select from config_changes, config_history, workers, schema_patch limit 1'),
	('cvn_notifier', 'ok', $$select * from authenticate('token', repeat('0', 64))$$),
	('cvn_notifier', 'ok', 'select pg_notification_queue_usage()'),
	('cvn_notifier', '42501', 'select * from tokens'),
	('cvn_notifier', '42501', 'select * from operators'),
	('cvn_notifier', '42501', 'update workers set state = ''current'''),
	('cvn_notifier', '42501', $$select config_write('paper', 'save', 3, '{}', '[]', null, 'w', null, 'x', null)$$),
	('cvn_reader', 'ok', 'select from config_history, worker_reports, parameter_sets, operator_roles limit 1'),
	('cvn_reader', 'ok', 'select * from environment_status'),
	('cvn_reader', 'ok', 'select * from worker_status'),
	('cvn_reader', 'ok', 'select login, disabled from operators'),
	('cvn_reader', 'ok', 'select * from history_verify(''live'')'),
	('cvn_reader', '42501', 'select password_hash from operators'),
	('cvn_reader', '42501', 'select * from sessions'),
	('cvn_reader', '42501', 'select * from tokens'),
	('cvn_reader', '42501', 'delete from worker_reports'),
	('cvn_reader', '42501', $$select config_write('paper', 'save', 3, '{}', '[]', null, 'w', null, 'x', null)$$)
) v (role, outcome, statement);

-- PUBLIC has nothing.
create role cvn_nobody;
select is_empty($$
	select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
	and has_any_column_privilege('cvn_nobody', c.oid, 'select, insert, update')
$$, 'PUBLIC has no right on any table or view');
select is_empty($$
	select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and has_function_privilege('cvn_nobody', p.oid, 'execute')
$$, 'PUBLIC may execute no function');
select ok(not has_schema_privilege('cvn_nobody', 'public', 'usage'), 'PUBLIC does not reach the schema');
select ok(not has_database_privilege('cvn_nobody', current_database(), 'connect, temporary'), 'PUBLIC does not reach the database');
select is_empty($$select rolname from pg_roles where rolname ~ '^cvn_' and (rolsuper or rolcreaterole or rolcreatedb or rolbypassrls)$$,
	'no role of ours is more than a login');

select * from finish();
rollback;
