-- The doors of the configuration. cvn_api has no rights on the tables behind them.
--
--   config_lock(environment)              takes the row lock, says what is current
--   catalog_lock()                        the same for a change of the catalog: keeps every environment still
--   config_write(...)                     every write of an environment
--   environment_create(...)               a new environment, version 1
--   environment_lock(environment, login)  who alone may write; null: everybody
--   change_create, change_content, change_move
--                                         a change set before it is applied
--
-- Locks are taken in one order: catalog_state, then environments by id.
--
-- What a save runs is plpgsql even where one statement would do: it keeps its plans for the life of a connection,
-- while a function in SQL that cannot be inlined is planned again at each call. And one plan is kept for all values:
-- left to itself the server makes another one at each call of what it finds cheaper so, and that costs more than it saves.
-- That plan goes by keys, whatever the tables are like when a connection makes it: what is small and read whole then, grows.
-- (What has no key is dear to the planner so, and would be compiled: jit is off.)
-- What only the owner may call runs under the search_path of the door that calls it, and a function in SQL that is one
-- expression becomes part of the statement: setting a path costs as much as a small statement, at each call.

-- Replaced with who uses them, in one transaction: a function whose columns are others cannot be replaced in place, and
-- one with other arguments would stand beside the new one.
drop function if exists config_lock(text), config_changes_diff(integer, jsonb), config_notify(text, text[], bigint),
	config_entries_write(integer, bigint, jsonb, text, timestamptz), config_history_append(integer, config_changes),
	config_supersede(config_changes);
create function config_lock(p_environment text)
returns table (id integer, version bigint, locked_by text, catalog_version bigint, frozen_until timestamptz, catalog_stamp uuid)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
	-- Shared: writers of other environments pass, a writer of the catalog waits.
	select s.version, s.stamp into strict catalog_version, catalog_stamp from catalog_state s for share;
	select c.id, c.version, c.locked_by into id, version, locked_by from active_config c where c.environment = p_environment for update;
	if found then
		frozen_until := freeze_until(p_environment); -- sees what was committed while the lock was waited for
		return next;
	end if;
end
$$;
comment on function config_lock(text) is 'Takes the environment''s row lock until the end of the transaction; no row: no such environment.';

create or replace function catalog_lock() returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	v_version bigint;
begin
	select version into v_version from catalog_state for update;
	perform from active_config order by id for update;
	return v_version;
end
$$;
comment on function catalog_lock() is 'Keeps the catalog and every environment still until the end of the transaction; returns catalog_version.';

create or replace function config_values(p_environment text, p_names text[] default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
	if p_names is null then
		return (select coalesce(jsonb_object_agg(r.name, r.value), '{}') from resolved_config r where r.environment = p_environment);
	end if;
	return (select coalesce(jsonb_object_agg(r.name, r.value), '{}') from resolved_config r
		where r.environment = p_environment and r.name = any (p_names));
end
$$;
comment on function config_values(text, text[]) is 'Resolved values as an object; null where a parameter has none. Without names: all.';

create or replace function config_diff(p_before jsonb, p_after jsonb) returns jsonb
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
begin
	return (
		select coalesce(jsonb_agg(jsonb_build_object('name', d.name, 'old', p_before -> d.name, 'new', p_after -> d.name)
			order by d.name collate "C"), '[]')
		from (
			select coalesce(b.key, a.key) as name
			from jsonb_each_text(p_before) b full join jsonb_each_text(p_after) a on a.key = b.key
			where a.value is distinct from b.value
		) d
	);
end
$$;
comment on function config_diff(jsonb, jsonb) is 'What differs between two objects of values: [{name, old, new}] by name.';

-- Both functions say what a write does to the resolved values: diff as [{name, old, new}] by name, the names, the values
-- before and after; and guarded, where config_approval() is to be asked.

-- Each name is looked up by itself: a save touches a few of the many there are. Who never changed the catalog or a rule
-- made nothing easier to write.
create or replace function config_entries_write(p_config_id integer, p_version bigint, p_changes jsonb, p_by identifier,
	p_at timestamptz, out diff jsonb, out names text[], out before jsonb, out after jsonb, out guarded boolean)
language plpgsql as $$
begin
	select coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'old', r.old, 'new', r.new)), '[]'), array_agg(r.name),
		coalesce(jsonb_object_agg(r.name, r.old), '{}'), coalesce(jsonb_object_agg(r.name, r.new), '{}'),
		coalesce(bool_or(r.critical), false)
			or exists (select from variable_catalog_history h where h.changed_by = p_by and h.action = 'update')
			or exists (select from config_rules_history h where h.changed_by = p_by)
	into diff, names, before, after, guarded
	from (
		select v.name, v.critical, v.old, coalesce(c.value, v.default_value) as new
		from jsonb_each_text(p_changes) c
		cross join lateral (
			select v.name, v.critical, v.default_value, coalesce(e.value, v.default_value) as old
			from variable_catalog v left join active_config_entries e on e.config_id = p_config_id and e.name = v.name
			where v.name = c.key limit 1
		) v
		where v.old is distinct from coalesce(c.value, v.default_value)
		order by v.name
	) r;

	if jsonb_strip_nulls(p_changes) <> p_changes then
		delete from active_config_entries e
		using jsonb_each_text(p_changes) c
		where e.config_id = p_config_id and e.name = c.key and c.value is null;
	end if;
	insert into active_config_entries as e (config_id, name, value, version, changed_at, changed_by)
	select p_config_id, c.key, c.value, p_version, p_at, p_by from jsonb_each_text(p_changes) c where c.value is not null
	on conflict (config_id, name) do update
	set value = excluded.value, version = excluded.version, changed_at = excluded.changed_at, changed_by = excluded.changed_by
	where e.value <> excluded.value;
end
$$;
comment on function config_entries_write(integer, bigint, jsonb, identifier, timestamptz) is
	'Sets and removes entries, and says what that does to the resolved values; an entry that stays equal keeps its version.';

create or replace function config_catalog_effect(p_environment text, p_diff jsonb,
	out diff jsonb, out names text[], out before jsonb, out after jsonb, out guarded boolean)
language plpgsql stable as $$
begin
	select coalesce(array_agg(d ->> 'name' order by i), '{}'), coalesce(jsonb_object_agg(d ->> 'name', d -> 'old'), '{}'),
		coalesce(jsonb_object_agg(d ->> 'name', d -> 'new'), '{}'), true
	into names, before, after, guarded
	from jsonb_array_elements(p_diff) with ordinality as u (d, i);
	diff := config_diff(before, config_values(p_environment, names));
end
$$;
comment on function config_catalog_effect(text, jsonb) is
	'What the catalog, which was changed before, does to the values that it is said to move.';

create or replace function config_history_append(p_config_id integer, p_change config_changes, p_before jsonb, p_after jsonb,
	p_catalog_version bigint) returns timestamptz
language plpgsql as $$
declare
	v_at timestamptz;
begin
	insert into config_history (config_id, environment, version, change_id, kind, base_env, diff, snapshot,
		changed_by, approved_by, change_reason, request_id, catalog_version)
	values (p_config_id, p_change.environment, p_change.version, p_change.id, p_change.kind, p_before, p_after,
		case when p_change.version = 1 or p_change.version % 256 = 0 then config_values(p_change.environment) end,
		p_change.created_by, p_change.decided_by, p_change.reason, p_change.request_id, p_catalog_version)
	returning changed_at into v_at;
	return v_at;
end
$$;
comment on function config_history_append(integer, config_changes, jsonb, jsonb, bigint) is
	'The row of the history of a change set that was just applied; returns its time.';

-- Only one that shares a name with the new change set can have lost its last value by it. Events are in this order.
create or replace function config_supersede(p_config_id integer, p_change config_changes, p_by identifier) returns void
language plpgsql as $$
begin
	with lost as (
		update config_changes c set state = 'superseded'
		where c.environment = p_change.environment and c.state = 'active' and c.id <> p_change.id
		and c.diff @> any (array(
			select jsonb_build_array(jsonb_build_object('name', d -> 'name')) from jsonb_array_elements(p_change.diff) d))
		and not exists (
			select from jsonb_array_elements(c.diff) d
			where (
				select coalesce(e.value, v.default_value) is not distinct from d ->> 'new'
				from variable_catalog v left join active_config_entries e on e.config_id = p_config_id and e.name = v.name
				where v.name = d ->> 'name'
			)
		)
		returning c.id, config_event_state(c.environment, c.id, c.state)
	)
	insert into config_change_events (change_id, actor, event, detail, request_id)
	select p_change.id, p_by, 'activate', jsonb_build_object('version', p_change.version), p_change.request_id
	union all
	select l.id, p_change.created_by, 'supersede', jsonb_build_object('change_id', p_change.id), p_change.request_id from lost l;
end
$$;
comment on function config_supersede(integer, config_changes, identifier) is
	'After a change set was applied: marks the earlier ones of which no value is in force any more, and writes the events of all.';

create or replace function config_event_state(p_environment text, p_change_id bigint, p_state text) returns void
language sql return pg_notify('config_event', json_build_object('type', 'change_state', 'environment', p_environment,
	'change_id', p_change_id, 'state', p_state)::text);
comment on function config_event_state(text, bigint, text) is 'Tells the console that a change set has a new state.';

create or replace function config_notify(p_environment text, p_key text, p_version bigint) returns void
language sql return pg_notify('config_changed', format('env=%s,key=%s,version=%s', p_environment, p_key, p_version));
comment on function config_notify(text, text, bigint) is 'Tells who listens of one parameter, or (*) of all.';

-- Whoever calls, and whatever the caller checked: a parameter that is critical, or that the author made easier to write,
-- gets another value only by a change set that somebody else approved as it is, and the approval is among its events.
-- A parameter that was new in the same write, or is part of a new environment, had no value before.
create or replace function config_approval(p_change config_changes) returns void
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
	v_name text;
begin
	select v.name into v_name
	from jsonb_array_elements(p_change.diff) d
	cross join lateral (select v.name, v.critical from variable_catalog v where v.name = d ->> 'name' limit 1) v
	where p_change.base_version > 0
	and (v.critical or v.name in (select catalog_loosened(array[p_change.created_by, p_change.edited_by])))
	and not (p_change.kind = 'catalog' and d -> 'old' = 'null' and exists (
		select from variable_catalog_history h join catalog_state s on s.version = h.catalog_version
		where h.name = v.name and h.action = 'create'))
	order by 1 limit 1;
	if v_name is not null and (p_change.decided_by is null or p_change.decided_by in (p_change.created_by, p_change.edited_by)
		or not exists (
			select from config_change_events e
			where e.change_id = p_change.id and e.event = 'approve' and e.actor = p_change.decided_by
			and e.detail ->> 'content_hash' = p_change.content_hash))
	then
		raise exception '% is set without an approval by somebody else', v_name using errcode = 'CV409';
	end if;
end
$$;
comment on function config_approval(config_changes) is 'Refuses a change set about to be applied that sets something critical and was not approved by another than its author.';

-- p_changes are canonical texts, or null for the default; p_diff is what resolves otherwise because of them. The
-- database computes the diff again and refuses one that is not so: thus a replay of the history always gives the
-- configuration in force. Only for kind 'catalog', where the caller has changed the catalog before and changes nothing here,
-- it checks no more than that the new values are the resolved ones. p_change_id activates a change set that was approved.
create or replace function config_write(p_environment text, p_kind text, p_base_version bigint, p_changes jsonb, p_diff jsonb,
	p_content_hash text, p_changed_by text, p_approved_by text, p_reason text, p_request_id text,
	p_change_id bigint default null)
returns table (version bigint, change_id bigint, changed_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off as $$
declare
	v_config record;
	v_by identifier;
	v_effect record;
	v_change config_changes;
	v_at timestamptz := clock_timestamp();
begin
	-- 1. Under the row lock: the base must be the current version.
	select c.id, c.environment, c.version, s.version as catalog_version into v_config
	from catalog_state s cross join active_config c where c.environment = p_environment for share of s for update of c;
	if not found then
		raise exception 'no environment %', p_environment using errcode = 'CV404';
	end if;
	if p_base_version is distinct from v_config.version then
		raise exception 'version of % is %, not %', p_environment, v_config.version, p_base_version using errcode = 'CV412';
	end if;
	v_by := p_changed_by; -- checked once, not in each statement

	-- 2. Entries, and what they do to the resolved values: from the values before and the changes. The catalog was changed
	-- before, and writes no entry: a value set in its name would be taken for one that was there from the start.
	if p_kind = 'catalog' then
		if p_changes <> '{}' then
			raise exception 'the catalog moves values of %, and sets none', p_environment using errcode = 'CV422';
		end if;
		v_effect := config_catalog_effect(p_environment, p_diff);
	else
		v_effect := config_entries_write(v_config.id, v_config.version + 1, p_changes, v_by, v_at);
	end if;
	if p_diff is distinct from v_effect.diff then
		raise exception 'the diff given is not what the changes do to %', p_environment
			using errcode = 'CV422', detail = v_effect.diff::text;
	end if;

	-- 3. The change set: a new one, or the approved one.
	if p_change_id is null then
		insert into config_changes (environment, kind, state, base_version, version, changes, diff, content_hash, reason,
			created_by, submitted_at, decided_by, decided_at, request_id)
		values (v_config.environment, p_kind, 'active', p_base_version, v_config.version + 1, p_changes, p_diff, p_content_hash, p_reason,
			v_by, v_at, p_approved_by, case when p_approved_by is not null then v_at end, p_request_id)
		returning * into v_change;
	else
		update config_changes c
		set state = 'active', version = v_config.version + 1, base_version = p_base_version,
			decided_by = coalesce(p_approved_by, c.decided_by), decided_at = coalesce(c.decided_at, v_at)
		where c.id = p_change_id and c.environment = p_environment and c.kind = p_kind and c.state = 'approved'
		and c.changes = p_changes and c.diff = p_diff and c.content_hash = p_content_hash
		returning * into v_change;
		if not found then
			raise exception 'change set % is not approved with this content', p_change_id using errcode = 'CV409';
		end if;
		v_change.request_id := coalesce(p_request_id, v_change.request_id); -- events and history name the request that applied it
	end if;
	if v_effect.guarded or p_change_id is not null then
		perform config_approval(v_change);
	end if;

	-- 4. The version, its history, and what it supersedes.
	update active_config c set version = v_change.version, updated_at = v_at, updated_by = v_by where c.id = v_config.id;
	perform config_supersede(v_config.id, v_change, coalesce(p_approved_by, v_by));
	v_at := config_history_append(v_config.id, v_change, v_effect.before, v_effect.after, v_config.catalog_version);

	-- 5. Hints for whoever listens, sent by the commit: one a parameter, or for none or more than 20 one for all.
	perform config_notify(p_environment, k.name, v_change.version)
	from unnest(case when cardinality(v_effect.names) between 1 and 20 then v_effect.names else array['*'] end) with ordinality as k (name, i)
	order by k.i;
	perform config_event_state(p_environment, v_change.id, 'active');
	version := v_change.version;
	change_id := v_change.id;
	changed_at := v_at;
	return next;
end
$$;
comment on function config_write(text, text, bigint, jsonb, jsonb, text, text, text, text, text, bigint) is
	'The door of every write: entries, version, change set, history and notifications, or nothing.';

create or replace function environment_create(p_environment text, p_copy_from text, p_by text, p_reason text, p_request_id text)
returns table (version bigint, change_id bigint, changed_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	v_changes jsonb := '{}';
	v_defaults jsonb;
	v_diff jsonb;
begin
	perform from catalog_state for share;
	if p_copy_from is not null then
		perform from active_config c where c.environment = p_copy_from for update;
		if not found then
			raise exception 'no environment %', p_copy_from using errcode = 'CV404';
		end if;
		select coalesce(jsonb_object_agg(e.name, e.value), '{}') into v_changes
		from active_config_entries e join active_config c on c.id = e.config_id where c.environment = p_copy_from;
	end if;
	select coalesce(jsonb_object_agg(v.name, v.default_value), '{}') into v_defaults
	from variable_catalog v where v_changes ? v.name;
	v_diff := config_diff(v_defaults, v_changes);

	insert into active_config (environment, updated_by) values (p_environment, p_by);
	return query select * from config_write(p_environment, 'create', 0, v_changes, v_diff, null, p_by, null, p_reason, p_request_id);
end
$$;
comment on function environment_create(text, text, text, text, text) is
	'A new environment at version 1, with the entries of another one or none, with history and snapshot.';

create or replace function environment_lock(p_environment text, p_login text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
	update active_config
	set locked_by = p_login, locked_at = case when p_login is not null then clock_timestamp() end
	where environment = p_environment;
	if not found then
		return false;
	end if;
	perform pg_notify('config_event', json_build_object('type', 'environment_lock', 'environment', p_environment)::text);
	return true;
end
$$;
comment on function environment_lock(text, text) is
	'Makes a login the only one who may write, or (null) nobody in particular; false: no such environment. Who may do so is checked by the caller.';

-- The tables of workerlib/core/boundary.c: a test compares them.
create or replace function catalog_boundary(p_definition jsonb) returns text
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
begin
	return case
		when not (p_definition ->> 'hot_reloadable')::boolean then 'restart'
		when p_definition ->> 'category' = 'risk_limit' then 'position_close'
		else 'cycle_end' end;
end
$$;
comment on function catalog_boundary(jsonb) is 'What a value of a parameter so defined waits for: cycle_end, position_close or restart.';

-- What somebody made easier to write, they do not write without approval: see DESIGN, the lifecycle. A change of
-- type, bounds, allowed values or of a rule's expression counts as wider without being weighed. Category and
-- hot_reloadable count where a value would come into force at a laxer boundary than before.
create or replace function catalog_loosens(p_old jsonb, p_new jsonb) returns boolean
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
declare
	v_boundaries constant text[] := array['cycle_end', 'position_close', 'restart']; -- from the laxest
begin
	return coalesce((p_old ->> 'critical')::boolean > (p_new ->> 'critical')::boolean, false)
		or coalesce((p_old ->> 'deprecated')::boolean > (p_new ->> 'deprecated')::boolean, false)
		or coalesce((p_old ->> 'required')::boolean > (p_new ->> 'required')::boolean, false)
		or array[p_old -> 'type', p_old -> 'min_value', p_old -> 'max_value', p_old -> 'allowed_values']
			is distinct from array[p_new -> 'type', p_new -> 'min_value', p_new -> 'max_value', p_new -> 'allowed_values']
		or array_position(v_boundaries, catalog_boundary(p_old)) > array_position(v_boundaries, catalog_boundary(p_new));
end
$$;
comment on function catalog_loosens(jsonb, jsonb) is 'Whether the new definition of a parameter is not critical, deprecated or required any more, of other type, bounds or allowed values, or in force at a laxer boundary.';

create or replace function catalog_loosened(p_logins text[]) returns setof text
language plpgsql stable set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off as $$
begin
	return query
		select h.name::text from variable_catalog_history h
		where h.changed_by = any (p_logins) and h.action = 'update' and catalog_loosens(h.old, h.new)
		union all
		select n.name from config_rules_history h cross join lateral rule_names(h.old ->> 'expression') as n (name)
		where h.changed_by = any (p_logins) and h.old ->> 'expression' is distinct from h.new ->> 'expression';
end
$$;
comment on function catalog_loosened(text[]) is 'Parameters that one of these logins made easier to write, by their definition or by changing or deleting a rule that named them.';

create or replace function change_create(p_environment text, p_kind text, p_base_version bigint, p_changes jsonb, p_diff jsonb,
	p_content_hash text, p_reason text, p_by text, p_request_id text, p_origin jsonb default null) returns bigint
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
	v_id bigint;
begin
	insert into config_changes (environment, kind, state, base_version, changes, diff, content_hash, reason, created_by, request_id,
		origin)
	values (p_environment, p_kind, 'draft', p_base_version, p_changes, p_diff, p_content_hash, p_reason, p_by, p_request_id, p_origin)
	returning id into v_id;
	perform config_event_state(p_environment, v_id, 'draft');
	return v_id;
end
$$;
comment on function change_create(text, text, bigint, jsonb, jsonb, text, text, text, text, jsonb) is
	'A draft; returns its id. The origin says where imported or promoted values came from.';

create or replace function change_content(p_id bigint, p_base_version bigint, p_changes jsonb, p_diff jsonb, p_content_hash text,
	p_reason text, p_edited_by text) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	update config_changes
	set base_version = p_base_version, changes = p_changes, diff = p_diff, content_hash = p_content_hash,
		reason = coalesce(p_reason, reason), edited_by = coalesce(p_edited_by, edited_by)
	where id = p_id;
end
$$;
comment on function change_content(bigint, bigint, jsonb, jsonb, text, text, text) is
	'Another content, or the same on another base; reason and editor stay where none is given.';

create or replace function change_move(p_id bigint, p_event text, p_state text, p_actor text, p_comment text,
	p_request_id text) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
	v_change config_changes;
begin
	update config_changes
	set state = p_state,
		submitted_at = case when p_event = 'submit' then clock_timestamp() when p_state <> 'draft' then submitted_at end,
		decided_by = case when p_event in ('approve', 'reject') then p_actor else decided_by end,
		decided_at = case when p_event in ('approve', 'reject', 'withdraw') then clock_timestamp() else decided_at end,
		comment = coalesce(p_comment, comment)
	where id = p_id
	returning * into strict v_change;
	insert into config_change_events (change_id, actor, event, detail, request_id)
	values (p_id, p_actor, p_event, jsonb_strip_nulls(jsonb_build_object('comment', p_comment, 'content_hash', v_change.content_hash)),
		p_request_id);
	perform config_event_state(v_change.environment, p_id, p_state);
end
$$;
comment on function change_move(bigint, text, text, text, text, text) is 'What an event makes of a change set: its state, a row of its events, a notification.';
