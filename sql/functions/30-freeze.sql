-- Freeze windows. A weekly window stands for one occurrence a named day, in its own time zone, over midnight
-- when its end is not after its beginning. It is in force while the clock on the wall there shows a time in it: an hour
-- that is shown twice is frozen twice, and a beginning that is skipped loses nothing of what follows.

create or replace function freeze_windows_check() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	if new.weekly is null then
		return new;
	end if;
	if new.weekly - array['days', 'from', 'to', 'timezone'] <> '{}'
	   or coalesce(jsonb_typeof(new.weekly -> 'days'), '') <> 'array'
	   or jsonb_array_length(new.weekly -> 'days') not between 1 and 7
	   or not '[1, 2, 3, 4, 5, 6, 7]'::jsonb @> (new.weekly -> 'days')
	   or coalesce(new.weekly ->> 'from', '') !~ '^([01]\d|2[0-3]):[0-5]\d$'
	   or coalesce(new.weekly ->> 'to', '') !~ '^([01]\d|2[0-3]):[0-5]\d$' then
		raise exception 'a weekly window has days (1 to 7), from and to (HH:MM), and timezone' using errcode = 'CV422';
	end if;
	if not exists (select from pg_timezone_names where name = new.weekly ->> 'timezone') then
		raise exception 'no time zone %', coalesce(new.weekly ->> 'timezone', 'given') using errcode = 'CV422';
	end if;
	return new;
end
$$;
comment on function freeze_windows_check() is 'Trigger: the members of weekly, and that the time zone exists.';

create or replace function freeze_window_end(w freeze_windows, p_at timestamptz) returns timestamptz
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select case
		when coalesce(p_at < w.starts_at, false) or coalesce(p_at >= w.ends_at, false) then null
		when w.weekly is null then w.ends_at
		else (
			select least(max(case when (p_at + (o.ends - z.shown)) at time zone z.name = o.ends then p_at + (o.ends - z.shown)
				else o.ends at time zone z.name end), w.ends_at)
			from (select w.weekly ->> 'timezone' as name, p_at at time zone (w.weekly ->> 'timezone') as shown) z
			cross join lateral (
				select d.day + (w.weekly ->> 'from')::time as starts,
					d.day + case when (w.weekly ->> 'to')::time > (w.weekly ->> 'from')::time then 0 else 1 end
					+ (w.weekly ->> 'to')::time as ends
				from (select z.shown::date - back as day from generate_series(0, 1) back) d
				where w.weekly -> 'days' @> to_jsonb(extract(isodow from d.day)::int)
			) o
			where o.starts <= z.shown and z.shown < o.ends
		)
	end
$$;
comment on function freeze_window_end(freeze_windows, timestamptz) is 'When the occurrence that covers the moment ends; null: none covers it.';

-- Windows that touch or overlap are one freeze; windows without a gap are followed for at most 100 of them.
create or replace function freeze_until(p_environment text, p_at timestamptz default clock_timestamp()) returns timestamptz
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
	v_until timestamptz;
	v_next timestamptz;
begin
	for i in 1..100 loop
		select max(freeze_window_end(w, coalesce(v_until, p_at))) into v_next
		from freeze_windows w where w.environment in (p_environment, '*');
		exit when v_next is null;
		v_until := v_next;
	end loop;
	return v_until;
end
$$;
comment on function freeze_until(text, timestamptz) is 'Until when the environment takes no writes, by the database''s clock; null: not frozen.';

-- The row locks of the environments: a save that is under way ends before the windows change, and none goes on with
-- what it read before.
create or replace function freeze_window_touch(p_environment text) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	perform from active_config c where p_environment in (c.environment, '*') order by c.id for update;
	if not found and p_environment <> '*' then
		raise exception 'no environment %', p_environment using errcode = 'CV404';
	end if;
	perform pg_notify('config_event', json_build_object('type', 'freeze_window', 'environment', p_environment)::text);
end
$$;
comment on function freeze_window_touch(text) is 'Before the windows of an environment (*: of all) change: keeps its writers out, and tells who listens.';

create or replace function freeze_window_create(p_environment text, p_starts_at timestamptz, p_ends_at timestamptz, p_weekly jsonb,
	p_reason text, p_by text) returns json
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	v_window freeze_windows;
begin
	perform freeze_window_touch(p_environment);
	insert into freeze_windows (environment, starts_at, ends_at, weekly, reason, created_by)
	values (p_environment, p_starts_at, p_ends_at, p_weekly, p_reason, p_by)
	returning * into v_window;
	return freeze_window_json(v_window);
end
$$;
comment on function freeze_window_create(text, timestamptz, timestamptz, jsonb, text, text) is
	'A new window, as the wire carries it; once it is committed, no save that began before it is still under way.';

create or replace function freeze_window_delete(p_id bigint) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	v_environment text;
begin
	select w.environment into v_environment from freeze_windows w where w.id = p_id;
	if found then
		perform freeze_window_touch(v_environment);
		delete from freeze_windows w where w.id = p_id;
	end if;
	return found;
end
$$;
comment on function freeze_window_delete(bigint) is 'Whether there was such a window; it is gone.';
