-- The chain of the history: made by the trigger, proved by history_verify(), replayed by config_at().

create or replace function length_prefixed(variadic p_fields text[]) returns text
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
begin
	return (
		select string_agg(coalesce(octet_length(f) || ':' || f, '-'), '' order by i) from unnest(p_fields) with ordinality as u (f, i)
	);
end
$$;
comment on function length_prefixed(text[]) is
	'Joins fields so that no two lists of fields give the same text: the length in bytes, a colon, the field; null is a dash.';

-- As length_prefixed() of the fields, in a loop of its own: twice as fast, and a verification does little else.
create or replace function config_history_hash(h config_history) returns text
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
declare
	v_field text;
	v_text text := '';
begin
	foreach v_field in array array[
		h.prev_hash::text, h.id::text, h.config_id::text, h.environment::text, h.version::text, h.change_id::text, h.kind,
		h.base_env::text, h.diff::text, h.snapshot::text, h.changed_by::text, h.approved_by::text,
		h.change_reason::text, extract(epoch from h.changed_at)::text, h.request_id::text, h.catalog_version::text]
	loop
		v_text := v_text || coalesce(octet_length(v_field) || ':' || v_field, '-');
	end loop;
	return encode(sha256(convert_to(v_text, 'UTF8')), 'hex');
end
$$;
comment on function config_history_hash(config_history) is 'SHA-256 over all fields of a row of the history but its own hash.';

create or replace function config_history_chain() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
	v_prev record;
begin
	-- The row lock of the environment, so that two rows never follow the same one.
	perform from active_config where id = new.config_id for update;
	select version, changed_at, row_hash into v_prev from config_history where config_id = new.config_id order by version desc limit 1;
	if new.version <> coalesce(v_prev.version, 0) + 1 then
		raise exception 'history of % is at version %, not before %', new.environment, coalesce(v_prev.version, 0), new.version
			using errcode = 'CV412';
	end if;
	-- Never before the row before, even if the clock was set back: a moment is a place in the history.
	new.changed_at := greatest(clock_timestamp(), v_prev.changed_at);
	new.prev_hash := coalesce(v_prev.row_hash, repeat('0', 64));
	new.row_hash := config_history_hash(new);
	return new;
end
$$;
comment on function config_history_chain() is 'Trigger: sets the time, the hash of the row before and the row''s own.';

create or replace function config_history_link() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	insert into config_history_names (name, environment, changed_by, history_id)
	select k.name, new.environment, new.changed_by, new.id from jsonb_object_keys(new.diff) as k (name);
	return null;
end
$$;
comment on function config_history_link() is 'Trigger: the names of the row''s diff, by which the history is found.';

-- Broken is a row whose own hash, link or number is wrong, and a version that should be there and is not.
create or replace function history_verify_part(p_environment text, p_after bigint, p_limit bigint,
	out checked bigint, out broken_at bigint, out ended boolean)
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
	v_config active_config;
	v_before text;
	v_last bigint;
begin
	select * into v_config from active_config where environment = p_environment;
	if not found then
		raise exception 'no environment %', p_environment using errcode = 'CV404';
	end if;
	select h.row_hash into v_before from config_history h where h.config_id = v_config.id and h.version = p_after;

	select count(*), coalesce(max(l.version), p_after), min(case when not l.follows then l.expected when not l.holds then l.version end)
	into checked, v_last, broken_at
	from (
		select h.version, h.version = p_after + row_number() over chain as follows, p_after + row_number() over chain as expected,
			h.row_hash = config_history_hash(h)
			and h.prev_hash = coalesce(lag(h.row_hash) over chain, v_before, repeat('0', 64))::char(64)
			and h.environment = p_environment as holds
		from config_history h
		where h.config_id = v_config.id and h.version > p_after and h.version <= p_after + p_limit
		window chain as (order by h.version)
	) l;

	ended := not exists (select from config_history h where h.config_id = v_config.id and h.version > p_after + p_limit);
	if broken_at is null and ended and v_last <> v_config.version then
		broken_at := least(v_last, v_config.version) + 1;
	elsif broken_at is null and not ended and v_last <> p_after + p_limit then
		broken_at := v_last + 1;
	end if;
end
$$;
comment on function history_verify_part(text, bigint, bigint) is
	'Recomputes the chain over so many versions after one that was verified: the rows checked, the first version that is wrong or missing, and whether these are the last.';

create or replace function history_verify(p_environment text, out ok boolean, out checked bigint, out broken_at bigint)
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
	c_part constant bigint := 50000;
	v_after bigint := 0;
	v_part record;
begin
	checked := 0;
	loop
		select * into strict v_part from history_verify_part(p_environment, v_after, c_part);
		checked := checked + v_part.checked;
		broken_at := coalesce(broken_at, v_part.broken_at);
		exit when v_part.ended;
		v_after := v_after + c_part;
	end loop;
	ok := broken_at is null;
end
$$;
comment on function history_verify(text) is
	'Recomputes the chain of an environment: how many rows were checked and the first version that is wrong or missing.';

create or replace function config_at(p_environment text, p_version bigint) returns table (name text, value text)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	with base as (
		select h.config_id, h.version, h.snapshot
		from config_history h join active_config c on c.id = h.config_id
		where c.environment = p_environment and h.version <= p_version and h.snapshot is not null
		and exists (select from config_history e where e.config_id = c.id and e.version = p_version)
		order by h.version desc limit 1
	), touched as (
		select distinct on (d.key) d.key, d.value
		from base b
		join config_history h on h.config_id = b.config_id and h.version > b.version and h.version <= p_version
		cross join lateral jsonb_each_text(h.diff) d
		order by d.key, h.version desc
	)
	select coalesce(t.key, s.key) collate "C" as name, case when t.key is null then s.value else t.value end
	from (select e.key, e.value from base b cross join lateral jsonb_each_text(b.snapshot) e) s
	full join touched t on t.key = s.key
	where case when t.key is null then s.value else t.value end is not null
	order by 1
$$;
comment on function config_at(text, bigint) is
	'The resolved configuration of a past version, by name: the nearest snapshot and the diffs after it. No row for a version that never was.';
