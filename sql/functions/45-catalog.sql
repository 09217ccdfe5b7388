-- The doors of the catalog and of the rules. The caller holds catalog_lock() and has judged what the change does to
-- every environment; values that resolve otherwise because of it go through config_write() in the same transaction.
--
--   catalog_write(name, definition, ...)     a parameter; definition null: deletes it
--   rule_write(name, expression, ...)        a rule; expression null: deletes it
--   catalog_notify()                         the hints, once everything is written

create or replace function catalog_definition(v variable_catalog) returns jsonb
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
begin
	return to_jsonb(v) - array['name', 'version', 'updated_at', 'updated_by'];
end
$$;
comment on function catalog_definition(variable_catalog) is 'What an admin says of a parameter: the row without its name, its version, and who wrote it.';

create or replace function catalog_guarded(p_name text, p_login text) returns boolean
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
	return exists (select from variable_catalog v where v.name = p_name and v.critical)
		or p_name in (select catalog_loosened(array[p_login]));
end
$$;
comment on function catalog_guarded(text, text) is
	'Whether this login needs approval to give the parameter another value: it is critical, or they made it easier to write.';

-- Past values are in a diff or, from before the first one, in the snapshot of version 1.
create or replace function catalog_references(p_name text) returns text
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
	v_where text;
begin
	select 'an entry of ' || c.environment into v_where
	from active_config_entries e join active_config c on c.id = e.config_id where e.name = p_name order by c.id limit 1;
	if v_where is null then
		select 'the history of ' || n.environment into v_where
		from config_history_names n where n.name = p_name order by n.history_id limit 1;
	end if;
	if v_where is null then
		select 'the history of ' || h.environment into v_where
		from active_config c join config_history h on h.config_id = c.id and h.version = 1 where h.snapshot ->> p_name is not null limit 1;
	end if;
	if v_where is null then
		select 'change set ' || min(n.change_id) into v_where from config_change_names n where n.name = p_name;
	end if;
	if v_where is null then
		select 'parameter set ' || left(s.hash, 12) into v_where from parameter_set_names s where s.name = p_name limit 1;
	end if;
	return v_where;
end
$$;
comment on function catalog_references(text) is 'What names a parameter, so that it stays in the catalog; null: nothing but rules might.';

create or replace function catalog_bump() returns bigint
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
	v_version bigint;
begin
	update catalog_state set version = version + 1 returning version into v_version;
	return v_version;
end
$$;
comment on function catalog_bump() is 'The next catalog_version.';

-- Whoever calls, as config_approval() for a change set: what is new had no value before, and is not asked about.
create or replace function catalog_approval(p_old variable_catalog, p_new variable_catalog, p_by text) returns void
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
	if p_old.default_value is distinct from p_new.default_value and (p_old.critical or catalog_guarded(p_old.name, p_by))
		and exists (select from active_config c
			where not exists (select from active_config_entries e where e.config_id = c.id and e.name = p_old.name))
	then
		raise exception 'another default of % would set it without an approval', p_old.name using errcode = 'CV409';
	end if;
end
$$;
comment on function catalog_approval(variable_catalog, variable_catalog, text) is
	'Refuses another default of what needs approval where an environment runs with it.';

create or replace function catalog_write(p_name text, p_definition jsonb, p_by text, p_reason text, p_request_id text)
returns table (version bigint, body json)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
	v_version bigint := catalog_bump();
	v_old variable_catalog;
	v_new variable_catalog;
begin
	select * into v_old from variable_catalog v where v.name = p_name;
	if p_definition is null then
		if v_old.name is null then
			raise exception 'no parameter %', p_name using errcode = 'CV404';
		end if;
		delete from variable_catalog v where v.name = p_name;
	else
		v_new := jsonb_populate_record(null::variable_catalog, p_definition || jsonb_build_object('name', p_name,
			'version', v_version, 'updated_at', clock_timestamp(), 'updated_by', p_by));
		insert into variable_catalog select v_new.*
		on conflict (name) do update set (type, allowed_values, default_value, min_value, max_value, description, group_name, category,
			unit, required, deprecated, hot_reloadable, critical, excluded_from_ftf, version, updated_at, updated_by)
		= (excluded.type, excluded.allowed_values, excluded.default_value, excluded.min_value, excluded.max_value,
			excluded.description, excluded.group_name, excluded.category, excluded.unit, excluded.required, excluded.deprecated,
			excluded.hot_reloadable, excluded.critical, excluded.excluded_from_ftf, excluded.version, excluded.updated_at,
			excluded.updated_by);
	end if;
	insert into variable_catalog_history (name, catalog_version, action, old, new, changed_by, change_reason, request_id)
	values (p_name, v_version, case when v_new.name is null then 'delete' when v_old.name is null then 'create' else 'update' end,
		case when v_old.name is not null then to_jsonb(v_old) end, case when v_new.name is not null then to_jsonb(v_new) end,
		p_by, p_reason, p_request_id);
	if v_old.name is not null then
		perform catalog_approval(v_old, v_new, p_by);
	end if;
	return query select v_version, case when v_new.name is not null then variable_json(v_new) end;
end
$$;
comment on function catalog_write(text, jsonb, text, text, text) is
	'Writes or (null) deletes a parameter, with its history and a new catalog_version; body is as of GET /catalog/{name}.';

create or replace function rule_write(p_name text, p_expression text, p_message text, p_by text, p_reason text, p_request_id text)
returns table (version bigint, body json)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
	v_version bigint := catalog_bump();
	v_old config_rules;
	v_new config_rules;
begin
	select * into v_old from config_rules r where r.name = p_name;
	if p_expression is null then
		if v_old.name is null then
			raise exception 'no rule %', p_name using errcode = 'CV404';
		end if;
		delete from config_rules r where r.name = p_name;
	else
		insert into config_rules as r (name, expression, message, version, updated_by)
		values (p_name, p_expression, p_message, v_version, p_by)
		on conflict (name) do update set (expression, message, version, updated_at, updated_by)
		= (excluded.expression, excluded.message, excluded.version, excluded.updated_at, excluded.updated_by)
		returning * into v_new;
	end if;
	insert into config_rules_history (name, catalog_version, action, old, new, changed_by, change_reason, request_id)
	values (p_name, v_version, case when v_new.name is null then 'delete' when v_old.name is null then 'create' else 'update' end,
		case when v_old.name is not null then to_jsonb(v_old) end, case when v_new.name is not null then to_jsonb(v_new) end,
		p_by, p_reason, p_request_id);
	return query select v_version, case when v_new.name is not null then rule_json(v_new) end;
end
$$;
comment on function rule_write(text, text, text, text, text, text) is
	'Writes or (expression null) deletes a rule, with its history and a new catalog_version; body is an item of GET /rules.';

-- By whatever way the catalog or its rules are written, so that nobody keeps what was made of the ones before.
create or replace function catalog_stamp() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
	update catalog_state set stamp = gen_random_uuid();
	return null;
end
$$;
comment on function catalog_stamp() is 'Trigger: the catalog is another one now.';

-- A stamp is of one server's catalog: one that another server sent with its rows may come before them, or after.
create or replace function catalog_state_stamp() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	new.stamp := gen_random_uuid();
	return new;
end
$$;
comment on function catalog_state_stamp() is 'Trigger: what another server sent gets a stamp of this one.';

create or replace function catalog_notify() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	perform config_notify(c.environment, '*', c.version) from active_config c order by c.id;
	perform pg_notify('config_event', json_build_object('type', 'catalog_changed', 'catalog_version', s.version)::text)
	from catalog_state s;
end
$$;
comment on function catalog_notify() is 'Tells every environment''s listeners and the console that the catalog or the rules are others now.';
