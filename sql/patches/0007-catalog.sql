-- Who changed the rules, as variable_catalog_history says it of the parameters.

create table config_rules_history (
	id bigint generated always as identity constraint config_rules_history_pk primary key,
	name identifier not null,
	catalog_version bigint not null constraint config_rules_history_version_natural check (catalog_version >= 0),
	action text not null constraint config_rules_history_action_known check (action in ('create', 'update', 'delete')),
	old jsonb,
	new jsonb,
	changed_by identifier not null,
	change_reason text constraint config_rules_history_reason_bytes check (octet_length(change_reason) <= 4096),
	changed_at timestamptz not null default clock_timestamp(),
	request_id identifier,
	constraint config_rules_history_action_rows
		check ((old is null) = (action = 'create') and (new is null) = (action = 'delete'))
);
comment on table config_rules_history is 'Every change of the rules; append-only.';
comment on column config_rules_history.id is 'Grows with time.';
comment on column config_rules_history.name is 'The rule.';
comment on column config_rules_history.catalog_version is 'catalog_version the change made.';
comment on column config_rules_history.action is 'create, update or delete.';
comment on column config_rules_history.old is 'The row before; null when created.';
comment on column config_rules_history.new is 'The row after; null when deleted.';
comment on column config_rules_history.changed_by is 'Who changed it.';
comment on column config_rules_history.change_reason is 'Why; null: nobody said.';
comment on column config_rules_history.changed_at is 'When.';
comment on column config_rules_history.request_id is 'The request that did it.';
create index config_rules_history_name on config_rules_history (name, id);

insert into schema_patch (name) values ('0007-catalog');
