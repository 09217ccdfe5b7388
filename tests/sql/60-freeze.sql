-- Freeze windows, once and weekly, in their own time zone. 2026-11-23 is a Monday.
begin;
select no_plan();

create function pg_temp.until(p_at timestamptz) returns text language sql as $$
	select coalesce(to_char(freeze_until('dev', p_at) at time zone 'UTC', 'MM-DD HH24:MI'), 'open')
$$;
create function pg_temp.cases(p_what text, p_windows text, p_cases text[]) returns setof text language plpgsql as $$
begin
	delete from freeze_windows;
	execute 'insert into freeze_windows (environment, starts_at, ends_at, weekly, reason, created_by)
		select e, s::timestamptz, n::timestamptz, w::jsonb, ''x'', ''ada'' from (values ' || p_windows || ') v (e, s, n, w)';
	return query select is(pg_temp.until(p_cases[i]::timestamptz), p_cases[i + 1], p_what || ': ' || p_cases[i])
		from generate_series(1, cardinality(p_cases), 2) i;
end
$$;

select pg_temp.cases('single', $$('dev', '2026-11-23 10:00Z', '2026-11-23 12:00Z', null)$$, array[
	'2026-11-23 09:59:59Z', 'open', '2026-11-23 10:00Z', '11-23 12:00', '2026-11-23 11:59:59.999Z', '11-23 12:00', '2026-11-23 12:00Z', 'open']);
select pg_temp.cases('of all environments', $$('*', '2026-11-23 10:00Z', '2026-11-23 12:00Z', null)$$, array['2026-11-23 11:00Z', '11-23 12:00']);
select pg_temp.cases('of another environment', $$('live', '2026-11-23 10:00Z', '2026-11-23 12:00Z', null)$$, array['2026-11-23 11:00Z', 'open']);
select pg_temp.cases('overlapping and touching', $$('dev', '2026-11-23 10:00Z', '2026-11-23 12:00Z', null),
	('dev', '2026-11-23 11:00Z', '2026-11-23 13:00Z', null), ('*', '2026-11-23 13:00Z', '2026-11-23 14:00Z', null),
	('dev', '2026-11-23 14:01Z', '2026-11-23 15:00Z', null)$$, array['2026-11-23 10:30Z', '11-23 14:00', '2026-11-23 14:00Z', 'open']);
select pg_temp.cases('weekly', $$('dev', null, null, '{"days": [1, 5], "from": "08:00", "to": "09:30", "timezone": "UTC"}')$$, array[
	'2026-11-23 07:59Z', 'open', '2026-11-23 08:00Z', '11-23 09:30', '2026-11-23 09:30Z', 'open', '2026-11-24 08:30Z', 'open',
	'2026-11-27 08:30Z', '11-27 09:30', '2026-11-30 08:30Z', '11-30 09:30']);
select pg_temp.cases('weekly over midnight', $$('dev', null, null, '{"days": [7], "from": "22:00", "to": "06:00", "timezone": "UTC"}')$$, array[
	'2026-11-22 21:59Z', 'open', '2026-11-22 22:00Z', '11-23 06:00', '2026-11-23 05:59Z', '11-23 06:00', '2026-11-23 06:00Z', 'open',
	'2026-11-23 22:30Z', 'open']);
select pg_temp.cases('a whole day', $$('dev', null, null, '{"days": [6], "from": "00:00", "to": "00:00", "timezone": "UTC"}')$$, array[
	'2026-11-27 23:59Z', 'open', '2026-11-28 00:00Z', '11-29 00:00', '2026-11-28 23:59Z', '11-29 00:00', '2026-11-29 00:00Z', 'open']);
select pg_temp.cases('a weekend of two days', $$('dev', null, null, '{"days": [6, 7], "from": "00:00", "to": "00:00", "timezone": "UTC"}')$$, array[
	'2026-11-28 12:00Z', '11-30 00:00']);
select pg_temp.cases('another time zone', $$('dev', null, null, '{"days": [1], "from": "09:00", "to": "10:00", "timezone": "America/New_York"}')$$, array[
	'2026-11-23 13:59Z', 'open', '2026-11-23 14:00Z', '11-23 15:00', '2026-11-23 09:30Z', 'open', '2026-07-06 13:30Z', '07-06 14:00']);
select pg_temp.cases('the day is the time zone''s', $$('dev', null, null, '{"days": [2], "from": "00:30", "to": "02:00", "timezone": "Asia/Tokyo"}')$$, array[
	'2026-11-23 15:30Z', '11-23 17:00', '2026-11-24 00:45Z', 'open']);
select pg_temp.cases('over the end of summer time', $$('dev', null, null, '{"days": [6], "from": "23:00", "to": "05:00", "timezone": "Europe/Berlin"}')$$, array[
	'2026-10-24 20:59Z', 'open', '2026-10-24 21:00Z', '10-25 04:00', '2026-10-25 03:59Z', '10-25 04:00', '2026-10-25 04:00Z', 'open']);
select pg_temp.cases('over the beginning of summer time', $$('dev', null, null, '{"days": [6], "from": "23:00", "to": "05:00", "timezone": "Europe/Berlin"}')$$, array[
	'2027-03-27 21:59Z', 'open', '2027-03-27 22:00Z', '03-28 03:00', '2027-03-28 02:59Z', '03-28 03:00', '2027-03-28 03:00Z', 'open']);
select pg_temp.cases('from an hour that is skipped', $$('dev', null, null, '{"days": [7], "from": "02:30", "to": "04:00", "timezone": "Europe/Berlin"}')$$, array[
	'2027-03-28 00:59Z', 'open', '2027-03-28 01:00Z', '03-28 02:00', '2027-03-28 01:59Z', '03-28 02:00', '2027-03-28 02:00Z', 'open']);
select pg_temp.cases('an hour that comes twice', $$('dev', null, null, '{"days": [7], "from": "02:00", "to": "03:00", "timezone": "Europe/Berlin"}')$$, array[
	'2026-10-24 23:59Z', 'open', '2026-10-25 00:00Z', '10-25 02:00', '2026-10-25 01:30Z', '10-25 02:00', '2026-10-25 02:00Z', 'open']);
select pg_temp.cases('minutes that come twice', $$('dev', null, null, '{"days": [7], "from": "02:30", "to": "02:45", "timezone": "Europe/Berlin"}')$$, array[
	'2026-10-25 00:30Z', '10-25 00:45', '2026-10-25 00:45Z', 'open', '2026-10-25 01:30Z', '10-25 01:45', '2026-10-25 01:45Z', 'open']);
select pg_temp.cases('weekly between two dates', $$('dev', '2026-11-24Z', '2026-11-30 08:30Z', '{"days": [1], "from": "08:00", "to": "09:00", "timezone": "UTC"}')$$, array[
	'2026-11-23 08:15Z', 'open', '2026-11-30 08:15Z', '11-30 08:30', '2026-11-30 08:45Z', 'open']);
select pg_temp.cases('always', $$('dev', null, null, '{"days": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "to": "00:00", "timezone": "UTC"}')$$, array[
	'2026-11-23 00:00Z', '03-03 00:00']);

select is(attempt('cvn_api', format($$select freeze_window_create('dev', %L, %L, %L, 'x', 'ada')$$, v.starts, v.ends, v.weekly)), v.outcome, v.what)
from (values
	('23514', 'neither once nor weekly', null, null, null), ('23514', 'no end', '2026-11-23', null, null),
	('23514', 'the end before the beginning', '2026-11-23', '2026-11-22', null),
	('CV422', 'no day', null, null, '{"days": [], "from": "08:00", "to": "09:30", "timezone": "UTC"}'),
	('CV422', 'no days', null, null, '{"from": "08:00", "to": "09:30", "timezone": "UTC"}'),
	('CV422', 'day 0', null, null, '{"days": [0], "from": "08:00", "to": "09:30", "timezone": "UTC"}'),
	('CV422', 'a day as text', null, null, '{"days": ["1"], "from": "08:00", "to": "09:30", "timezone": "UTC"}'),
	('CV422', '24:00', null, null, '{"days": [1], "from": "08:00", "to": "24:00", "timezone": "UTC"}'),
	('CV422', '8:00', null, null, '{"days": [1], "from": "8:00", "to": "09:00", "timezone": "UTC"}'),
	('CV422', 'an unknown time zone', null, null, '{"days": [1], "from": "08:00", "to": "09:00", "timezone": "Mars/Olympus"}'),
	('CV422', 'no time zone', null, null, '{"days": [1], "from": "08:00", "to": "09:00"}'),
	('CV422', 'a member too many', null, null, '{"days": [1], "from": "08:00", "to": "09:00", "timezone": "UTC", "more": 1}'),
	('ok', 'a good one', null, null, '{"days": [1], "from": "08:00", "to": "09:00", "timezone": "Europe/Berlin"}')
) v (outcome, what, starts, ends, weekly);

-- As the console sees it
delete from freeze_windows;
insert into freeze_windows (environment, starts_at, ends_at, reason, created_by) values ('dev', now() - interval '1 hour', '2100-01-01Z', 'year end', 'ada');
select is((select e ->> 'freeze' from json_array_elements(environments_json() -> 'environments') e where e ->> 'environment' = 'dev'),
	'{"until" : "2100-01-01T00:00:00.000Z", "reason" : "year end"}', 'environments_json says until when and why');
select is((select string_agg(environment, ' ') from environment_status where frozen), 'dev', 'the others are not frozen');
select is((select frozen_until from config_lock('dev')), '2100-01-01Z'::timestamptz, 'and so does config_lock');

select * from finish();
rollback;
