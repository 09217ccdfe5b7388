-- Replies as the API sends them: type json, members in the order of INTERFACES, so that rows pass straight through.
--
--   wire_time(timestamptz) -> text                     RFC 3339, UTC, milliseconds, Z
--   config_json(environment [, version])               -> (version, body) {"environment","version","values":{}}; no row: no such environment or version
--   parameter_json(environment, name)                  -> (version, body) {"name","value","version","source","changed_at","changed_by"}; no row: neither
--   catalog_json()                                     -> (version, body) {"catalog_version","variables":[...]}
--   variable_json(name)                                -> (version, body) one of these variables; no row: unknown
--   rules_json()                                       -> (version, body) {"catalog_version","rules":[...]}
--   workers_json(environment or null)                  -> json {"workers":[...]}
--   environments_json()                                -> json {"environments":[...]}
--   freeze_windows_json()                              -> json {"freeze_windows":[...]}
--   history_json(history row)                          -> json, an entry of GET /history
--   history_verify_json(environment)                   -> json {"ok","checked","broken_at"}
-- "version" of the first kind is the strong ETag.

create or replace function wire_time(p_at timestamptz) returns text
language sql stable parallel safe set search_path = pg_catalog, public, pg_temp as $$
	select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
comment on function wire_time(timestamptz) is 'A time as JSON carries it.';

create or replace function config_json(p_environment text, p_version bigint default null) returns table (version bigint, body json)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select coalesce(p_version, c.version), json_build_object(
		'environment', c.environment,
		'version', coalesce(p_version, c.version),
		'values', coalesce(case when p_version is null or p_version = c.version then (
			select json_object_agg(r.name, r.value order by r.name) from resolved_config r
			where r.environment = c.environment and r.value is not null
		) else (
			select json_object_agg(a.name, a.value order by a.name collate "C") from config_at(p_environment, p_version) a
		) end, '{}'))
	from active_config c
	where c.environment = p_environment
	and (p_version is null or exists (select from config_history h where h.config_id = c.id and h.version = p_version))
$$;
comment on function config_json(text, bigint) is 'GET /config/{env}, current or past; a parameter without a value is left out.';

create or replace function parameter_json(p_environment text, p_name text) returns table (version bigint, body json)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select r.version, json_build_object('name', r.name, 'value', r.value, 'version', r.version, 'source', r.source,
		'changed_at', wire_time(r.changed_at), 'changed_by', r.changed_by)
	from resolved_config r where r.environment = p_environment and r.name = p_name
$$;
comment on function parameter_json(text, text) is 'GET /config/{env}/{key}; version is the environment''s, which If-Match takes.';

create or replace function variable_json(v variable_catalog) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('name', v.name, 'type', v.type, 'allowed_values', v.allowed_values, 'default_value', v.default_value,
		'description', v.description, 'group_name', v.group_name, 'category', v.category, 'unit', v.unit,
		'min_value', v.min_value, 'max_value', v.max_value, 'required', v.required, 'deprecated', v.deprecated,
		'hot_reloadable', v.hot_reloadable, 'critical', v.critical, 'excluded_from_ftf', v.excluded_from_ftf,
		'version', v.version, 'updated_at', wire_time(v.updated_at), 'updated_by', v.updated_by)
$$;
comment on function variable_json(variable_catalog) is 'A row of the catalog as the wire carries it.';

create or replace function variable_json(p_name text) returns table (version bigint, body json)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select v.version, variable_json(v) from variable_catalog v where v.name = p_name
$$;
comment on function variable_json(text) is 'GET /catalog/{name}.';

create or replace function catalog_json() returns table (version bigint, body json)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select s.version, json_build_object('catalog_version', s.version, 'variables', coalesce((
		select json_agg(variable_json(v) order by v.name) from variable_catalog v), '[]'))
	from catalog_state s
$$;
comment on function catalog_json() is 'GET /catalog, by name.';

create or replace function rule_json(r config_rules) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('name', r.name, 'expression', r.expression, 'message', r.message, 'version', r.version,
		'updated_at', wire_time(r.updated_at), 'updated_by', r.updated_by)
$$;
comment on function rule_json(config_rules) is 'A rule as the wire carries it.';

create or replace function rules_json() returns table (version bigint, body json)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select s.version, json_build_object('catalog_version', s.version, 'rules', coalesce((
		select json_agg(rule_json(r) order by r.name) from config_rules r), '[]'))
	from catalog_state s
$$;
comment on function rules_json() is 'GET /rules, by name.';

create or replace function catalog_history_json(p_name text) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('entries', coalesce(json_agg(json_build_object('id', h.id, 'catalog_version', h.catalog_version, 'action', h.action,
		'old', h.old - array['name', 'version', 'updated_at', 'updated_by'],
		'new', h.new - array['name', 'version', 'updated_at', 'updated_by'],
		'changed_by', h.changed_by, 'changed_at', wire_time(h.changed_at), 'reason', h.change_reason, 'request_id', h.request_id)
		order by h.id desc), '[]'))
	from variable_catalog_history h where h.name = p_name
	having count(*) > 0 or exists (select from variable_catalog v where v.name = p_name)
$$;
comment on function catalog_history_json(text) is 'GET /catalog/{name}/history, newest first; no row for a name that never was. Deleted ones keep theirs.';

create or replace function workers_json(p_environment text default null) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('workers', coalesce(json_agg(json_build_object(
		'worker_id', w.worker_id, 'environment', w.environment, 'build', w.build, 'state', w.state,
		'applied_version', w.applied_version, 'target_version', w.target_version,
		'lag_versions', w.lag_versions, 'lag_seconds', w.lag_seconds, 'config_hash', w.config_hash,
		'waiting_for', w.waiting_for, 'waiting_since', wire_time(w.waiting_since), 'pending', w.pending,
		'restart_required', w.restart_required, 'rejected', w.rejected,
		'applied_at', wire_time(w.applied_at), 'last_heartbeat', wire_time(w.last_heartbeat)
	) order by w.environment, w.worker_id), '[]'))
	from worker_status w where p_environment is null or w.environment = p_environment
$$;
comment on function workers_json(text) is 'GET /workers, of one environment or all, by environment and worker_id.';

create or replace function environments_json() returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('environments', coalesce(json_agg(json_build_object(
		'environment', e.environment, 'version', e.version, 'updated_at', wire_time(e.updated_at), 'updated_by', e.updated_by,
		'locked_by', e.locked_by, 'frozen', e.frozen,
		'freeze', case when e.frozen then json_build_object('until', wire_time(e.frozen_until), 'reason', e.freeze_reason) end,
		'workers', e.workers, 'workers_current', e.workers_current
	) order by e.environment), '[]'))
	from environment_status e
$$;
comment on function environments_json() is 'GET /environments, by name; freeze is {until, reason} or null.';

create or replace function freeze_windows_json() returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('freeze_windows', coalesce(json_agg(json_build_object(
		'id', w.id, 'environment', w.environment, 'starts_at', wire_time(w.starts_at), 'ends_at', wire_time(w.ends_at),
		'weekly', w.weekly, 'reason', w.reason, 'created_by', w.created_by, 'created_at', wire_time(w.created_at)
	) order by w.id), '[]'))
	from freeze_windows w
$$;
comment on function freeze_windows_json() is 'GET /freeze-windows, by id.';

create or replace function history_json(h config_history) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('id', h.id, 'environment', h.environment, 'version', h.version, 'change_id', h.change_id,
		'changed_at', wire_time(h.changed_at), 'changed_by', h.changed_by, 'approved_by', h.approved_by, 'reason', h.change_reason,
		'diff', coalesce((
			select json_agg(json_build_object('name', d.key, 'old', h.base_env -> d.key, 'new', d.value) order by d.key collate "C")
			from jsonb_each(h.diff) d), '[]'),
		'prev_hash', h.prev_hash, 'row_hash', h.row_hash)
$$;
comment on function history_json(config_history) is 'A row of the history as GET /history carries it.';

create or replace function history_verify_json(p_environment text) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('ok', v.ok, 'checked', v.checked, 'broken_at', v.broken_at) from history_verify(p_environment) v
$$;
comment on function history_verify_json(text) is 'GET /history/verify.';
