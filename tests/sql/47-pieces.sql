-- The pieces that the doors and the wire are made of, each by itself; and that every function of the schema is called
-- by some test of this folder.
begin;
select no_plan();

-- Times and lines
select is(wire_time('2026-03-29 01:59:59.9994+01'), '2026-03-29T00:59:59.999Z', 'a time is UTC, in milliseconds');
select is(history_csv(h), E'7,dev,2,9,2026-01-01T00:00:00.000Z,ada,,"a ""b""",CVN_A,,1,' || repeat('f', 64) || E',save,r-1\r\n'
	|| E'7,dev,2,9,2026-01-01T00:00:00.000Z,ada,,"a ""b""",CVN_B,2,,' || repeat('f', 64) || ',save,r-1', 'a line a parameter; null is empty')
from jsonb_populate_record(null::config_history, jsonb_build_object('id', 7, 'environment', 'dev', 'version', 2, 'change_id', 9, 'changed_at', '2026-01-01T00:00:00Z',
	'changed_by', 'ada', 'change_reason', 'a "b"', 'base_env', '{"CVN_B": "2"}'::jsonb, 'diff', '{"CVN_B": null, "CVN_A": "1"}'::jsonb, 'row_hash', repeat('f', 64),
	'kind', 'save', 'request_id', 'r-1')) h;

-- Places in the history
select is(history_place('dev', changed_at), id, 'the moment of a row is its place') from config_history where environment = 'dev' and version = 2;
select is(history_place('dev', 'infinity'), 9223372036854775807, 'after all of it');
select is(history_place('dev', '-infinity'), (select min(id) from config_history where environment = 'dev'), 'before all of it');
select is(history_place('nowhere', '-infinity'), 9223372036854775807, 'of no environment');

-- The end of one occurrence, without what follows it
select unnest(array[is(freeze_window_end(w, '2026-11-23 10:30Z'), '2026-11-23 12:00Z'::timestamptz, 'the end'),
	is(freeze_window_end(w, '2026-11-23 12:00Z'), null, 'is not in it')])
from jsonb_populate_record(null::freeze_windows, '{"starts_at": "2026-11-23T10:00Z", "ends_at": "2026-11-23T12:00Z"}') w;

-- What changes do, and whose may need an approval; each is undone
create function pg_temp.effect(p_changes jsonb, p_by text default 'ann') returns jsonb language plpgsql as $$
declare
	v_effect jsonb;
begin
	select to_jsonb(w) into strict v_effect from active_config c, config_entries_write(c.id, c.version + 1, p_changes, p_by, now()) w
	where c.environment = 'dev';
	raise exception using errcode = 'P0999', message = v_effect::text;
exception when sqlstate 'P0999' then
	return sqlerrm::jsonb;
end
$$;
select is(pg_temp.effect('{"CVN_COOLDOWN": "77s", "CVN_FILTER_NEWS": null}') - 'names',
	jsonb_build_object('diff', jsonb_build_array(jsonb_build_object('name', 'CVN_COOLDOWN', 'old', r.value, 'new', '77s')),
		'before', jsonb_build_object('CVN_COOLDOWN', r.value), 'after', '{"CVN_COOLDOWN": "77s"}'::jsonb, 'guarded', false), 'what is new, of what there is')
from resolved_config r where r.environment = 'dev' and r.name = 'CVN_COOLDOWN';
select is(pg_temp.effect('{}'), '{"diff": [], "names": null, "before": {}, "after": {}, "guarded": false}', 'nothing does nothing');
select is(pg_temp.effect(jsonb_build_object(r.name, r.value)) -> 'diff', '[]', 'what is in force already does nothing')
from resolved_config r where r.environment = 'dev' and r.name = 'CVN_COOLDOWN';
create temporary table reset as select pg_temp.effect((select jsonb_object_agg(e.name, null) from active_config_entries e where e.config_id = c.id)) as effect
from active_config c where c.environment = 'dev';
select is((select string_agg(d ->> 'name' || '=' || coalesce(d ->> 'new', 'null'), ' ' order by i) from reset, jsonb_array_elements(effect -> 'diff') with ordinality as u (d, i)),
	(select string_agg(r.name || '=' || coalesce(r.default_value, 'null'), ' ' order by r.name) from resolved_config r
		where r.environment = 'dev' and r.entry_value is distinct from r.default_value and r.entry_value is not null), 'null goes back to the default, by name');
select is(effect -> 'names', (select jsonb_agg(d -> 'name' order by i) from jsonb_array_elements(effect -> 'diff') with ordinality as u (d, i)), 'the names are in that order')
from reset;
insert into variable_catalog_history (name, catalog_version, action, old, new, changed_by, change_reason)
values ('CVN_SYMBOLS', 1, 'update', '{"critical": true}', '{"critical": false}', 'mallory', 'x');
insert into config_rules_history (name, catalog_version, action, old, changed_by) values ('b', 1, 'delete', '{"expression": "CVN_COOLDOWN > 1s"}', 'eve');
select is((pg_temp.effect(v.changes::jsonb, v.by) -> 'guarded')::boolean, v.guarded, v.what) from (values
	('{"CVN_COOLDOWN": "77s"}', 'ann', false, 'who never changed the catalog needs no approval'),
	('{"CVN_MAX_POSITION_USD": "7"}', 'ann', true, 'but for what is critical'),
	('{"CVN_COOLDOWN": "77s"}', 'mallory', true, 'who changed a definition is asked about'),
	('{"CVN_COOLDOWN": "77s"}', 'eve', true, 'and who changed a rule')) v (changes, by, guarded, what);
select is(config_catalog_effect('dev', d)::text, row(d, array['CVN_COOLDOWN'], jsonb_build_object('CVN_COOLDOWN', '1s'), jsonb_build_object('CVN_COOLDOWN', r.value), true)::text,
	'the catalog moves a value to what is in force')
from resolved_config r, jsonb_build_array(jsonb_build_object('name', r.name, 'old', '1s', 'new', r.value)) d where r.environment = 'dev' and r.name = 'CVN_COOLDOWN';

-- What a change set leaves, without the door
create temporary table made as select change_create('dev', 'change_set', 3, '{}', '[{"name": "CVN_COOLDOWN", "old": "10s", "new": "9s"}]', null, 'why', 'ada', 'r-1') as id;
select is(attempt('cvn_api', format('select config_history_append(%s, c, ''{}'', ''{}'', 1) from config_changes c where id = %s', a.id, m.id)), '42501', 'the API appends nothing to the history')
from active_config a, made m where a.environment = 'dev';
update active_config set version = 4 where environment = 'dev';
alter table config_changes disable trigger config_changes_guard;
update config_changes set state = 'active', version = 4, decided_by = 'bob' where id = (select id from made);
alter table config_changes enable trigger config_changes_guard;
select ok(config_history_append(c.id, m, '{"CVN_COOLDOWN": "10s"}', '{"CVN_COOLDOWN": "9s"}', 1) > now(), 'a row is appended, at its time') from active_config c, config_changes m where c.environment = 'dev' and m.id = (select id from made);
select is((select row(version, base_env, diff, changed_by, approved_by)::text from config_history where environment = 'dev' order by id desc limit 1),
	'(4,"{""CVN_COOLDOWN"": ""10s""}","{""CVN_COOLDOWN"": ""9s""}",ada,bob)', 'what was, what is, who and who approved');
select config_supersede(a.id, c, 'bob') from config_changes c join active_config a using (environment) where c.environment = 'dev' and c.version = 4;
select is((select string_agg(state, ' ' order by version) from config_changes where environment = 'dev' and version in (2, 4)), 'active active',
	'an earlier one of which a value is still in force stays active');
select unnest(array[is(change_json(c) #>> '{state}', 'active', 'a change set on the wire'), is(change_events(c.id) #>> '{0,event}', 'activate', 'has the event of it')])
from config_changes c join made using (id);
select is(change_propagation('dev', null)::text, null, 'what is no version does not propagate');
select tap.report('p1', 'dev', 4);
select tap.report('p2', 'dev', 3);
select is((change_propagation('dev', 4)::jsonb - 'workers')::text, '{"state": "propagating", "total": 2, "applied": 1}', 'one of two has it');
select tap.report('p2', 'dev', 4);
select is(change_propagation('dev', 4) ->> 'state', 'applied_by_all', 'both have it');
select tap.report('p2', 'dev', 3, '{"state": "rejected", "rejected": {"version": 4, "detail": "no"}}');
select is(change_propagation('dev', 4) ->> 'state', 'lagging', 'one that rejects it makes the whole lag');

-- What a report tells, most telling first
create function pg_temp.tells(p_worker text, p_change jsonb) returns text language plpgsql as $$
begin
	perform tap.report(p_worker, 'dev', 4, '{"instance": "a"}');
	perform tap.report(p_worker, 'dev', coalesce((p_change ->> 'version')::bigint, 4), '{"instance": "a"}' || p_change);
	return (select string_agg(kind, ' ' order by id) from worker_reports where worker_id = p_worker);
end
$$;
select is(pg_temp.tells('tells-' || v.i, v.change::jsonb), 'started' || coalesce(' ' || v.kind, ''), format('%s: %s', v.change, coalesce(v.kind, 'nothing'))) from (values
	(1, '{}', null), (2, '{"instance": "b"}', 'started'), (3, '{"instance": "b", "closed": true, "version": 5}', 'started'), (4, '{"closed": true, "version": 5}', 'closed'),
	(5, '{"rejected": {"version": 5}, "version": 5}', 'rejected'), (6, '{"version": 5, "restart_required": ["A"]}', 'applied'), (7, '{"version": 3}', 'applied'),
	(8, '{"restart_required": ["A"], "state": "restart_required"}', 'restart_required'), (9, '{"state": "pending"}', 'waiting'),
	(10, '{"pending": [1]}', 'waiting'), (11, '{"waiting_for": "restart", "waiting_ms": 0}', 'waiting'), (12, '{"config_hash": "' || repeat('0', 64) || '"}', 'waiting'),
	(13, '{"started_from_cache": true}', 'started'), (14, '{"rejected": null}', null), (15, '{"forbidden": 1}', null)) v (i, change, kind);

-- Objects on the wire have exactly the members that are promised
create function pg_temp.members(p json) returns text language sql as $$select string_agg(key, ' ' order by i) from json_object_keys(p) with ordinality as k (key, i)$$;
insert into operators (login, password_hash, created_by) values ('ann', '$y$x', 'root');
insert into operator_roles values ('ann', '*', 'admin'), ('ann', 'dev', 'viewer');
insert into tokens (name, sha256, role, environment, created_by) values ('a', repeat('1', 64), 'viewer', '*', 'ann');
insert into parameter_sets (hash, canonical, config_version, catalog_version)
select encode(sha256(convert_to(c, 'UTF8')), 'hex'), c, 'dev:3', 1 from (values ('{"base_env":{},"code_version":{},"factors":{},"variables_catalog":{}}')) v (c);
select unnest(array[is(pg_temp.members(operator_json(o)), 'login disabled created_at password_changed_at roles', 'an operator, without a password'),
	is((operator_json(o) -> 'roles')::jsonb, '[{"environment": "*", "role": "admin"}, {"environment": "dev", "role": "viewer"}]', 'with the roles')]) from operators o;
select is(pg_temp.members(token_json(t)), 'id name role environment created_by created_at expires_at revoked_at', 'a token, without its secret') from tokens t;
select is(pg_temp.members(rule_json(r)), 'name expression message version updated_at updated_by', 'a rule') from config_rules r limit 1;
select is(pg_temp.members(freeze_window_create('dev', null, null, '{"days": [1], "from": "08:00", "to": "09:00", "timezone": "UTC"}', 'x', 'ada')),
	'id environment starts_at ends_at weekly reason created_by created_at', 'a window that is made');
select is(pg_temp.members(freeze_window_json(w)), 'id environment starts_at ends_at weekly reason created_by created_at', 'is the same when it is listed')
from freeze_windows w;
select is((parameter_set_json(s) ->> 'config_version')::bigint, 3::bigint, 'the version of a set is its number') from parameter_sets s;
select is((catalog_history_json('CVN_COOLDOWN') #>> '{entries,0,action}'), 'create', 'the history of a parameter');
select is_empty($$select catalog_history_json('CVN_NO_SUCH') where catalog_history_json('CVN_NO_SUCH') is not null$$, 'a name that never was has none');

-- A lock ends with the right to write
insert into operator_roles values ('ann', 'dev', 'editor');
select environment_lock('dev', 'ann'), environment_lock('paper', 'ann'), environment_lock('live', 'ben');
select operator_locks_end('ann');
select is((select string_agg(environment || ' ' || locked_by, ', ' order by environment) from active_config where locked_by is not null), 'dev ann, live ben',
	'an operator keeps the locks where there is the role of an editor, and those of others are left alone');
select is((select count(*) from active_config where environment = 'paper' and locked_at is null), 1::bigint, 'what is not locked is not since a time');

-- Somebody stays admin
select is(attempt('cvn_owner', 'select operator_keep_admin()'), 'ok', 'one is enough');
update operators set disabled = true;
select is(attempt('cvn_owner', 'select operator_keep_admin()'), 'CV409', 'one who is disabled is none');
select operator_lock();
select is((select count(*) from pg_locks where pid = pg_backend_pid() and mode = 'ShareRowExclusiveLock' and relation in ('operators'::regclass, 'operator_roles'::regclass)),
	2::bigint, 'who writes accounts keeps both tables');

-- Every function is called by a test; those of triggers have theirs in 16-triggers.sql, the two that only notify are
-- heard in 90-commit.sql.
\set texts `cat "$CVN_TEST_ROOT"/tests/sql/[1-9]*.sql "$CVN_TEST_ROOT"/tests/sql/setup.psql`
select is_empty(format($$select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prorettype <> 'trigger'::regtype
	and p.proname not in ('config_notify', 'config_event_state') and %L !~ ('\m' || p.proname || '\(')$$, :'texts'), 'every function is called by a test');

select * from finish();
rollback;
