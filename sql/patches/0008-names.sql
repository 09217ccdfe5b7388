-- Names in tables, where a key keeps them in the catalog: those of change sets and of rules as well. And the history
-- is found by what it is asked about, with everything that is asked for in one index, newest first.

drop table config_history_names;
create table config_history_names (
	name parameter_name not null constraint config_history_names_variable references variable_catalog (name),
	environment environment_name not null,
	changed_by identifier not null,
	history_id bigint not null constraint config_history_names_history references config_history (id),
	constraint config_history_names_pk primary key (name, environment, history_id)
);
comment on table config_history_names is 'The parameters in the diff of each row of the history; append-only, filled by a trigger.';
comment on column config_history_names.name is 'The parameter.';
comment on column config_history_names.environment is 'The environment of the row.';
comment on column config_history_names.changed_by is 'The author of the row.';
comment on column config_history_names.history_id is 'The row of the history.';
create index config_history_names_author on config_history_names (name, environment, changed_by, history_id);
insert into config_history_names (name, environment, changed_by, history_id)
select k.name, h.environment, h.changed_by, h.id from config_history h, jsonb_object_keys(h.diff) as k (name);

drop index config_history_changed_at, config_history_changed_by, config_history_request;
create index config_history_time on config_history (environment, changed_at, id);
create index config_history_author on config_history (environment, changed_by, id);
create index config_history_request on config_history (environment, request_id, id) where request_id is not null;

create table config_change_names (
	name parameter_name not null constraint config_change_names_variable references variable_catalog (name),
	change_id bigint not null constraint config_change_names_change references config_changes (id),
	constraint config_change_names_pk primary key (change_id, name)
);
comment on table config_change_names is 'The parameters that a change set names; filled by a trigger.';
comment on column config_change_names.name is 'The parameter.';
comment on column config_change_names.change_id is 'The change set.';
create index config_change_names_name on config_change_names (name);
insert into config_change_names (name, change_id) select k.name, c.id from config_changes c, jsonb_object_keys(c.changes) as k (name);

create table config_rule_names (
	rule identifier not null constraint config_rule_names_rule references config_rules (name) on delete cascade,
	name parameter_name not null constraint config_rule_names_variable references variable_catalog (name),
	constraint config_rule_names_pk primary key (rule, name)
);
comment on table config_rule_names is 'The parameters that a rule names; filled by a trigger.';
comment on column config_rule_names.rule is 'The rule.';
comment on column config_rule_names.name is 'The parameter.';
create index config_rule_names_name on config_rule_names (name);
-- A word in capitals outside of a text, as the language has it: workerlib/core/rule.h.
insert into config_rule_names (rule, name)
select distinct r.name, n.word[1] from config_rules r,
	regexp_matches(regexp_replace(r.expression, '''[^'']*''|"[^"]*"', '', 'g'), '[A-Z][A-Z0-9_]*', 'g') as n (word);

insert into schema_patch (name) values ('0008-names');
