-- Every trigger of the schema does what its name says: a statement meets it, and with that one trigger off the same
-- statement does not. One that is added without a case here fails the last test.
begin;
select no_plan();

-- 1. Rows to work on.
select tap.report('w1', 'dev', 1);
insert into config_rules_history (name, catalog_version, action, new, changed_by) values ('r', 1, 'create', '{}', 'ann');
insert into config_changes (environment, kind, state, base_version, changes, diff, reason, created_by)
values ('dev', 'change_set', 'rejected', 3, '{}', '[]', 'x', 'ann');
insert into variable_catalog (name, type, category, version, updated_by) values ('CVN_OLD', 'int', 'threshold', 1, 'ann');
update active_config set version = version; -- pending checks of keys are done before triggers are switched
insert into parameter_sets (hash, canonical, config_version, catalog_version)
select encode(sha256(convert_to(c, 'UTF8')), 'hex'), c, '3', 1 from (values ('{"base_env":{},"code_version":{},"factors":{},"variables_catalog":{}}')) v (c);
insert into parameter_set_names select hash, 'CVN_COOLDOWN' from parameter_sets;
insert into finetune_runs (run_id, kind, environment, parameter_set_hash, created_by) select 'f', 'train', 'dev', hash, 'ann' from parameter_sets;
insert into paper_sessions (session_id, environment, parameter_set_hash, active_config_version, created_by) select 'p', 'dev', hash, '3', 'ann' from parameter_sets;
insert into live_sessions (session_id, environment, parameter_set_hash, active_config_version, created_by) select 'l', 'dev', hash, '3', 'ann' from parameter_sets;
insert into variable_catalog_history (name, catalog_version, action, old, changed_by, change_reason) values ('CVN_GONE', 1, 'delete', '{}', 'ann', 'x');

-- A row of the history for the next version of dev, with links that are wrong.
create function pg_temp.next_row() returns text language sql as $$
	select $f$insert into config_history (config_id, environment, version, change_id, kind, base_env, diff, changed_by, change_reason, catalog_version, prev_hash, row_hash)
		select config_id, environment, version + 1, change_id, kind, '{}', '{"CVN_COOLDOWN": "9s"}', 'ann', 'x', 1, repeat('0', 64), repeat('0', 64)
		from config_history where environment = 'dev' order by version desc limit 1 $f$
$$;
create function pg_temp.fails_unless(p_statement text, p_query text) returns text language sql as $$
	select format('do $f$ begin %s; if not exists (%s) then raise exception using errcode = ''P0998''; end if; end $f$', p_statement, p_query)
$$;

-- 2. What each one meets, and what comes of it with the trigger and without. P0998: what it writes is not there.
create temporary table cases (name text, statement text, outcome text, without text default 'ok');
insert into cases select v.t || '_append_only', format('update %I set %2$I = %2$I', v.t, v.c), 'CV409' from (values
	('config_history', 'change_reason'), ('config_history_names', 'changed_by'), ('config_change_events', 'actor'), ('variable_catalog_history', 'changed_by'),
	('config_rules_history', 'changed_by'), ('parameter_sets', 'created_at'), ('parameter_set_names', 'name'), ('worker_reports', 'kind')) v (t, c);
insert into cases select v.t || '_append_only', format('delete from %I', v.t), 'CV409', v.without from (values
	('config_history', '23503'), ('config_history_names', 'ok'), ('config_change_events', 'ok'), ('variable_catalog_history', 'ok'),
	('config_rules_history', 'ok'), ('parameter_sets', '23503'), ('parameter_set_names', 'ok'), ('worker_reports', 'ok')) v (t, without);
insert into cases select t || '_no_truncate', format('truncate %I', t), 'CV409' from unnest(array['config_history_names', 'config_change_events',
	'variable_catalog_history', 'config_rules_history', 'parameter_set_names', 'worker_reports', 'finetune_runs', 'paper_sessions', 'live_sessions']) t;
-- Others point to these, and go with them only where their own triggers are off.
create function pg_temp.truncates(p_table text, variadic p_with text[]) returns text language sql as $$
	select format('do $f$ begin %s truncate %I, %s; end $f$', (select string_agg(format('alter table %I disable trigger user; ', t), '') from unnest(p_with) t),
		p_table, array_to_string(p_with, ', '))
$$;
insert into cases values
	('config_history_no_truncate', pg_temp.truncates('config_history', 'config_history_names'), 'CV409'),
	('config_changes_no_truncate', pg_temp.truncates('config_changes', 'config_change_events', 'config_change_names', 'config_history', 'config_history_names'), 'CV409'),
	('parameter_sets_no_truncate', pg_temp.truncates('parameter_sets', 'parameter_set_names', 'finetune_runs', 'paper_sessions', 'live_sessions'), 'CV409');
insert into cases select t || '_no_delete', format('delete from %I', t), 'CV409' from unnest(array['finetune_runs', 'paper_sessions', 'live_sessions']) t;
insert into cases select t || '_guard', format('update %I set created_by = ''eve''', t), 'CV409' from unnest(array['finetune_runs', 'paper_sessions', 'live_sessions']) t;
insert into cases (name, statement, outcome, without) values
	('config_changes_guard', 'update config_changes set state = ''draft'' where state = ''rejected''', 'CV409', 'ok'),
	('config_changes_guard', 'update config_changes set reason = ''another'' where state = ''active''', 'CV409', 'ok'),
	('config_changes_guard', 'delete from config_changes where state = ''rejected''', 'CV409', 'ok'),
	('config_changes_link', pg_temp.fails_unless($$insert into config_changes (environment, kind, state, base_version, changes, diff, reason, created_by)
		values ('dev', 'change_set', 'draft', 3, '{"CVN_OLD": null}', '[]', 'x', 'ann')$$, $$select from config_change_names where name = 'CVN_OLD'$$), 'ok', 'P0998'),
	('config_rules_link', pg_temp.fails_unless($$insert into config_rules (name, expression, message, version, updated_by)
		values ('of-a-test', 'CVN_OLD > 1', 'x', 1, 'ann')$$, $$select from config_rule_names where name = 'CVN_OLD'$$), 'ok', 'P0998'),
	('config_history_chain', pg_temp.fails_unless(pg_temp.next_row(), $$select from config_history h join config_history p on p.config_id = h.config_id and p.version = 3
		where h.environment = 'dev' and h.version = 4 and h.prev_hash = p.row_hash and h.row_hash = config_history_hash(h)$$), 'ok', 'P0998'),
	('config_history_link', pg_temp.fails_unless(pg_temp.next_row(), $$select from config_history_names n join config_history h on h.id = n.history_id
		where h.environment = 'dev' and h.version = 4 and n.name = 'CVN_COOLDOWN'$$), 'ok', 'P0998'),
	('freeze_windows_check', $$insert into freeze_windows (environment, weekly, reason, created_by) values ('dev', '{"days": [9]}', 'x', 'ann')$$, 'CV422', 'ok'),
	('variable_catalog_guard', $$delete from variable_catalog where name = 'CVN_ORDER_TIMEOUT'$$, '23503', 'ok'),
	('variable_catalog_stamp', pg_temp.fails_unless($$drop table if exists before; create temporary table before as select stamp from catalog_state;
		update variable_catalog set description = 'x' where name = 'CVN_OLD'$$, $$select from catalog_state s where s.stamp not in (select stamp from before)$$), 'ok', 'P0998'),
	('config_rules_stamp', pg_temp.fails_unless($$drop table if exists before; create temporary table before as select stamp from catalog_state;
		update config_rules set message = 'x'$$, $$select from catalog_state s where s.stamp not in (select stamp from before)$$), 'ok', 'P0998'),
	('variable_catalog_stamp_row', pg_temp.fails_unless($$drop table if exists before; create temporary table before as select stamp from catalog_state;
		alter table variable_catalog disable trigger variable_catalog_stamp; set local session_replication_role = replica;
		update variable_catalog set description = 'x' where name = 'CVN_OLD'$$, $$select from catalog_state s where s.stamp not in (select stamp from before)$$), 'ok', 'P0998'),
	('config_rules_stamp_row', pg_temp.fails_unless($$drop table if exists before; create temporary table before as select stamp from catalog_state;
		alter table config_rules disable trigger config_rules_stamp; set local session_replication_role = replica;
		update config_rules set message = 'x'$$, $$select from catalog_state s where s.stamp not in (select stamp from before)$$), 'ok', 'P0998'),
	('catalog_state_stamp', pg_temp.fails_unless($$drop table if exists before; create temporary table before as select stamp from catalog_state;
		set local session_replication_role = replica; update catalog_state set stamp = stamp$$,
		$$select from catalog_state s where s.stamp not in (select stamp from before)$$), 'ok', 'P0998'),
	('variable_catalog_once', $$insert into variable_catalog (name, type, category, version, updated_by) values ('CVN_GONE', 'int', 'threshold', 1, 'ann')$$, '23505', 'ok');

-- 'ok' or the SQLSTATE, and everything undone; with or without one trigger.
create function pg_temp.meets(p_statement text, p_without text default null) returns text language plpgsql as $$
declare
	v_table regclass;
begin
	if p_without is not null then
		select tgrelid into strict v_table from pg_trigger where tgname = p_without and not tgisinternal;
		execute format('alter table %s disable trigger %I', v_table, p_without);
	end if;
	execute p_statement;
	set constraints all immediate;
	raise exception using errcode = 'P0999';
exception
	when sqlstate 'P0999' then
		return 'ok';
	when others then
		return sqlstate;
end
$$;
select is(pg_temp.meets(c.statement), c.outcome, format('%s: %s', c.name, left(regexp_replace(c.statement, '\s+', ' ', 'g'), 80))) from cases c;
select is(pg_temp.meets(c.statement, c.name), c.without, format('without %s: %s', c.name, left(regexp_replace(c.statement, '\s+', ' ', 'g'), 80))) from cases c;

select set_eq($$select t.tgname::text from pg_trigger t join pg_class r on r.oid = t.tgrelid
	where r.relnamespace = 'public'::regnamespace and not t.tgisinternal$$, 'select distinct name from cases', 'every trigger has a case here');

-- 3. A set stays as it is also for who makes the triggers of others silent.
set local session_replication_role = replica;
select is(pg_temp.meets(v), 'CV409', 'in the role of a replica: ' || v) from unnest(array['update parameter_sets set created_at = created_at', 'delete from parameter_sets',
	'truncate parameter_sets cascade', 'update parameter_set_names set name = name', 'delete from parameter_set_names', 'truncate parameter_set_names']) v;
select is(pg_temp.meets(statement), 'ok', 'in the role of a replica the catalog is stamped all the same: ' || name)
from cases where name in ('variable_catalog_stamp', 'config_rules_stamp');
set local session_replication_role = origin;

select * from finish();
rollback;
