-- Freeze windows. A weekly window stands for one occurrence a named day, in its own time zone, over midnight
-- when its end is not after its beginning.

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

create or replace trigger freeze_windows_check before insert or update on freeze_windows
	for each row execute function freeze_windows_check();

create or replace function freeze_window_end(w freeze_windows, p_at timestamptz) returns timestamptz
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select case
		when coalesce(p_at < w.starts_at, false) or coalesce(p_at >= w.ends_at, false) then null
		when w.weekly is null then w.ends_at
		else (
			select least(max(o.ends), w.ends_at)
			from (
				select (d.day + (w.weekly ->> 'from')::time) at time zone (w.weekly ->> 'timezone') as starts,
					(d.day + case when (w.weekly ->> 'to')::time > (w.weekly ->> 'from')::time then 0 else 1 end
					 + (w.weekly ->> 'to')::time) at time zone (w.weekly ->> 'timezone') as ends
				from (select (p_at at time zone (w.weekly ->> 'timezone'))::date - back as day from generate_series(0, 1) back) d
				where w.weekly -> 'days' @> to_jsonb(extract(isodow from d.day)::int)
			) o
			where o.starts <= p_at and p_at < o.ends
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
