-- Who may do what: operators, their roles, sessions and tokens.

create table operators (
	login identifier constraint operators_pk primary key,
	password_hash text not null constraint operators_password_hash_yescrypt check (password_hash like '$y$%'),
	password_changed_at timestamptz not null default clock_timestamp(),
	disabled boolean not null default false,
	created_at timestamptz not null default clock_timestamp(),
	created_by identifier not null
);
comment on table operators is 'People with an account.';
comment on column operators.login is 'Name they log in with.';
comment on column operators.password_hash is 'crypt(3) text, yescrypt.';
comment on column operators.password_changed_at is 'Age of the password: due after 90 days.';
comment on column operators.disabled is 'May not log in; sessions and tokens of theirs are void.';
comment on column operators.created_at is 'When the account was made.';
comment on column operators.created_by is 'Who made it.';

create table operator_roles (
	login identifier not null constraint operator_roles_operator references operators (login) on delete cascade,
	environment environment_scope not null,
	role text not null constraint operator_roles_role_known check (role in ('viewer', 'editor', 'approver', 'admin')),
	constraint operator_roles_pk primary key (login, environment, role)
);
comment on table operator_roles is 'What an operator may do, and where.';
comment on column operator_roles.login is 'The operator.';
comment on column operator_roles.environment is 'The environment, or * for all.';
comment on column operator_roles.role is 'viewer, editor, approver or admin.';

create table sessions (
	sha256 sha256_hex constraint sessions_pk primary key,
	login identifier not null constraint sessions_operator references operators (login) on delete cascade,
	created_at timestamptz not null default clock_timestamp(),
	expires_at timestamptz not null,
	constraint sessions_in_order check (created_at < expires_at)
);
comment on table sessions is 'Logins of the console.';
comment on column sessions.sha256 is 'SHA-256 of the cookie; the cookie itself is nowhere.';
comment on column sessions.login is 'Whose it is.';
comment on column sessions.created_at is 'When it began.';
comment on column sessions.expires_at is 'When it ends by itself.';
create index sessions_login on sessions (login);
create index sessions_expires_at on sessions (expires_at);

create table tokens (
	id bigint generated always as identity constraint tokens_pk primary key,
	name text not null constraint tokens_name_bytes check (octet_length(name) between 1 and 200),
	sha256 sha256_hex not null constraint tokens_sha256_unique unique,
	role text not null constraint tokens_role_known check (role in ('viewer', 'editor', 'approver', 'admin', 'worker')),
	environment environment_scope not null,
	created_by identifier not null constraint tokens_creator references operators (login),
	created_at timestamptz not null default clock_timestamp(),
	expires_at timestamptz,
	revoked_at timestamptz
);
comment on table tokens is 'Bearer tokens of programs. For four eyes a token is its creator.';
comment on column tokens.id is 'Key.';
comment on column tokens.name is 'What it is for.';
comment on column tokens.sha256 is 'SHA-256 of the token; the token itself is shown once and is nowhere.';
comment on column tokens.role is 'viewer, editor, approver, admin or worker.';
comment on column tokens.environment is 'The environment, or * for all.';
comment on column tokens.created_by is 'The admin who made it.';
comment on column tokens.created_at is 'When it was made.';
comment on column tokens.expires_at is 'When it ends by itself; null: never.';
comment on column tokens.revoked_at is 'When it was revoked; null: it was not.';

insert into schema_patch (name) values ('0003-operators');
