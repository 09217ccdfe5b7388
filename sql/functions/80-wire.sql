-- Replies as the API sends them: type json, members in the order of INTERFACES, so that rows pass straight through.
--
--   wire_time(timestamptz) -> text                     RFC 3339, UTC, milliseconds, Z
--   config_json(environment [, version])               -> (version, body) {"environment","version","values":{}}; no row: no such environment or version
--   config_export_json(environment [, version])        -> (version, body) the same with "catalog_version", GET /config/{env}/export
--   parameter_json(environment, name)                  -> (version, body) {"name","value","version","source","changed_at","changed_by"}; no row: neither
--   catalog_json()                                     -> (version, body) {"catalog_version","variables":[...]}
--   variable_json(name)                                -> (version, body) one of these variables; no row: unknown
--   rules_json()                                       -> (version, body) {"catalog_version","rules":[...]}
--   workers_json(environment or null)                  -> json {"workers":[...]}
--   environments_json()                                -> json {"environments":[...]}
--   freeze_windows_json()                              -> json {"freeze_windows":[...]}
--   history_json(history row)                          -> json, an entry of GET /history
--   history_page(filters, before, limit, form, readable)
--                                                      -> (next_id, body), a page newest first; next_id null on the last
--   history_verify_json(environment)                   -> json {"ok","checked","broken_at"}
--   change_json(change set row)                        -> json, an item of GET /changes
--   change_document(id)                                -> json, GET /changes/{id}; null: there is none
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

-- All of it belongs to the version, so that a version is always the same document, and its number the strong ETag.
create or replace function config_export_json(p_environment text, p_version bigint default null) returns table (version bigint, body json)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select j.version, json_build_object('environment', h.environment, 'version', h.version, 'catalog_version', h.catalog_version,
		'values', j.body -> 'values')
	from config_json(p_environment, p_version) j
	join config_history h on h.environment = p_environment and h.version = j.version
$$;
comment on function config_export_json(text, bigint) is
	'GET /config/{env}/export, current or past; catalog_version is the one under which the version was written.';

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
	select s.version, json_build_object('catalog_version', s.version, 'catalog_stamp', s.stamp, 'variables', coalesce((
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
	select s.version, json_build_object('catalog_version', s.version, 'catalog_stamp', s.stamp, 'rules', coalesce((
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
		'applied_at', wire_time(w.applied_at), 'last_heartbeat', wire_time(w.last_heartbeat),
		'started_from_cache', w.started_from_cache, 'started_at', wire_time(w.started_at),
		'duplicate', w.duplicate
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

create or replace function freeze_window_json(w freeze_windows) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object(
		'id', w.id, 'environment', w.environment, 'starts_at', wire_time(w.starts_at), 'ends_at', wire_time(w.ends_at),
		'weekly', w.weekly, 'reason', w.reason, 'created_by', w.created_by, 'created_at', wire_time(w.created_at))
$$;
comment on function freeze_window_json(freeze_windows) is 'A freeze window as the wire carries it.';

create or replace function freeze_windows_json() returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('freeze_windows', coalesce(json_agg(freeze_window_json(w) order by w.id), '[]')) from freeze_windows w
$$;
comment on function freeze_windows_json() is 'GET /freeze-windows, by id.';

create or replace function history_json(h config_history) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('id', h.id, 'environment', h.environment, 'version', h.version, 'change_id', h.change_id, 'kind', h.kind,
		'changed_at', wire_time(h.changed_at), 'changed_by', h.changed_by, 'approved_by', h.approved_by, 'reason', h.change_reason,
		'request_id', h.request_id, 'diff', coalesce((
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

create or replace function change_json(c config_changes) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('id', c.id, 'environment', c.environment, 'kind', c.kind, 'state', c.state,
		'base_version', c.base_version, 'version', c.version, 'content_hash', c.content_hash, 'changes', c.changes, 'diff', c.diff,
		'reason', c.reason, 'created_by', c.created_by, 'created_at', wire_time(c.created_at), 'edited_by', c.edited_by,
		'submitted_at', wire_time(c.submitted_at), 'decided_by', c.decided_by, 'decided_at', wire_time(c.decided_at),
		'comment', c.comment, 'request_id', c.request_id, 'origin', c.origin)
$$;
comment on function change_json(config_changes) is 'A change set as GET /changes carries it.';

create or replace function change_events(p_id bigint) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select coalesce(json_agg(json_build_object('at', wire_time(e.at), 'actor', e.actor, 'event', e.event, 'detail', e.detail,
		'request_id', e.request_id) order by e.id), '[]')
	from config_change_events e where e.change_id = p_id
$$;
comment on function change_events(bigint) is 'What happened to a change set, in order.';

-- Of the workers that are not offline: one that rejected it, or is behind for long, makes the whole lag.
create or replace function change_propagation(p_environment text, p_version bigint) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select case when p_version is not null then json_build_object(
		'state', case
			when count(*) = count(*) filter (where w.applied_version >= p_version) then 'applied_by_all'
			when bool_or(w.applied_version < p_version and w.state in ('lagging', 'rejected')) then 'lagging'
			else 'propagating'
		end,
		'applied', count(*) filter (where w.applied_version >= p_version),
		'total', count(*),
		'workers', coalesce(json_agg(json_build_object('worker_id', w.worker_id, 'state', w.state,
			'applied_version', w.applied_version, 'applied', w.applied_version >= p_version,
			'waiting_for', w.waiting_for, 'waiting_since', wire_time(w.waiting_since), 'rejected', w.rejected)
			order by w.worker_id), '[]')) end
	from worker_status w where w.environment = p_environment and w.state <> 'offline'
$$;
comment on function change_propagation(text, bigint) is 'How far a version has come: propagating, lagging or applied_by_all; null for none.';

create or replace function change_document(p_id bigint) returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select change_json(c)::jsonb || jsonb_build_object('events', change_events(c.id), 'propagation',
		change_propagation(c.environment, c.version))
	from config_changes c where c.id = p_id
$$;
comment on function change_document(bigint) is 'GET /changes/{id}: the change set, its events and, once applied, its propagation.';

create or replace function csv_field(p_text text) returns text
language sql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
	select case when p_text ~ '[",\r\n]' then '"' || replace(p_text, '"', '""') || '"' else coalesce(p_text, '') end
$$;
comment on function csv_field(text) is 'A field as RFC 4180 has it; null is empty.';

create or replace function history_csv(h config_history) returns text
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
	return (
		select string_agg(array_to_string(array(
			select csv_field(f) from unnest(array[h.id::text, h.environment::text, h.version::text, h.change_id::text,
				wire_time(h.changed_at), h.changed_by::text, h.approved_by::text, h.change_reason::text,
				d.key, h.base_env ->> d.key, d.value, h.row_hash::text, h.kind, h.request_id::text]) with ordinality as u (f, i) order by u.i), ','),
			E'\r\n' order by d.key collate "C")
		from (select 1) one left join jsonb_each_text(h.diff) d on true);
end
$$;
comment on function history_csv(config_history) is 'Lines of CSV, one a parameter of the diff.';

create or replace function history_place(p_environment text, p_at timestamptz) returns bigint
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
	return coalesce((select h.id from config_history h where h.environment = p_environment and h.changed_at >= p_at
		order by h.changed_at, h.id limit 1), 9223372036854775807);
end
$$;
comment on function history_place(text, timestamptz) is 'The id of the first row of an environment''s history at or after a moment; the greatest number there is where none follows.';

-- Each environment is looked up by itself, and what is asked about it is one range of one index, read from its newest
-- end: so a page costs the same at any depth of a history of any length. A moment is a place in it, since time does
-- not go back within an environment. Planned anew for the filters that are there.
create or replace function history_page(p_environment text, p_name text, p_changed_by text, p_request_id text,
	p_since timestamptz, p_until timestamptz, p_before bigint, p_limit integer, p_form text, p_readable text default '*',
	p_change_id bigint default null)
returns table (next_id bigint, body text)
language plpgsql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
	c_last constant bigint := 9223372036854775807;
	v_ids bigint[];
	v_environment text;
	v_from bigint;
	v_to bigint;
begin
	-- 1. One id more than the page, to know whether there is a next one.
	for v_environment in
		select c.environment from active_config c where coalesce(c.environment = p_environment, true)
		and (p_readable = '*' or c.environment = any (string_to_array(p_readable, ',')))
	loop
		v_from := case when p_since is null then 0 else history_place(v_environment, p_since) end;
		v_to := least(case when p_until is null then c_last else history_place(v_environment, p_until) end, p_before);
		v_ids := v_ids || case
			when p_change_id is not null then array( -- a change set that was applied is one row
				select h.id from config_changes c
				join active_config a on a.environment = c.environment
				join config_history h on h.config_id = a.id and h.version = c.version
				where c.id = p_change_id and c.environment = v_environment
				and h.id >= v_from and h.id < v_to and (p_changed_by is null or h.changed_by = p_changed_by)
				and (p_name is null or h.diff ? p_name) and (p_request_id is null or h.request_id = p_request_id))
			when p_request_id is not null then array(
				select h.id from config_history h where h.environment = v_environment and h.request_id = p_request_id
				and h.id >= v_from and h.id < v_to and (p_changed_by is null or h.changed_by = p_changed_by)
				and (p_name is null or h.diff ? p_name)
				order by h.id desc limit p_limit + 1)
			when p_name is not null then array(
				select n.history_id from config_history_names n where n.environment = v_environment and n.name = p_name
				and n.history_id >= v_from and n.history_id < v_to and (p_changed_by is null or n.changed_by = p_changed_by)
				order by n.history_id desc limit p_limit + 1)
			else array(
				select h.id from config_history h where h.environment = v_environment
				and h.id >= v_from and h.id < v_to and (p_changed_by is null or h.changed_by = p_changed_by)
				order by h.id desc limit p_limit + 1)
			end;
	end loop;
	v_ids := array(select u.id from unnest(v_ids) u (id) order by u.id desc limit p_limit + 1);
	if cardinality(v_ids) > p_limit then
		next_id := v_ids[p_limit];
		v_ids := v_ids[1:p_limit];
	end if;

	-- 2. The page in its form; every line of a stream ends.
	select case p_form
		when 'json' then '[' || coalesce(string_agg(history_json(h)::text, ',' order by h.id desc), '') || ']'
		when 'ndjson' then coalesce(string_agg(history_json(h)::text || E'\n', '' order by h.id desc), '')
		when 'csv' then coalesce(string_agg(history_csv(h) || E'\r\n', '' order by h.id desc), '')
	end into strict body
	from config_history h where h.id = any (v_ids);
	return next;
end
$$;
comment on function history_page(text, text, text, text, timestamptz, timestamptz, bigint, integer, text, text, bigint) is
	'A page of the history as json, ndjson or csv, of the readable environments (names with commas, or *); filters that are null do not filter.';

create or replace function parameter_set_json(s parameter_sets) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('hash', s.hash, 'canonical', s.canonical, 'base_env', s.base_env,
		'variables_catalog', s.variables_catalog, 'factors', s.factors, 'code_version', s.code_version,
		'config_version', substring(s.config_version from '[0-9]+$')::bigint, 'catalog_version', s.catalog_version,
		'created_at', wire_time(s.created_at))
$$;
comment on function parameter_set_json(parameter_sets) is 'GET /parameter-sets/{hash}; the versions are those of the first run.';
