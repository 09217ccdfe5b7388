-- The shape of the schema: names others rely on, comments everywhere, every constraint named, every door pinned.
begin;
select no_plan();

select has_table('public', t, 'table ' || t) from unnest(array['variable_catalog', 'variable_catalog_history', 'active_config',
	'active_config_entries', 'config_history', 'parameter_sets', 'finetune_runs', 'paper_sessions', 'live_sessions', 'config_changes',
	'config_rules', 'freeze_windows', 'operators', 'operator_roles', 'sessions', 'tokens', 'workers', 'worker_reports', 'catalog_state',
	'parameter_set_names', 'config_change_events', 'schema_patch']) t;
select has_view('public', v, 'view ' || v) from unnest(array['resolved_config', 'credentials', 'worker_status', 'environment_status']) v;

select columns_are('public', 'resolved_config', array['environment', 'version', 'name', 'type', 'allowed_values', 'default_value',
	'min_value', 'max_value', 'category', 'required', 'deprecated', 'hot_reloadable', 'critical', 'excluded_from_ftf', 'entry_value',
	'value', 'source', 'changed_version', 'changed_at', 'changed_by']);

select is_empty($$
	select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and obj_description(c.oid) is null
$$, 'every table and view has a comment');
select is_empty($$
	select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
	where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and col_description(c.oid, a.attnum) is null
$$, 'every column has a comment');
select is_empty($$
	select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and obj_description(p.oid) is null
$$, 'every function has a comment');

select is_empty($$
	select conrelid::regclass, conname from pg_constraint
	where connamespace = 'public'::regnamespace and (conname ~ '_(pkey|fkey|key|check)\d*$')
$$, 'no constraint carries a name that PostgreSQL made up');

select is_empty($$
	select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace
	and p.prosqlbody is null and not 'search_path=pg_catalog, public, pg_temp' = any (coalesce(p.proconfig, '{}'))
	and (p.prosecdef or p.prorettype = 'trigger'::regtype
		or exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee <> p.proowner))
$$, 'every function pins its search_path, or was bound when it was made, or is called by the owner alone');
select isnt_empty($$ select from pg_proc where pronamespace = 'public'::regnamespace and prosecdef $$, 'there are SECURITY DEFINER functions');

select is_empty($$
	select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relowner <> 'cvn_owner'::regrole
	union all
	select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proowner <> 'cvn_owner'::regrole
$$, 'cvn_owner owns everything');

-- Grammars
select is(attempt('cvn_owner', format('select %L::%s', v.value, v.domain)), v.outcome, format('%s takes %s: %s', v.domain, to_json(v.value), v.outcome))
from (values
	('parameter_name', 'CVN_X', 'ok'), ('parameter_name', 'C', '23514'), ('parameter_name', 'cvn_x', '23514'),
	('parameter_name', E'CVN_X\n', '23514'), ('parameter_name', 'A' || repeat('B', 62), 'ok'), ('parameter_name', 'A' || repeat('B', 63), '23514'),
	('environment_name', 'paper', 'ok'), ('environment_name', 'p-2', 'ok'), ('environment_name', '2p', '23514'), ('environment_name', '', '23514'),
	('environment_name', '*', '23514'), ('environment_name', 'a' || repeat('b', 31), '23514'),
	('environment_scope', '*', 'ok'), ('environment_scope', '**', '23514'),
	('identifier', 'w-1.a_B', 'ok'), ('identifier', 'a b', '23514'), ('identifier', repeat('x', 65), '23514'),
	('sha256_hex', repeat('0', 64), 'ok'), ('sha256_hex', repeat('A', 64), '23514'), ('sha256_hex', repeat('0', 63), '23514'),
	('reason_text', 'why', 'ok'), ('reason_text', '  ', '23514')
) v (domain, value, outcome);

-- Rows that must not be
select is(attempt('cvn_owner', v.statement), v.outcome, v.what)
from (values
	('23514', 'a version below zero', $$update active_config set version = -1$$),
	('23514', 'a lock without its time', $$update active_config set locked_by = 'ada'$$),
	('23514', 'an unknown type', $$update variable_catalog set type = 'float' where name = 'CVN_COOLDOWN'$$),
	('23514', 'an unknown category', $$update variable_catalog set category = 'other' where name = 'CVN_COOLDOWN'$$),
	('23514', 'allowed values that are numbers', $$update variable_catalog set allowed_values = '[1]' where name = 'CVN_MODEL_TYPE'$$),
	('23514', 'an enum without values', $$update variable_catalog set allowed_values = null where name = 'CVN_MODEL_TYPE'$$),
	('23514', 'bounds of a bool', $$update variable_catalog set min_value = '0' where name = 'CVN_FILTER_TREND'$$),
	('23514', 'a second row of catalog_state', $$insert into catalog_state values (false, 1)$$),
	('23505', 'the same row again', $$insert into catalog_state values (true, 1)$$),
	('23505', 'an environment twice', $$insert into active_config (environment, updated_by) values ('paper', 'ada')$$),
	('23514', 'a password that is not yescrypt', $$insert into operators (login, password_hash, created_by) values ('a', 'secret', 'a')$$),
	('23503', 'a run without its set', $$insert into finetune_runs (run_id, kind, environment, parameter_set_hash, created_by)
		values ('r', 'train', 'dev', repeat('0', 64), 'a')$$),
	('23502', 'a run with no set', $$insert into finetune_runs (run_id, kind, environment, created_by) values ('r', 'train', 'dev', 'a')$$)
) v (outcome, what, statement);

-- The demo
select set_eq('select environment::text from active_config', array['dev', 'paper', 'live'], 'three environments');
select cmp_ok((select count(*) from variable_catalog), '>=', 40::bigint, 'about 40 parameters');
select is((select count(distinct type) from variable_catalog), 7::bigint, 'of all types');
select is((select count(distinct category) from variable_catalog), 4::bigint, 'of all categories');
select set_eq($$select name::text from variable_catalog where critical and name in ('CVN_ENTRY_THRESHOLD', 'CVN_MAX_POSITION_USD',
	'CVN_COOLDOWN', 'CVN_FILTER_TREND', 'CVN_STOP_LOSS_PCT', 'CVN_TAKE_PROFIT_PCT', 'CVN_MODEL_TYPE', 'CVN_SYMBOLS')$$,
	array['CVN_MAX_POSITION_USD'], 'of those promised only CVN_MAX_POSITION_USD is critical');
select is_empty($$select from config_rules r where name <> 'stop-below-target' and expression ~
	'CVN_(ENTRY_THRESHOLD|MAX_POSITION_USD|COOLDOWN|FILTER_TREND|STOP_LOSS_PCT|TAKE_PROFIT_PCT|MODEL_TYPE|SYMBOLS)\M'$$, 'no other rule names them');
select set_eq($$select name::text, type, category, min_value, max_value, default_value, hot_reloadable from variable_catalog
	where name in ('CVN_ENTRY_THRESHOLD', 'CVN_MAX_POSITION_USD', 'CVN_STOP_LOSS_PCT', 'CVN_TAKE_PROFIT_PCT', 'CVN_MODEL_TYPE') order by name$$,
	$$values ('CVN_ENTRY_THRESHOLD', 'decimal', 'threshold', '0', '1', '0.62', true),
	('CVN_MAX_POSITION_USD', 'int', 'risk_limit', '0', '10000000', '50000', true),
	('CVN_MODEL_TYPE', 'enum', 'threshold', null, null, 'xgboost', false),
	('CVN_STOP_LOSS_PCT', 'decimal', 'risk_limit', '0', '100', '0.5', true),
	('CVN_TAKE_PROFIT_PCT', 'decimal', 'risk_limit', '0', '100', '1.5', true)$$, 'as promised');

select * from finish();
rollback;
