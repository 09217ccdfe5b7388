-- What is asked before the catalog is written, and what a write leaves behind.
begin;
select no_plan();

create function pg_temp.definition(p jsonb default '{}') returns jsonb language sql as $$
	select '{"type":"int","allowed_values":null,"default_value":null,"min_value":"0","max_value":"9","description":"","group_name":"","category":"threshold",
		"unit":"","required":false,"deprecated":false,"hot_reloadable":true,"critical":false,"excluded_from_ftf":false}'::jsonb || p
$$;
create function pg_temp.put(p_name text, p jsonb, p_by text) returns bigint language sql as $$
	select version from catalog_write(p_name, pg_temp.definition(p), p_by, 'a test', 'r-1')
$$;
select version as before from catalog_state \gset

-- A write is one version of the catalog and one row of its history.
select is(pg_temp.put('CVN_NEW', '{}', 'ada'), :before + 1::bigint, 'a new parameter is the next catalog_version');
select is((select catalog_definition(v) from variable_catalog v where name = 'CVN_NEW'), pg_temp.definition(), 'it is what was given');
select is(pg_temp.put('CVN_NEW', '{"allowed_values":["1","2"],"min_value":null}', 'eve'), :before + 2::bigint, 'and again');
select is((select array[v.allowed_values::text, v.min_value, v.updated_by, v.version::text] from variable_catalog v where name = 'CVN_NEW'),
	array['["1", "2"]', null, 'eve', (:before + 2)::text], 'what is null is not set');
select is((select string_agg(action, ' ' order by id) from variable_catalog_history where name = 'CVN_NEW' and request_id = 'r-1'), 'create update', 'with its history');
select is((select new ->> 'min_value' from variable_catalog_history where name = 'CVN_NEW' and action = 'create'), '0', 'which knows what was');
select is(attempt('cvn_api', $$select * from catalog_write('CVN_NO_SUCH', null, 'ada', 'x', null)$$), 'CV404', 'what is not there is not deleted');
select is(attempt('cvn_api', $$select * from rule_write('no-such', null, null, 'ada', null, null)$$), 'CV404', 'nor is a rule');

-- What names a parameter.
select is(catalog_references('CVN_NEW'), null::text, 'nothing names a parameter that never had a value');
select is(catalog_references('CVN_MAX_LEVERAGE'), 'the history of dev', 'a value of version 1 is history');
select * into temporary saved from tap.save('dev', '{"CVN_NEW":"1"}');
select is(catalog_references('CVN_NEW'), 'an entry of dev', 'an entry names it');
select * into temporary back from tap.save('dev', '{"CVN_NEW":null}');
select is(catalog_references('CVN_NEW'), 'the history of dev', 'and then the history');
select is(attempt('cvn_api', $$select * from catalog_write('CVN_NEW', null, 'ada', 'x', null)$$), '23503', 'so it stays');

-- Whose value needs approval.
select ok(pg_temp.put('CVN_GUARDED', '{"critical":true}', 'ada') > 0, 'written');
select ok(catalog_guarded('CVN_GUARDED', 'bob'), 'a critical parameter is everybody''s');
select ok(pg_temp.put('CVN_GUARDED', '{"critical":false}', 'ada') > 0, 'written');
select ok(catalog_guarded('CVN_GUARDED', 'ada'), 'who un-marked it still needs approval');
select ok(not catalog_guarded('CVN_GUARDED', 'bob'), 'others do not');
select ok(pg_temp.put('CVN_GUARDED', '{"critical":false,"unit":"x"}', 'ada') > 0, 'written');
select ok(catalog_guarded('CVN_GUARDED', 'ada'), 'and another write does not wash it off');
select ok(pg_temp.put('CVN_GUARDED', '{"critical":false,"max_value":"99"}', 'bob') > 0, 'written');
select ok(catalog_guarded('CVN_GUARDED', 'bob'), 'nor does who changed its bounds write it without approval');
select ok(not catalog_guarded('CVN_GUARDED', 'eve'), 'others do');
select ok(not catalog_guarded('CVN_COOLDOWN', 'ada') and not catalog_guarded('CVN_NO_SUCH', 'ada'), 'what was never critical is nobody''s');

-- Another default is another value where an environment runs with it, whoever asks for the write.
create function pg_temp.set_default(p_name text, p jsonb, p_by text) returns text language sql as $$
	select attempt('cvn_api', format('select * from catalog_write(%L, %L, %L, ''x'', null)', p_name, pg_temp.definition(p), p_by))
$$;
select is(pg_temp.set_default('CVN_LIMIT', '{"critical":true,"default_value":"1"}', 'ada'), 'ok', 'what is new comes with a value');
select is(pg_temp.set_default('CVN_LIMIT', '{"critical":true,"default_value":"1","unit":"x"}', 'ada'), 'ok', 'the same default is none');
select is(pg_temp.set_default('CVN_LIMIT', definition, by), 'CV409', what) from (values
	('{"critical":true,"default_value":"2"}'::jsonb, 'ada', 'another default of what is critical'),
	('{"critical":true}', 'ada', 'no default of it'), ('{"critical":false,"default_value":"2"}', 'ada', 'made not critical by the same write')) v (definition, by, what);
select is(attempt('cvn_api', $$select * from catalog_write('CVN_LIMIT', null, 'ada', 'x', null)$$), 'CV409', 'nor does it go');
select is(pg_temp.set_default('CVN_LIMIT', '{"default_value":"1"}', 'ada'), 'ok', 'made not critical');
select is(pg_temp.set_default('CVN_LIMIT', '{"default_value":"2"}', 'ada'), 'CV409', 'another default by who made it so');
select is(pg_temp.set_default('CVN_LIMIT', '{"default_value":"2"}', 'bob'), 'ok', 'and by somebody else');
insert into active_config_entries (config_id, name, value, version, changed_at, changed_by) select id, 'CVN_LIMIT', '2', version, now(), 'ada' from active_config;
select is(pg_temp.set_default('CVN_LIMIT', '{"default_value":"3"}', 'ada'), 'ok', 'or where every environment has a value of its own');
select is(attempt('cvn_api', $$select catalog_approval(v, v, 'ada') from variable_catalog v$$), 'ok', 'what keeps its default needs none');

-- Accounts and times.
select ok(operator_wrote('ada'), 'who wrote the catalog is named by the history');
select ok(not operator_wrote('zoe'), 'who wrote nothing is not');
select is(time_given(v.given)::text is not null, v.holds, format('%s is %s time', to_json(v.given), case when v.holds then 'a' else 'no' end))
from (values ('2026-01-31T08:00:00Z', true), ('2026-01-31T08:00:00.5+01:00', true), ('2026-02-30T08:00:00Z', false), ('2026-01-31', false),
	('now', false), ('infinity', false), ('2026-01-31T25:00:00Z', false), (E'2026-01-31T08:00:00Z\n', false)) v (given, holds);

select * from finish();
rollback;
