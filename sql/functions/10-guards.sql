-- What the triggers of ../triggers.sql call, so that what is written once stays as it was written.
--
-- Errors that callers tell apart by SQLSTATE:
--   CV404  no such environment          CV412  the version is not the current one
--   CV409  wrong state, or append-only  CV422  what was given does not hold together

create or replace function refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	raise exception '% is append-only: % refused', tg_table_name, lower(tg_op) using errcode = 'CV409';
end
$$;
comment on function refuse_change() is 'Trigger: the table takes inserts and nothing else.';

-- The table of workerlib/core/lifecycle.c without its guards: a test compares the two. It becomes part of the expression
-- that asks.
create or replace function config_change_may(p_from text, p_to text) returns boolean
language sql immutable parallel safe
return case p_from
	when 'draft' then p_to in ('draft', 'pending_approval', 'approved', 'withdrawn')
	when 'pending_approval' then p_to in ('draft', 'pending_approval', 'approved', 'rejected', 'withdrawn')
	when 'approved' then p_to = 'active'
	when 'active' then p_to = 'superseded'
	else false end;
comment on function config_change_may(text, text) is 'Whether some event takes a change set from one state to the other.';

-- The owner is who config_write() runs as: nobody else makes a change set active.
create or replace function config_changes_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
	v_as_it_was config_changes;
begin
	if tg_op = 'DELETE' then
		raise exception 'change set % cannot be deleted', old.id using errcode = 'CV409';
	end if;
	if tg_op = 'UPDATE' then
		if not config_change_may(old.state, new.state) then
			raise exception 'change set % is % and cannot become %', old.id, old.state, new.state using errcode = 'CV409';
		end if;
		v_as_it_was := new;
		v_as_it_was.state := old.state;
		if old.state = 'active' and v_as_it_was is distinct from old then
			raise exception 'change set % is applied and stays as it is', old.id using errcode = 'CV409';
		end if;
	end if;
	if new.state in ('active', 'superseded') and current_user <> 'cvn_owner' then
		raise exception 'only config_write() applies a change set' using errcode = 'CV409';
	end if;
	return new;
end
$$;
comment on function config_changes_guard() is
	'Trigger: states follow the lifecycle, what is applied stays as it is, and only config_write() applies.';

-- Keys keep what is named by a row. Values from before the first diff are in the snapshot of version 1 alone, and a
-- key cannot point out of jsonb.
create or replace function variable_catalog_guard() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
	if exists (select from active_config c join config_history h on h.config_id = c.id and h.version = 1 where h.snapshot ->> old.name is not null) then
		raise exception 'parameter % is named by the history', old.name
			using errcode = 'foreign_key_violation', hint = 'Mark it deprecated instead.';
	end if;
	return old;
end
$$;
comment on function variable_catalog_guard() is 'Trigger: a parameter that had a value when an environment began stays in the catalog.';

-- A name that was deleted is never used again: what the history says of it was about something else.
create or replace function variable_catalog_once() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
	if exists (select from variable_catalog_history h where h.name = new.name and h.action = 'delete') then
		raise exception 'parameter % was deleted, and its name is not used again', new.name
			using errcode = 'unique_violation', hint = 'Choose another name.';
	end if;
	return new;
end
$$;
comment on function variable_catalog_once() is 'Trigger: a name that was deleted stays unused.';

-- What change sets and rules name, as rows with keys.
create or replace function config_changes_link() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
	if tg_op = 'UPDATE' then
		delete from config_change_names n where n.change_id = new.id and not new.changes ? n.name;
	end if;
	insert into config_change_names (change_id, name) select new.id, jsonb_object_keys(new.changes) on conflict do nothing;
	return null;
end
$$;
comment on function config_changes_link() is 'Trigger: the names of a change set.';

-- A parameter is a word in capitals outside of a text, as the language has it: workerlib/core/rule.h.
create or replace function rule_names(p_expression text) returns setof text
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
begin
	return query
		select distinct n.word[1]
		from regexp_matches(regexp_replace(p_expression, '''[^'']*''|"[^"]*"', '', 'g'), '[A-Z][A-Z0-9_]*', 'g') as n (word);
end
$$;
comment on function rule_names(text) is 'The parameters that the expression of a rule names.';

create or replace function config_rules_link() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
	delete from config_rule_names n where n.rule = new.name;
	insert into config_rule_names (rule, name) select new.name, n.name from rule_names(new.expression) as n (name);
	return null;
end
$$;
comment on function config_rules_link() is 'Trigger: the parameters that a rule names.';
