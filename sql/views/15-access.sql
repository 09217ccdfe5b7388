-- Whose a session or token is: the one place that says which of them still hold.
drop view if exists credentials;

create view credentials as
select 'session' as kind, s.sha256, o.login, null as name, r.environment, r.role
from sessions s
join operators o on o.login = s.login and not o.disabled
left join operator_roles r on r.login = o.login
where s.expires_at > clock_timestamp()
union all
select 'token', t.sha256, t.created_by, t.name, t.environment, t.role
from tokens t
join operators o on o.login = t.created_by and not o.disabled
where t.revoked_at is null and coalesce(t.expires_at > clock_timestamp(), true)
-- What an operator may do by token hangs on the right to make tokens; workers go on when their admin changes.
and (t.role = 'worker' or exists (select from operator_roles r
	where r.login = t.created_by and r.environment = '*' and r.role = 'admin'));
comment on view credentials is 'One row a role (role null: has none) of each session and token that holds; none of one that expired, was revoked, or whose operator is disabled.';
comment on column credentials.kind is 'session or token.';
comment on column credentials.sha256 is 'Of the secret.';
comment on column credentials.login is 'Whose it is; of a token, who made it.';
comment on column credentials.name is 'Of a token.';
comment on column credentials.environment is 'Where the role is held; * is everywhere.';
comment on column credentials.role is 'The role; null: none.';
