-- The chain proves itself, shows tampering, and replays to what is in force.
begin;
select no_plan();

select is(length_prefixed('ab', 'c') = length_prefixed('a', 'bc'), false, 'fields cannot flow into each other');
select is(length_prefixed('a', null, ''), '1:a-0:', 'null is not empty');
select is(length_prefixed('é'), '2:é', 'lengths are bytes');

-- 600 versions, so that replays cross two snapshots.
select environment_create('long', null, 'ada', 'a long life', null);
select count(*) from (select tap.save('long', case i % 3
	when 0 then jsonb_build_object('CVN_ENTRY_THRESHOLD', trim_scale(i / 1000.0)::text)
	when 1 then jsonb_build_object('CVN_MAX_OPEN_POSITIONS', (i % 90 + 7)::text, 'CVN_COOLDOWN', i || 's')
	else jsonb_build_object('CVN_COOLDOWN', null) end) from generate_series(1, 600) i) s;
create function pg_temp.verdict(p_environment text) returns text language sql as 'select row(v.*)::text from history_verify(p_environment) v';

select is(pg_temp.verdict('long'), '(t,601,)', 'the chain holds');
select is((select array_agg(version order by version) from config_history where environment = 'long' and snapshot is not null),
	array[1, 256, 512]::bigint[], 'snapshots at 1 and every 256 versions');
select results_eq($$select name collate "C", value from config_at('long', 601)$$,
	$$select name::text collate "C", value from resolved_config where environment = 'long' and value is not null order by name$$, 'a replay gives what is in force');
select is((select value from config_at('long', v.version) where name = v.name), v.value, format('version %s had %s = %s', v.version, v.name, v.value))
from (values (1, 'CVN_ENTRY_THRESHOLD', '0.62'), (4, 'CVN_ENTRY_THRESHOLD', '0.003'), (256, 'CVN_COOLDOWN', '1m'), (257, 'CVN_COOLDOWN', '256s'),
	(254, 'CVN_COOLDOWN', '253s'), (512, 'CVN_COOLDOWN', '511s'), (600, 'CVN_ENTRY_THRESHOLD', '0.597'), (600, 'CVN_COOLDOWN', '1m')) v (version, name, value);
select is_empty($$select * from config_at('long', 602)$$, 'no row for a version that is not yet');
select is_empty($$select * from config_at('long', 0)$$, 'nor for one that never was');
select is((select body -> 'values' ->> 'CVN_COOLDOWN' from config_json('long', 257)), '256s', 'config_json gives a past version');
select is((select body ->> 'version' from config_json('long', 257)), '257', 'and says which');
select is_empty($$select * from config_json('long', 999)$$, 'and no row for one that is not');
select is((select body::text from config_export_json('long', 601)), (select body::text from config_export_json('long')), 'an export of the current version by its number is the same document');
select is((select body -> 'values' from config_export_json('long', 257))::text, (select body -> 'values' from config_json('long', 257))::text, 'an export has the values of its version');
update catalog_state set version = version + 1;
select is(e.body ->> 'catalog_version', h.catalog_version::text, 'and names the catalog under which it was written, whatever came after')
from config_export_json('long') e join config_history h on h.environment = 'long' and h.version = e.version;
select is_empty($$select * from config_export_json('long', 999)$$, 'no export of a version that is not');
select is_empty($$select * from config_export_json('none')$$, 'nor of an environment that is not');
select is((select body::text from config_json('long', 601)), (select body::text from config_json('long')), 'the current one by number is the current one');
select results_eq($$select k collate "C" from config_json('long', 300) c, json_object_keys(c.body -> 'values') k$$,
	$$select name::text collate "C" from resolved_config where environment = 'long' and value is not null order by name$$, 'values are ordered by name');

-- Found by name, in any form
select results_eq($$select history_id from config_history_names where name = 'CVN_COOLDOWN' order by history_id$$,
	$$select id from config_history where diff ? 'CVN_COOLDOWN' order by id$$, 'every row has its names');
select is((select json_array_length(body::json) from history_page('long', 'CVN_ENTRY_THRESHOLD', 'ada', null, null, null, null, 3, 'json')), 3, 'a page');
select is((select next_id from history_page('long', null, null, null, null, null, null, 601, 'json')), null, 'no next page after the last');
select is((select next_id from history_page('long', null, null, null, null, null, null, 600, 'json')),
	(select id from config_history where environment = 'long' and version = 2), 'the next page begins after the last row of this one');
select is((select count(*) from history_page('long', null, null, null, null, null, null, 601, 'ndjson'), regexp_matches(body, E'\n', 'g')), 601::bigint, 'a line a row');
select is((select body from history_page('long', null, null, null, null, null, null, 9, 'ndjson', 'dev,live')), '', 'nothing of what may not be read');
select is((select body::json -> 0 ->> 'version' || json_array_length(body::json) from history_page(null, null, null, null, null, null, null, 9, 'json', '*', c.id)),
	'3001', 'the entry of a change set') from config_changes c where c.environment = 'long' and c.version = 300;
select is((select body from history_page('dev', null, null, null, null, null, null, 9, 'json', '*', c.id)), '[]', 'not under another environment')
from config_changes c where c.environment = 'long' and c.version = 300;
select matches((select body from history_page('long', 'CVN_ENTRY_THRESHOLD', null, null, null, null, null, 1, 'csv')),
	'^\d+,long,601,\d+,[^,]+,ada,,a test,CVN_ENTRY_THRESHOLD,0\.\d+,0\.\d+,[0-9a-f]{64},save,r-1' || E'\r\n$', 'CSV');
select is(csv_field(v.given), v.field, 'CSV: ' || v.field)
from (values ('plain', 'plain'), ('a,b', '"a,b"'), ('say "x"', '"say ""x"""'), (E'two\nlines', E'"two\nlines"'), (null, '')) v (given, field);

-- Verified in parts, as the API does
create function pg_temp.in_parts(p_limit bigint) returns text language sql as $$
	select row(min(v.broken_at) is null, sum(v.checked), min(v.broken_at))::text
	from generate_series(0, 601, p_limit) a, history_verify_part('long', a, p_limit) v
$$;
select is(pg_temp.in_parts(v), '(t,601,)', format('parts of %s', v)) from unnest(array[1, 7, 300, 601]) v;

-- Tampering by one who can switch the triggers off
set session_replication_role = replica;
create function pg_temp.tamper(p_sql text) returns text language plpgsql as $$
declare
	v_verdict text;
begin
	begin
		execute p_sql;
		v_verdict := pg_temp.verdict('long');
		if v_verdict <> pg_temp.in_parts(7) then
			v_verdict := 'in parts: ' || pg_temp.in_parts(7);
		end if;
		raise exception using errcode = 'P0999'; -- undo it
	exception when sqlstate 'P0999' then
		return v_verdict;
	end;
end
$$;
select is(pg_temp.tamper(v.statement), v.verdict, v.what)
from (values
	('(f,601,77)', 'a changed value', $$update config_history set diff = '{"CVN_COOLDOWN": "1h"}' where environment = 'long' and version = 77$$),
	('(f,601,77)', 'a changed name', $$update config_history set changed_by = 'eve' where environment = 'long' and version = 77$$),
	('(f,601,77)', 'a changed time', $$update config_history set changed_at = changed_at + interval '1 microsecond' where environment = 'long' and version = 77$$),
	('(f,601,77)', 'an approver that was not', $$update config_history set approved_by = 'eve' where environment = 'long' and version = 77$$),
	('(f,601,256)', 'a changed snapshot', $$update config_history set snapshot = '{}' where environment = 'long' and version = 256$$),
	('(f,601,78)', 'a row rewritten with a hash of its own', $$update config_history set changed_by = 'eve' where environment = 'long' and version = 77;
		update config_history h set row_hash = config_history_hash(h) where environment = 'long' and version = 77$$),
	('(f,600,300)', 'a row taken out', $$delete from config_history where environment = 'long' and version = 300$$),
	('(f,600,601)', 'the last row taken out', $$delete from config_history where environment = 'long' and version = 601$$),
	('(f,600,1)', 'the first row taken out', $$delete from config_history where environment = 'long' and version = 1$$),
	('(f,601,10)', 'two rows exchanged', $$update config_history set diff = case version when 10 then (select diff from config_history where environment = 'long' and version = 20) else '{}' end where environment = 'long' and version in (10, 20)$$),
	('(f,601,602)', 'a version that no row made', $$update active_config set version = 700 where environment = 'long'$$)
) v (verdict, what, statement);
select is(pg_temp.verdict('long'), '(t,601,)', 'and it still holds');
set session_replication_role = origin;

select is(attempt('cvn_owner', $$insert into config_history (config_id, environment, version, change_id, kind, base_env, diff, changed_by, change_reason,
	catalog_version, prev_hash, row_hash) select config_id, environment, 700, change_id, kind, '{}', '{}', 'eve', 'x', 1, prev_hash, row_hash
	from config_history where environment = 'long' and version = 601$$), 'CV412', 'a version out of turn is refused');
select is((select string_agg(row(v.*)::text, ' ') from active_config c, history_verify(c.environment) v where c.environment in ('dev', 'paper', 'live')),
	'(t,3,) (t,3,) (t,4,)', 'the demo''s chains hold');
select is(attempt('cvn_api', $$select history_verify('none')$$), 'CV404', 'an unknown environment has no chain');

select * from finish();
rollback;
