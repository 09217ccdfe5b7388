-- At a million rows a page of the history costs what it costs at a thousand, whatever it is filtered by and however deep
-- it lies: counted in pages of the database that are touched, which no other load on the machine changes. The rows are
-- the worst that can be asked about: an environment with nearly all of them, names and authors that are everywhere in
-- one environment and nowhere, or only at the very beginning, in another.
begin;
select no_plan();
select environment_create('busy', null, 'ada', 'nearly all of it', null), environment_create('quiet', null, 'ada', 'the rest', null);
set session_replication_role = replica; -- rows without their triggers: the chain is not what this is about

-- 1. A million rows: indexes are made after them, as they are.
create temporary table made as
	select indexdef as statement from pg_indexes i where schemaname = 'public' and tablename in ('config_history', 'config_history_names')
	and not exists (select from pg_constraint c where c.conname = i.indexname);
do $$
declare
	v_index text;
begin
	for v_index in select i.indexrelid::regclass from pg_index i
		where i.indrelid in ('config_history'::regclass, 'config_history_names'::regclass)
		and not exists (select from pg_constraint c where c.conindid = i.indexrelid) loop
		execute 'drop index ' || v_index;
	end loop;
end
$$;
alter table config_history_names set unlogged;
alter table config_history set unlogged;

create function pg_temp.author(i bigint, p_environment text) returns text immutable language sql as $$
	select case when p_environment = 'quiet' then 'quiet-only' when i < 20 then 'first' when i % 5 = 0 then 'bob' else 'ada' end
$$;
create function pg_temp.touched(i bigint, p_environment text) returns text immutable language sql as $$
	select case when p_environment = 'quiet' then 'CVN_FILTER_TREND' when i < 20 then 'CVN_SYMBOLS' when i % 7 = 0 then 'CVN_STOP_LOSS_PCT' else 'CVN_COOLDOWN' end
$$;
create temporary table planned as
	select 1000000 + i as id, case when i % 100 = 50 then 'quiet' else 'busy' end as environment, i from generate_series(1, 1000000) i;
insert into config_history (id, config_id, environment, version, change_id, kind, base_env, diff, snapshot, changed_by, change_reason,
	changed_at, request_id, catalog_version, prev_hash, row_hash)
overriding system value
select p.id, c.id, p.environment, v.version, 1, 'save', '{}', jsonb_build_object(pg_temp.touched(p.i, p.environment), p.i::text),
	case when v.version % 256 = 0 then '{}'::jsonb end, pg_temp.author(p.i, p.environment), 'x', '2020-01-01Z'::timestamptz + p.i * interval '1 minute',
	case when p.i % 2 = 0 then 'r-' || p.i / 1000 end, 1, repeat('0', 64), repeat('0', 64)
from planned p join active_config c on c.environment = p.environment
cross join lateral (select case when p.environment = 'quiet' then (p.i + 50) / 100 + 1 else p.i - (p.i + 49) / 100 + 1 end as version) v;
insert into config_history_names (name, environment, changed_by, history_id)
select pg_temp.touched(i, environment), environment, pg_temp.author(i, environment), id from planned;
do $$
declare
	v_statement text;
begin
	for v_statement in select statement from made loop
		execute v_statement;
	end loop;
end
$$;
analyze config_history;
analyze config_history_names;
select is((select count(*) from config_history where environment in ('busy', 'quiet')), 1000002::bigint, 'a million rows');

-- 2. Every filter with every other, at the newest page, in the middle, and before everything.
create temporary table asked as
	select row_number() over () as n, * from
		(values (null), ('busy'), ('quiet')) environment (environment)
		cross join (values (null), ('CVN_COOLDOWN'), ('CVN_SYMBOLS'), ('CVN_FILTER_TREND'), ('CVN_MAX_LEVERAGE')) name (name)
		cross join (values (null), ('ada'), ('first'), ('quiet-only'), ('nobody')) changed_by (changed_by)
		cross join (values (null), ('r-500')) request_id (request_id)
		cross join (values (null, null), ('2020-06-01Z'::timestamptz, '2020-06-02Z'::timestamptz), (null, '2020-01-02Z'), ('2030-01-01Z', null)) time (since, until)
		cross join (values (null), (1500000), (1000003)) before (before)
		cross join (values ('*'), ('busy,quiet'), ('quiet')) readable (readable);
select ok(count(*) > 2000, count(*) || ' combinations') from asked;

create function pg_temp.touches(a asked) returns bigint language plpgsql as $$
declare
	v_plan json;
begin
	execute format('explain (analyze, buffers, timing off, summary off, format json) select * from history_page(%L, %L, %L, %L, %L, %L, %L, 50, ''json'', %L)',
		a.environment, a.name, a.changed_by, a.request_id, a.since, a.until, a.before, a.readable) into v_plan;
	return (v_plan #>> '{0,Plan,Shared Hit Blocks}')::bigint + (v_plan #>> '{0,Plan,Shared Read Blocks}')::bigint;
end
$$;
select count(pg_temp.touches(a)) from asked a where n < 20; -- what a connection reads once
create temporary table touched as select a, pg_temp.touches(a) as pages from asked a;
select is_empty($$select pages, (a).* from touched where pages > 1000 order by pages desc limit 5$$, 'no page of the history touches more than a thousand of the database''s '
	|| (select relpages from pg_class where relname = 'config_history'));
select diag('most: ' || max(pages) || ', median: ' || percentile_disc(0.5) within group (order by pages)) from touched;

-- 3. And the answer is the same as that of the plain question.
create function pg_temp.plain(a asked) returns bigint[] language sql as $$
	select array(select h.id from config_history h where coalesce(h.environment = a.environment, true)
		and (a.name is null or h.diff ? a.name) and coalesce(h.changed_by = a.changed_by, true)
		and (a.request_id is null or h.request_id = a.request_id) and coalesce(h.changed_at >= a.since, true) and coalesce(h.changed_at < a.until, true)
		and coalesce(h.id < a.before, true) and (a.readable = '*' or h.environment = any (string_to_array(a.readable, ',')))
		order by h.id desc limit 50)
$$;
create function pg_temp.paged(a asked) returns bigint[] language sql as $$
	select array(select (e ->> 'id')::bigint from history_page(a.environment, a.name, a.changed_by, a.request_id, a.since, a.until, a.before, 50, 'json', a.readable) p,
		json_array_elements(p.body::json) e)
$$;
select is_empty($$select a, pg_temp.paged(a), pg_temp.plain(a) from asked a where n % 307 = 0 and pg_temp.paged(a) <> pg_temp.plain(a)$$, 'each page has the rows that it should');

select * from finish();
rollback;
