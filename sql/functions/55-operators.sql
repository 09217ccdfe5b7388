-- The doors of accounts and tokens. Somebody stays admin everywhere, whoever goes.

create or replace function operator_json(o operators) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('login', o.login, 'disabled', o.disabled, 'created_at', wire_time(o.created_at),
		'password_changed_at', wire_time(o.password_changed_at), 'roles', (
			select coalesce(json_agg(json_build_object('environment', r.environment, 'role', r.role)
				order by r.environment, r.role), '[]')
			from operator_roles r where r.login = o.login))
$$;
comment on function operator_json(operators) is 'An item of GET /operators.';

create or replace function operator_lock() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	lock table operators, operator_roles in share row exclusive mode;
end
$$;
comment on function operator_lock() is 'One after the other: two who take the last admin away must see each other.';

create or replace function operator_keep_admin() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	if not exists (select from operators o join operator_roles r on r.login = o.login
			where not o.disabled and r.environment = '*' and r.role = 'admin') then
		raise exception 'nobody would be admin everywhere' using errcode = 'CV409';
	end if;
end
$$;
comment on function operator_keep_admin() is 'Refuses (CV409) when nobody is admin everywhere any more.';

create or replace function operator_roles_write(p_login text, p_roles jsonb) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	delete from operator_roles r where r.login = p_login;
	insert into operator_roles (login, environment, role)
	select distinct p_login, r ->> 'environment', r ->> 'role' from jsonb_array_elements(p_roles) r;
end
$$;
comment on function operator_roles_write(text, jsonb) is 'Replaces the roles of an operator: [{environment, role}].';

create or replace function operator_locks_end(p_login text) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
	perform environment_lock(c.environment, null)
	from (select l.environment from active_config l where l.locked_by = p_login order by l.id) c
	where not exists (select from operators o join operator_roles r on r.login = o.login
			where o.login = p_login and not o.disabled and r.role = 'editor' and r.environment in (c.environment, '*'))
		and not exists (select from credentials t
			where t.kind = 'token' and t.login = p_login and t.role = 'editor' and t.environment in (c.environment, '*'));
end
$$;
comment on function operator_locks_end(text) is
	'Ends the locks of environments in which an operator is no editor any more, nor by a token: nobody would be left to give them back.';

create or replace function operator_create(p_login text, p_password_hash text, p_roles jsonb, p_by text) returns json
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	v_operator operators;
begin
	perform operator_lock();
	insert into operators (login, password_hash, created_by) values (p_login, p_password_hash, p_by)
	on conflict do nothing returning * into v_operator;
	if v_operator.login is null then
		return null;
	end if;
	perform operator_roles_write(p_login, p_roles);
	return operator_json(v_operator);
end
$$;
comment on function operator_create(text, text, jsonb, text) is 'A new account; null: the login is taken.';

create or replace function operator_update(p_login text, p_password_hash text, p_roles jsonb, p_disabled boolean) returns json
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	v_operator operators;
begin
	perform operator_lock();
	update operators o
	set password_hash = coalesce(p_password_hash, o.password_hash), disabled = coalesce(p_disabled, o.disabled),
		password_changed_at = case when p_password_hash is null then o.password_changed_at else clock_timestamp() end
	where o.login = p_login
	returning * into v_operator;
	if not found then
		return null;
	end if;
	if p_roles is not null then
		perform operator_roles_write(p_login, p_roles);
	end if;
	if p_password_hash is not null or v_operator.disabled then
		delete from sessions s where s.login = p_login;
	end if;
	perform operator_locks_end(p_login);
	perform operator_keep_admin();
	return operator_json(v_operator);
end
$$;
comment on function operator_update(text, text, jsonb, boolean) is
	'Changes what is not null; a new password and a disabled account end the sessions, and locks end with the right to write. null: no such login.';

create or replace function operator_wrote(p_login text) returns boolean
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
	return exists (select from config_changes c where p_login in (c.created_by, c.edited_by, c.decided_by))
		or exists (select from config_history h where p_login in (h.changed_by, h.approved_by))
		or exists (select from variable_catalog_history h where h.changed_by = p_login)
		or exists (select from config_rules_history h where h.changed_by = p_login);
end
$$;
comment on function operator_wrote(text) is 'Whether the history names this login.';

create or replace function operator_delete(p_login text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
	perform operator_lock();
	delete from sessions s where s.login = p_login;
	delete from tokens t where t.created_by = p_login;
	if operator_wrote(p_login) then
		update operators o set disabled = true where o.login = p_login;
		delete from operator_roles r where r.login = p_login;
	else
		delete from operators o where o.login = p_login;
	end if;
	if not found and not exists (select from operators o where o.login = p_login) then
		return false;
	end if;
	perform operator_locks_end(p_login);
	perform operator_keep_admin();
	return true;
end
$$;
comment on function operator_delete(text) is
	'Ends an account with its sessions, tokens and locks; a login that the history names stays, disabled and without roles, so that nobody else gets it. false: there is none.';

create or replace function time_given(p_text text) returns timestamptz
language plpgsql immutable set search_path = pg_catalog, public, pg_temp as $$
begin
	if p_text !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$' then
		return null;
	end if;
	return p_text::timestamptz;
exception when data_exception then
	return null;
end
$$;
comment on function time_given(text) is 'An RFC 3339 time; null: it is none.';

create or replace function token_json(t tokens) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('id', t.id, 'name', t.name, 'role', t.role, 'environment', t.environment, 'created_by', t.created_by,
		'created_at', wire_time(t.created_at), 'expires_at', wire_time(t.expires_at), 'revoked_at', wire_time(t.revoked_at))
$$;
comment on function token_json(tokens) is 'A token without its secret, as GET /tokens carries it.';
