-- What shows only after a commit: notifications, and sql/apply on a database that is there already. So these cases
-- commit, in an environment of their own, through a psql of their own.
select no_plan();

\set heard `psql -X -q -v ON_ERROR_STOP=1 -d "$CVN_TEST_DATABASE" -c 'listen config_changed' -c 'listen config_event' -c 'begin' -c "select environment_create('heard', null, 'ada', 'x', null)" -c "select tap.save('heard', '{\"CVN_COOLDOWN\": \"90s\", \"CVN_FILTER_NEWS\": \"true\"}')" -c "select tap.save('heard', '{\"CVN_COOLDOWN\": \"80s\", \"CVN_FILTER_NEWS\": null}')" -c 'commit' | sed -n 's/^Asynchronous notification "\(.*\)" with payload "\(.*\)" received.*/\1 \2/p' | sed 's/"change_id" : [0-9]*/"change_id" : N/'`
select results_eq($$select trim(line) from regexp_split_to_table($$ || quote_literal(:'heard') || $$, '\n') line where line <> ''$$, array[
	'config_changed env=heard,key=*,version=1',
	'config_event {"type" : "change_state", "environment" : "heard", "change_id" : N, "state" : "active"}',
	'config_changed env=heard,key=CVN_COOLDOWN,version=2',
	'config_changed env=heard,key=CVN_FILTER_NEWS,version=2',
	'config_event {"type" : "change_state", "environment" : "heard", "change_id" : N, "state" : "active"}',
	'config_event {"type" : "change_state", "environment" : "heard", "change_id" : N, "state" : "superseded"}',
	'config_changed env=heard,key=CVN_COOLDOWN,version=3',
	'config_changed env=heard,key=CVN_FILTER_NEWS,version=3',
	'config_event {"type" : "change_state", "environment" : "heard", "change_id" : N, "state" : "active"}'
	], 'one notification a parameter, and the states of change sets');

\set many `psql -X -q -v ON_ERROR_STOP=1 -d "$CVN_TEST_DATABASE" -c 'listen config_changed' -c "select tap.save('heard', (select jsonb_object_agg(name, default_value || '1') from (select name, default_value from variable_catalog where type not in ('bool', 'enum') and not critical order by name limit 21) v))" | sed -n 's/^Asynchronous notification "\(.*\)" with payload "\(.*\)" received.*/\1 \2/p'`
select is(trim(E'\n' from :'many'), 'config_changed env=heard,key=*,version=4', 'more than 20 parameters: one with key=*');

\set quiet `psql -X -q -v ON_ERROR_STOP=1 -d "$CVN_TEST_DATABASE" -c 'listen config_changed' -c 'listen config_event' -c "select tap.report('w', 'heard', 4)" -c "select tap.report('w', 'heard', 4, '{\"closed\": true}')" | grep -c Asynchronous`
select is(:'quiet'::text, '0', 'a report notifies nobody');

\set again `"$CVN_TEST_APPLY" "$CVN_TEST_DATABASE" --demo 2>&1; echo rc=$?`
select is(:'again'::text, 'rc=0', 'sql/apply again: nothing to say');
select is((select version from active_config where environment = 'heard'), 4::bigint, 'and what is there stays');

-- What locks out readers or writers is done only where something differs, and then it is done.
create temporary table made as
	select t.oid, t.xmin::text as made from pg_trigger t where not t.tgisinternal
	union all select c.oid, c.oid::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'v';
create function pg_temp.made_anew() returns bigint language sql as $$
	select count(*) from (select t.oid, t.xmin::text as made from pg_trigger t where not t.tgisinternal
		union all select c.oid, c.oid::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'v'
		except select oid, made from made) m
$$;
\set again `"$CVN_TEST_APPLY" "$CVN_TEST_DATABASE" 2>&1; echo rc=$?`
select is(pg_temp.made_anew(), 0::bigint, 'sql/apply again: triggers and views are those that were there');
drop trigger config_history_append_only on config_history;
alter table config_rules disable trigger config_rules_link;
create or replace view runs as select r.run_id, r.kind, r.environment, r.parameter_set_hash, 1::bigint as config_version, 1::bigint as catalog_version,
	r.status, r.created_at, r.created_by from finetune_runs r;
\set mended `"$CVN_TEST_APPLY" "$CVN_TEST_DATABASE" 2>&1; echo rc=$?`
select is(:'mended'::text, 'rc=0', 'sql/apply where triggers and views were changed by hand');
select is((select count(*) from pg_trigger where tgname = 'config_history_append_only' and tgenabled = 'O'), 1::bigint, 'a trigger that was dropped is there again');
select is((select tgenabled::text from pg_trigger where tgname = 'config_rules_link'), 'O', 'one that was disabled is enabled');
select matches(pg_get_viewdef('runs'::regclass), 'live_sessions', 'a view that was replaced is the one of this release');

insert into schema_patch (name) values ('9999-from-the-future');
\set future `"$CVN_TEST_APPLY" "$CVN_TEST_DATABASE" 2>&1; echo rc=$?`
select is(:'future'::text, E'sql/apply: the database has patch 9999-from-the-future, which this checkout does not know\nrc=1', 'a newer database is refused in one line');
delete from schema_patch where name = '9999-from-the-future';

\set owner `"$CVN_TEST_APPLY" "$CVN_TEST_DATABASE options='-c role=cvn_owner'" 2>&1; echo rc=$?`
select is(:'owner'::text, 'rc=0', 'the owner of the schema may apply it too');

\set usage `"$CVN_TEST_APPLY" 2>&1; echo rc=$?`
select is(:'usage'::text, E'usage: sql/apply CONNINFO [--demo]\nrc=2', 'no connection string: usage');

select * from finish();
