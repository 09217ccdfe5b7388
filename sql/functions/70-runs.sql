-- The doors of runs. cvn_api has no rights to write the tables behind them.
--
--   run_lock(run_id, environment)    keeps a run's id to the caller, and the environment and the catalog still
--   run_bind(...)                    freezes a set and binds a new run to it
--   run_rerun(run_id, of, ...)       binds a new run to the set of another one
--   run_set_status(run_id, status)   says where a run stands
--
-- Locks are taken in one order: the run's id, catalog_state, the environment.

create or replace function runs_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	if to_jsonb(new) - 'status' <> to_jsonb(old) - 'status' then
		raise exception 'a run stays pinned: only its status changes' using errcode = 'CV409';
	end if;
	return new;
end
$$;
comment on function runs_guard() is 'Trigger: of a run only the status changes.';

-- An id is one run's, whatever its kind: no key can say so across three tables.
create or replace function run_claim(p_run_id text) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	perform pg_advisory_xact_lock(hashtextextended('run ' || p_run_id, 0));
end
$$;
comment on function run_claim(text) is 'Who else wants to bind a run of this id waits for the end of the transaction.';

create or replace function run_lock(p_run_id text, p_environment text) returns table (version bigint, catalog_version bigint)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	v_catalog_version bigint;
begin
	perform run_claim(p_run_id);
	select s.version into v_catalog_version from catalog_state s for share;
	return query
		select c.version, v_catalog_version from active_config c where c.environment = p_environment for share;
end
$$;
comment on function run_lock(text, text) is
	'Keeps the run''s id, and lets nobody write the environment or the catalog, until the end of the transaction; no row: no such environment.';

-- The row of a run in the table of its kind, and the notification. Somebody may have been there without the claim:
-- then the caller begins again, and finds that run.
create or replace function run_insert(p_run_id text, p_kind text, p_environment text, p_hash text, p_version bigint,
	p_catalog_version bigint, p_by text, p_request_id text) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	if exists (select from runs r where r.run_id = p_run_id) then
		raise exception 'run % exists', p_run_id using errcode = 'serialization_failure';
	end if;
	case p_kind
	when 'paper' then
		insert into paper_sessions (session_id, environment, parameter_set_hash, active_config_version, catalog_version, created_by, request_id)
		values (p_run_id, p_environment, p_hash, p_version::text, p_catalog_version, p_by, p_request_id)
		on conflict do nothing;
	when 'live' then
		insert into live_sessions (session_id, environment, parameter_set_hash, active_config_version, catalog_version, created_by, request_id)
		values (p_run_id, p_environment, p_hash, p_version::text, p_catalog_version, p_by, p_request_id)
		on conflict do nothing;
	else
		insert into finetune_runs (run_id, kind, environment, parameter_set_hash, active_config_version, catalog_version, created_by, request_id)
		values (p_run_id, p_kind, p_environment, p_hash, p_version::text, p_catalog_version, p_by, p_request_id)
		on conflict do nothing;
	end case;
	if not found then
		raise exception 'run % exists', p_run_id using errcode = 'serialization_failure';
	end if;
	perform pg_notify('config_event', json_build_object('type', 'parameter_set_frozen', 'environment', p_environment,
		'run_id', p_run_id, 'kind', p_kind, 'parameter_set_hash', p_hash)::text);
end
$$;
comment on function run_insert(text, text, text, text, bigint, bigint, text, text) is
	'A run in the table of its kind, told to the console; serialization_failure: the id is taken.';

-- That the hash is of the text is a constraint of the table; that the text is of the environment is checked here.
create or replace function run_bind(p_run_id text, p_kind text, p_environment text, p_hash text, p_canonical text, p_version bigint,
	p_by text, p_request_id text) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	v_catalog_version bigint;
	v_version bigint;
	v_set jsonb := p_canonical::jsonb;
begin
	-- 1. Nothing has moved since the text was written.
	select l.version, l.catalog_version into v_version, v_catalog_version from run_lock(p_run_id, p_environment) l;
	if not found then
		raise exception 'no environment %', p_environment using errcode = 'CV404';
	end if;
	if v_version is distinct from p_version then
		raise exception 'version of % is %, not %', p_environment, v_version, p_version using errcode = 'CV412';
	end if;
	if v_set -> 'base_env' is distinct from jsonb_strip_nulls(config_values(p_environment))
		or v_set -> 'variables_catalog' is distinct from run_catalog() then
		raise exception 'the set given is not what % resolves to', p_environment using errcode = 'CV422';
	end if;

	-- 2. The set, which may be there already, and what it names.
	insert into parameter_sets (hash, canonical, config_version, catalog_version)
	values (p_hash, p_canonical, p_version::text, v_catalog_version)
	on conflict do nothing;
	if found then
		insert into parameter_set_names (hash, name) select p_hash, jsonb_object_keys(v_set -> 'variables_catalog');
	elsif not exists (select from parameter_sets s where s.hash = p_hash and s.canonical = p_canonical) then
		raise exception 'set % has another text', p_hash using errcode = 'CV422';
	end if;

	-- 3. The run.
	perform run_insert(p_run_id, p_kind, p_environment, p_hash, p_version, v_catalog_version, p_by, p_request_id);
end
$$;
comment on function run_bind(text, text, text, text, text, bigint, text, text) is
	'Freezes what an environment resolves to now, with factors and code, and binds a new run to it: all or nothing.';

create or replace function run_rerun(p_run_id text, p_of text, p_by text, p_request_id text) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	v_of runs;
begin
	perform run_claim(p_run_id);
	select * into v_of from runs r where r.run_id = p_of;
	if not found then
		raise exception 'no run %', p_of using errcode = 'CV404';
	end if;
	perform run_insert(p_run_id, v_of.kind, v_of.environment, v_of.parameter_set_hash, v_of.config_version, v_of.catalog_version,
		p_by, p_request_id);
end
$$;
comment on function run_rerun(text, text, text, text) is 'A new run bound to the set of another one.';

create or replace function run_set_status(p_run_id text, p_status text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
	update finetune_runs set status = p_status where run_id = p_run_id;
	if found then return true; end if;
	update paper_sessions set status = p_status where session_id = p_run_id;
	if found then return true; end if;
	update live_sessions set status = p_status where session_id = p_run_id;
	return found;
end
$$;
comment on function run_set_status(text, text) is 'Where a run stands; false: no such run.';

create or replace function run_catalog() returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select coalesce(jsonb_object_agg(v.name, to_jsonb(v) - array['name', 'version', 'updated_at', 'updated_by']), '{}')
	from variable_catalog v
$$;
comment on function run_catalog() is 'The catalog as a set holds it: definitions by name, without who changed them when.';

create or replace function run_differences(p_left jsonb, p_right jsonb) returns json
language sql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
	select coalesce(json_agg(json_build_object('name', d.name, 'left', d.l, 'right', d.r) order by d.name collate "C"), '[]')
	from (
		select coalesce(a.key, b.key) as name, a.value as l, b.value as r
		from jsonb_each(p_left) a full join jsonb_each(p_right) b on b.key = a.key
		where a.value is distinct from b.value
	) d
$$;
comment on function run_differences(jsonb, jsonb) is 'Where two objects differ: [{name, left, right}] by name; null where one has no such member.';
