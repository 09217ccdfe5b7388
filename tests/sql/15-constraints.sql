-- Every constraint of the schema refuses a row, by its own name; one that is added without a case here fails the last
-- tests. Triggers of ours are off, so that nothing but the constraint can refuse.
begin;
select no_plan();

-- 1. A row in every table.
select tap.report('w1', 'dev', 1);
insert into operators (login, password_hash, created_by) values ('ann', '$y$x', 'root'), ('ben', '$y$x', 'root');
insert into operator_roles values ('ann', '*', 'admin');
insert into sessions (sha256, login, expires_at) values (repeat('1', 64), 'ann', now() + interval '1 hour');
insert into tokens (name, sha256, role, environment, created_by) values ('a', repeat('1', 64), 'viewer', '*', 'ann'), ('b', repeat('2', 64), 'viewer', '*', 'ann');
select freeze_window_create('dev', '2020-01-01Z', '2020-01-02Z', null, 'x', 'ann');
insert into config_rules_history (name, catalog_version, action, new, changed_by) values ('r', 1, 'create', '{}', 'ann');
insert into parameter_sets (hash, canonical, config_version, catalog_version)
select encode(sha256(convert_to(c, 'UTF8')), 'hex'), c, '3', 1 from (values ('{"base_env":{},"code_version":{},"factors":{},"variables_catalog":{}}')) v (c);
insert into parameter_set_names select hash, 'CVN_COOLDOWN' from parameter_sets;
insert into finetune_runs (run_id, kind, environment, parameter_set_hash, created_by) select 'f', 'train', 'dev', hash, 'ann' from parameter_sets;
insert into paper_sessions (session_id, environment, parameter_set_hash, active_config_version, created_by) select 'p', 'dev', hash, '3', 'ann' from parameter_sets;
insert into live_sessions (session_id, environment, parameter_set_hash, active_config_version, created_by) select 'l', 'dev', hash, '3', 'ann' from parameter_sets;

create function pg_temp.tables() returns setof pg_class language sql as $$
	select * from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname
$$;
do $$
declare
	v_table text;
	v_empty boolean;
begin
	for v_table in select relname from pg_temp.tables() loop
		execute format('select not exists (select from %I)', v_table) into v_empty;
		assert not v_empty, v_table || ' has no row';
		execute format('alter table %I disable trigger user', v_table);
	end loop;
end
$$;

-- What refuses a statement: a constraint's name, or not null and the column; null: nothing does. Leaves nothing behind.
create function pg_temp.refuses(p_statement text) returns text language plpgsql as $$
declare
	v_constraint text;
	v_column text;
begin
	execute p_statement;
	raise exception using errcode = 'P0999';
exception
	when sqlstate 'P0999' then
		return null;
	when integrity_constraint_violation then
		get stacked diagnostics v_constraint = constraint_name, v_column = column_name;
		return coalesce(nullif(v_constraint, ''), 'not null ' || v_column);
end
$$;

-- 2. Checks: each by what it refuses.
create temporary table cases (name text, statement text);
insert into cases select v.name, format('select %s::%I', v.value, v.domain) from (values
	('parameter_name_grammar', 'parameter_name', $$'cvn'$$), ('environment_name_grammar', 'environment_name', $$'*'$$),
	('environment_scope_grammar', 'environment_scope', $$'**'$$), ('identifier_grammar', 'identifier', $$'a b'$$),
	('sha256_hex_grammar', 'sha256_hex', $$repeat('A', 64)$$), ('reason_text_given', 'reason_text', $$' '$$),
	('run_status_grammar', 'run_status', $$'Done'$$), ('natural_number_not_below_zero', 'natural_number', '(-1)'),
	('natural_seconds_not_below_zero', 'natural_seconds', '(-.1)'), ('json_array_is_one', 'json_array', $$'{}'$$),
	('json_object_is_one', 'json_object', $$'[]'$$), ('worker_build_bytes', 'worker_build', $$repeat('x', 201)$$),
	('worker_feed_known', 'worker_feed', $$'poll'$$), ('worker_state_known', 'worker_state', $$'offline'$$),
	('worker_wait_known', 'worker_wait', $$'luck'$$),
	('worker_instances_few', 'worker_instances', $$'{a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q}'$$),
	('worker_latencies_eleven', 'worker_latencies', $$'{1}'$$),
	('worker_report_kind_known', 'worker_report_kind', $$'other'$$), ('comment_text_bytes', 'comment_text', $$repeat('x', 4097)$$),
	('change_kind_known', 'change_kind', $$'other'$$), ('change_state_known', 'change_state', $$'done'$$),
	('change_event_grammar', 'change_event', $$'To Do'$$)) v (name, domain, value);
-- And that the tables that are written most are held to them.
select is(pg_temp.refuses(format('update %I set %s', v.relation, v.assignment)), v.name, v.assignment) from (values
	('workers', 'applied_version = -1', 'natural_number_not_below_zero'), ('workers', $$build = repeat('x', 201)$$, 'worker_build_bytes'),
	('workers', $$feed = 'poll'$$, 'worker_feed_known'), ('workers', 'forbidden_applies = -1', 'natural_number_not_below_zero'),
	('workers', 'forbidden_reported = -1', 'natural_number_not_below_zero'),
	('workers', $$instances = '{a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q}'$$, 'worker_instances_few'),
	('workers', $$latency_buckets = '{1}'$$, 'worker_latencies_eleven'), ('workers', 'latency_count = -1', 'natural_number_not_below_zero'),
	('workers', 'latency_sum = -1', 'natural_seconds_not_below_zero'), ('workers', $$pending = '{}'$$, 'json_array_is_one'),
	('workers', $$rejected = '[]'$$, 'json_object_is_one'), ('workers', $$restart_required = '{}'$$, 'json_array_is_one'),
	('workers', $$state = 'offline'$$, 'worker_state_known'), ('workers', $$waiting_for = 'luck', waiting_since = now()$$, 'worker_wait_known'),
	('worker_reports', $$detail = '[]'$$, 'json_object_is_one'), ('worker_reports', $$kind = 'other'$$, 'worker_report_kind_known'),
	('worker_reports', 'latency_seconds = -1', 'natural_seconds_not_below_zero'),
	('config_changes', $$changes = '[]'$$, 'json_object_is_one'), ('config_changes', $$comment = repeat('x', 4097)$$, 'comment_text_bytes'),
	('config_changes', $$diff = '{}'$$, 'json_array_is_one'), ('config_changes', $$kind = 'other'$$, 'change_kind_known'),
	('config_changes', $$origin = '[]'$$, 'json_object_is_one'), ('config_changes', $$state = 'done'$$, 'change_state_known'),
	('config_change_events', $$detail = '[]'$$, 'json_object_is_one'), ('config_change_events', $$event = 'To Do'$$, 'change_event_grammar'),
	('config_history', $$base_env = '[]'$$, 'json_object_is_one'), ('config_history', $$diff = '[]'$$, 'json_object_is_one'),
	('config_history', $$kind = 'other'$$, 'change_kind_known'), ('config_history', $$snapshot = '[]'$$, 'json_object_is_one')) v (relation, assignment, name);

-- The longest and the shortest of each grammar, and one past both
select is(attempt('cvn_owner', format('select %L::%I', v.value, v.domain)), v.outcome, format('%s of %s', v.what, v.domain)) from (values
	('parameter_name', 'AB', 'ok', 'the shortest'), ('parameter_name', 'A', '23514', 'one too short'),
	('parameter_name', 'A' || repeat('_', 62), 'ok', 'the longest'), ('parameter_name', 'A' || repeat('_', 63), '23514', 'one too long'),
	('environment_name', 'a', 'ok', 'the shortest'), ('environment_name', '', '23514', 'none'),
	('environment_name', 'a' || repeat('-', 30), 'ok', 'the longest'), ('environment_name', 'a' || repeat('-', 31), '23514', 'one too long'),
	('environment_scope', '*', 'ok', 'all'), ('environment_scope', 'a' || repeat('-', 30), 'ok', 'the longest'),
	('environment_scope', 'a' || repeat('-', 31), '23514', 'one too long'), ('environment_scope', '', '23514', 'none'),
	('identifier', 'a', 'ok', 'the shortest'), ('identifier', '', '23514', 'none'), ('identifier', repeat('.', 64), 'ok', 'the longest'),
	('identifier', repeat('.', 65), '23514', 'one too long'), ('identifier', E'a\n', '23514', 'a line'),
	('sha256_hex', repeat('f', 64), 'ok', 'a digest'), ('sha256_hex', repeat('f', 63), '23514', 'one too short'),
	('sha256_hex', repeat('f', 63) || ' ', '23514', 'one filled up'),
	('sha256_hex', repeat('f', 63) || E'\n', '23514', 'a line')) v (domain, value, outcome, what);
insert into cases values
	('catalog_state_one_row', 'insert into catalog_state values (false, 1)');
-- Of one row each: the constraint, the table, what is set.
insert into cases select v.name, format('update %I set %s where ctid = (select min(ctid) from %1$I)', v.relation, v.assignment) from (values
	('catalog_state_version_natural', 'catalog_state', 'version = -1'),
	('variable_catalog_allowed_values_array', 'variable_catalog', $$allowed_values = '[1]'$$),
	('variable_catalog_bounds_ordered_type', 'variable_catalog', $$type = 'string', min_value = '1'$$),
	('variable_catalog_category_known', 'variable_catalog', $$category = 'other'$$),
	('variable_catalog_enum_has_values', 'variable_catalog', $$type = 'enum', allowed_values = '[]', min_value = null, max_value = null$$),
	('variable_catalog_type_known', 'variable_catalog', $$type = 'float', min_value = null, max_value = null$$),
	('variable_catalog_value_bytes', 'variable_catalog', $$default_value = repeat('x', 8193)$$),
	('variable_catalog_version_natural', 'variable_catalog', 'version = -1'),
	('variable_catalog_history_action_known', 'variable_catalog_history', $$action = 'rename', old = new$$),
	('variable_catalog_history_action_rows', 'variable_catalog_history', $$action = 'update'$$),
	('variable_catalog_history_version_natural', 'variable_catalog_history', 'catalog_version = -1'),
	('config_rules_expression_bytes', 'config_rules', $$expression = repeat('x', 2049)$$),
	('config_rules_message_bytes', 'config_rules', $$message = ''$$),
	('config_rules_version_natural', 'config_rules', 'version = -1'),
	('config_rules_history_action_known', 'config_rules_history', $$action = 'rename', old = new$$),
	('config_rules_history_action_rows', 'config_rules_history', $$action = 'delete'$$),
	('config_rules_history_reason_bytes', 'config_rules_history', $$change_reason = repeat('x', 4097)$$),
	('config_rules_history_version_natural', 'config_rules_history', 'catalog_version = -1'),
	('active_config_environment_unique', 'active_config', $$environment = (select max(environment::text) from active_config)$$),
	('active_config_lock_whole', 'active_config', $$locked_by = 'ann'$$),
	('active_config_version_natural', 'active_config', 'version = -1'),
	('active_config_entries_value_bytes', 'active_config_entries', $$value = repeat('x', 8193)$$),
	('active_config_entries_version_positive', 'active_config_entries', 'version = 0'),
	('config_changes_base_version_natural', 'config_changes', 'base_version = -1'),
	('config_changes_version_unique', 'config_changes', $$version = version + 1$$),
	('config_changes_version_when_applied', 'config_changes', $$state = 'draft'$$),
	('config_history_catalog_version_natural', 'config_history', 'catalog_version = -1'),
	('config_history_snapshot_due', 'config_history', 'snapshot = null'),
	('config_history_version_positive', 'config_history', 'version = 0'),
	('config_history_version_unique', 'config_history', 'version = version + 1, snapshot = null'),
	('freeze_windows_in_order', 'freeze_windows', 'ends_at = starts_at'),
	('freeze_windows_single_whole', 'freeze_windows', 'ends_at = null'),
	('freeze_windows_weekly_object', 'freeze_windows', $$weekly = '[]'$$),
	('parameter_sets_always_frozen', 'parameter_sets', 'frozen = false'),
	('parameter_sets_canonical_members', 'parameter_sets', $$(hash, canonical) = (select encode(sha256(convert_to(c, 'UTF8')), 'hex'), c
		from (values ('{"base_env":{},"code_version":{},"factors":{},"more":1,"variables_catalog":{}}')) v (c))$$),
	('parameter_sets_catalog_version_natural', 'parameter_sets', 'catalog_version = -1'),
	('parameter_sets_hash_is_of_canonical', 'parameter_sets', $$canonical = canonical || ' '$$),
	('finetune_runs_kind_known', 'finetune_runs', $$kind = 'paper'$$),
	('operators_password_hash_yescrypt', 'operators', $$password_hash = 'secret'$$),
	('operator_roles_role_known', 'operator_roles', $$role = 'worker'$$),
	('sessions_in_order', 'sessions', 'expires_at = created_at'),
	('tokens_name_bytes', 'tokens', $$name = ''$$),
	('tokens_role_known', 'tokens', $$role = 'root'$$),
	('tokens_sha256_unique', 'tokens', $$sha256 = repeat('2', 64)$$),
	('workers_waiting_whole', 'workers', 'waiting_since = now()')
) v (name, relation, assignment);

-- 3. Keys: the same row again; a value that is nowhere.
insert into cases
select c.conname, format('insert into %1$s (%2$s) overriding system value select %2$s from %1$s limit 1', c.conrelid::regclass,
	(select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
	where a.attrelid = c.conrelid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''))
from pg_constraint c where c.connamespace = 'public'::regnamespace and c.contype = 'p';
insert into cases
select c.conname, format('update %1$s set %2$I = %3$L where ctid = (select min(ctid) from %1$s)', c.conrelid::regclass, a.attname, n.value)
from pg_constraint c
join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
join (values ('parameter_name', 'CVN_NO_SUCH'), ('environment_name', 'nowhere'), ('identifier', 'nobody'), ('bigint', '-1'), ('integer', '-1'),
	('character', repeat('0', 64))) n (type, value) on n.type = a.atttypid::regtype::text
where c.connamespace = 'public'::regnamespace and c.contype = 'f';

select is(pg_temp.refuses(c.statement), c.name, c.name) from cases c order by c.name;

-- 4. What must be there.
select is(pg_temp.refuses(format('update %1$I set %2$I = null where ctid = (select min(ctid) from %1$I)', t.relname, a.attname)),
	'not null ' || a.attname, format('%s.%s must be there', t.relname, a.attname))
from pg_temp.tables() t join pg_attribute a on a.attrelid = t.oid and a.attnotnull and a.attnum > 0
where not a.attisdropped and a.attidentity = '' and a.attgenerated = '';
-- Said twice, so that one may be lost: without the first, the second.
alter table finetune_runs alter parameter_set_hash drop not null;
alter table paper_sessions alter parameter_set_hash drop not null;
alter table live_sessions alter parameter_set_hash drop not null;
insert into cases select t || '_parameter_set_given', format('update %I set parameter_set_hash = null', t) from unnest(array['finetune_runs', 'paper_sessions', 'live_sessions']) t;
select is(pg_temp.refuses(c.statement), c.name, c.name) from cases c where c.name like '%\_given' and c.statement like 'update%';

-- 5. None without a case, and none twice.
select set_eq($$select conname::text from pg_constraint where connamespace = 'public'::regnamespace$$, 'select name from cases',
	'every constraint has a case here');
select is_empty('select name from cases group by name having count(*) > 1', 'and one only');

select * from finish();
rollback;
