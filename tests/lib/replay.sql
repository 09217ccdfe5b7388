-- What is wrong with the history of any environment; no row: nothing. It is replayed here from its first row and its
-- diffs alone, by other lines than the project's own config_at().
with rows as (
	select h.config_id, h.environment, h.version, h.base_env, h.diff, h.snapshot, h.change_id,
		row_number() over (partition by h.config_id order by h.version) as place
	from config_history h
), written as (
	select config_id, environment, 1::bigint as version, s.key, s.value, null::text as before
	from rows, jsonb_each_text(snapshot) s where version = 1
	union all
	select config_id, environment, version, d.key, d.value, base_env ->> d.key
	from rows, jsonb_each_text(diff) d where version > 1
), steps as (
	select w.*, lag(value) over life as previous, lead(version) over life as until
	from written w window life as (partition by config_id, key order by version)
), replayed as (
	select c.environment, e.key, e.value from steps e join active_config c on c.id = e.config_id where e.until is null and e.value is not null
), active as (
	select c.environment, v.name::text as key, coalesce(e.value, v.default_value) as value
	from active_config c cross join variable_catalog v
	left join active_config_entries e on e.config_id = c.id and e.name = v.name
	where coalesce(e.value, v.default_value) is not null
)
select environment::text, format('%s is %s replayed and %s in force', key, coalesce(r.value, 'nothing'), coalesce(a.value, 'nothing')) as fault
from replayed r full join active a using (environment, key)
where convert_to(r.value, 'UTF8') is distinct from convert_to(a.value, 'UTF8')
union all
select environment, format('version %s says that %s was %s, and it was %s', version, key, coalesce(before, 'nothing'), coalesce(previous, 'nothing'))
from steps where version > 1 and before is distinct from previous
union all
select environment, format('version %s touches %s without changing it', version, key) from steps where version > 1 and value is not distinct from previous
union all
select environment, format('version %s has another snapshot than its replay', r.version) from rows r
where r.version > 1 and r.snapshot is not null and jsonb_strip_nulls(r.snapshot) is distinct from (
	select coalesce(jsonb_object_agg(s.key, s.value), '{}') from steps s
	where s.config_id = r.config_id and s.version <= r.version and coalesce(s.until > r.version, true) and s.value is not null)
union all
select environment, format('version %s is at place %s', version, place) from rows where version <> place
union all
select c.environment, format('it is at version %s, its history at %s', c.version, coalesce(h.last, 0))
from active_config c left join (select config_id, max(version) as last from rows group by config_id) h on h.config_id = c.id
where c.version <> coalesce(h.last, 0)
union all
select h.environment, format('version %s is not what change set %s says', h.version, h.change_id)
from rows h left join config_changes s on s.id = h.change_id
where s.id is null or (s.environment, s.version) is distinct from (h.environment, h.version)
	or h.diff is distinct from (select coalesce(jsonb_object_agg(d ->> 'name', d -> 'new'), '{}') from jsonb_array_elements(s.diff) d)
	or h.base_env is distinct from (select coalesce(jsonb_object_agg(d ->> 'name', d -> 'old'), '{}') from jsonb_array_elements(s.diff) d)
union all
select c.environment, format('its chain breaks at version %s', v.broken_at) from active_config c, history_verify(c.environment) v where not v.ok
