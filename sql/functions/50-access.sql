-- Whose a session or token is.

create or replace function authenticate(p_kind text, p_sha256 text)
returns table (login text, name text, environment text, role text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
	if p_kind not in ('session', 'token') then
		raise exception 'neither session nor token: %', p_kind using errcode = 'CV422';
	end if;
	return query
		select c.login::text, c.name, c.environment::text, c.role from credentials c
		where c.kind = p_kind and c.sha256 = p_sha256::char(64);
end
$$;
comment on function authenticate(text, text) is
	'One row a role (role null: has none); no row: unknown, expired, revoked or disabled. The login of a token is its creator.';
