-- Whose a session or token is.

create or replace function authenticate(p_kind text, p_sha256 text)
returns table (login text, name text, environment text, role text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
	if p_kind = 'session' then
		return query
			select o.login::text, null::text, r.environment::text, r.role
			from sessions s
			join operators o on o.login = s.login and not o.disabled
			left join operator_roles r on r.login = o.login
			where s.sha256 = p_sha256::char(64) and s.expires_at > clock_timestamp();
	elsif p_kind = 'token' then
		return query
			select t.created_by::text, t.name, t.environment::text, t.role
			from tokens t
			join operators o on o.login = t.created_by and not o.disabled
			where t.sha256 = p_sha256::char(64) and t.revoked_at is null and coalesce(t.expires_at > clock_timestamp(), true)
			-- What an operator may do by token hangs on the right to make tokens; workers go on when their admin changes.
			and (t.role = 'worker' or exists (select from operator_roles r
				where r.login = t.created_by and r.environment = '*' and r.role = 'admin'));
	else
		raise exception 'neither session nor token: %', p_kind using errcode = 'CV422';
	end if;
end
$$;
comment on function authenticate(text, text) is
	'One row a role (role null: has none); no row: unknown, expired, revoked or disabled. The login of a token is its creator.';
