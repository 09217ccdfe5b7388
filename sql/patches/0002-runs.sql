-- Parameter sets and the runs that are pinned to them.

create table parameter_sets (
	hash char(64) constraint parameter_sets_pk primary key,
	canonical text not null,
	base_env jsonb not null generated always as (canonical::jsonb -> 'base_env') stored,
	variables_catalog jsonb not null generated always as (canonical::jsonb -> 'variables_catalog') stored,
	factors jsonb not null generated always as (canonical::jsonb -> 'factors') stored,
	code_version jsonb not null generated always as (canonical::jsonb -> 'code_version') stored,
	config_version text not null,
	catalog_version bigint not null constraint parameter_sets_catalog_version_natural check (catalog_version >= 0),
	created_at timestamptz not null default clock_timestamp(),
	frozen boolean not null default true constraint parameter_sets_always_frozen check (frozen),
	constraint parameter_sets_hash_is_of_canonical
		check (hash = encode(sha256(convert_to(canonical, 'UTF8')), 'hex')),
	constraint parameter_sets_canonical_members
		check (canonical::jsonb - array['base_env', 'variables_catalog', 'factors', 'code_version'] = '{}')
);
comment on table parameter_sets is 'What a run ran with: immutable, addressed by the SHA-256 of its canonical text.';
comment on column parameter_sets.hash is 'SHA-256 of canonical.';
comment on column parameter_sets.canonical is 'The set as canonical JSON (RFC 8785): base_env, variables_catalog, factors, code_version.';
comment on column parameter_sets.base_env is 'The resolved configuration; a part of canonical.';
comment on column parameter_sets.variables_catalog is 'The catalog then; a part of canonical.';
comment on column parameter_sets.factors is 'What the run varies; a part of canonical.';
comment on column parameter_sets.code_version is 'The code that ran; a part of canonical.';
comment on column parameter_sets.config_version is 'The configuration''s version, as ENVIRONMENT:VERSION or its number.';
comment on column parameter_sets.catalog_version is 'The catalog''s version.';
comment on column parameter_sets.created_at is 'When it was first frozen.';
comment on column parameter_sets.frozen is 'Always true: a set is never open.';

create table parameter_set_names (
	hash char(64) not null constraint parameter_set_names_set references parameter_sets (hash),
	name parameter_name not null constraint parameter_set_names_variable references variable_catalog (name),
	constraint parameter_set_names_pk primary key (hash, name)
);
comment on table parameter_set_names is 'Which parameters a set names: keeps their catalog rows from being deleted.';
comment on column parameter_set_names.hash is 'The set.';
comment on column parameter_set_names.name is 'The parameter.';
create index parameter_set_names_name on parameter_set_names (name);

create domain run_status as text
	constraint run_status_grammar check (value ~ '^[a-z][a-z_]{0,31}$');
comment on domain run_status is 'Where a run stands: running, succeeded, failed and the like.';

create table finetune_runs (
	run_id identifier constraint finetune_runs_pk primary key,
	kind text not null constraint finetune_runs_kind_known check (kind in ('finetune', 'backtest', 'train')),
	environment environment_name not null constraint finetune_runs_environment references active_config (environment),
	parameter_set_hash char(64) not null
		constraint finetune_runs_parameter_set references parameter_sets (hash)
		constraint finetune_runs_parameter_set_given check (parameter_set_hash is not null),
	status run_status not null default 'running',
	created_at timestamptz not null default clock_timestamp(),
	created_by identifier not null
);
comment on table finetune_runs is 'Finetunes, backtests and trainings, each pinned to a parameter set.';
comment on column finetune_runs.run_id is 'Id the scheduler gave it.';
comment on column finetune_runs.kind is 'finetune, backtest or train.';
comment on column finetune_runs.environment is 'The environment whose configuration it took.';
comment on column finetune_runs.parameter_set_hash is 'The set it is pinned to.';
comment on column finetune_runs.status is 'Where it stands.';
comment on column finetune_runs.created_at is 'When it was bound.';
comment on column finetune_runs.created_by is 'Who bound it.';
create index finetune_runs_set on finetune_runs (parameter_set_hash);
create index finetune_runs_created on finetune_runs (created_at, run_id);

create table paper_sessions (
	session_id identifier constraint paper_sessions_pk primary key,
	environment environment_name not null constraint paper_sessions_environment references active_config (environment),
	parameter_set_hash char(64) not null
		constraint paper_sessions_parameter_set references parameter_sets (hash)
		constraint paper_sessions_parameter_set_given check (parameter_set_hash is not null),
	active_config_version text not null,
	status run_status not null default 'running',
	created_at timestamptz not null default clock_timestamp(),
	created_by identifier not null
);
comment on table paper_sessions is 'Paper trading sessions, each pinned to a parameter set.';
comment on column paper_sessions.session_id is 'Id of the session.';
comment on column paper_sessions.environment is 'The environment whose configuration it took.';
comment on column paper_sessions.parameter_set_hash is 'The set it is pinned to.';
comment on column paper_sessions.active_config_version is 'The configuration''s version it began with.';
comment on column paper_sessions.status is 'Where it stands.';
comment on column paper_sessions.created_at is 'When it was bound.';
comment on column paper_sessions.created_by is 'Who bound it.';
create index paper_sessions_set on paper_sessions (parameter_set_hash);
create index paper_sessions_created on paper_sessions (created_at, session_id);

create table live_sessions (
	session_id identifier constraint live_sessions_pk primary key,
	environment environment_name not null constraint live_sessions_environment references active_config (environment),
	parameter_set_hash char(64) not null
		constraint live_sessions_parameter_set references parameter_sets (hash)
		constraint live_sessions_parameter_set_given check (parameter_set_hash is not null),
	active_config_version text not null,
	status run_status not null default 'running',
	created_at timestamptz not null default clock_timestamp(),
	created_by identifier not null
);
comment on table live_sessions is 'Live trading sessions, each pinned to a parameter set.';
comment on column live_sessions.session_id is 'Id of the session.';
comment on column live_sessions.environment is 'The environment whose configuration it took.';
comment on column live_sessions.parameter_set_hash is 'The set it is pinned to.';
comment on column live_sessions.active_config_version is 'The configuration''s version it began with.';
comment on column live_sessions.status is 'Where it stands.';
comment on column live_sessions.created_at is 'When it was bound.';
comment on column live_sessions.created_by is 'Who bound it.';
create index live_sessions_set on live_sessions (parameter_set_hash);
create index live_sessions_created on live_sessions (created_at, session_id);

insert into schema_patch (name) values ('0002-runs');
