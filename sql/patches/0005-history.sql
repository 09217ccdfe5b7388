-- Which parameters a row of the history touches: what finds them at any size, and a key that keeps them in the catalog.

drop index config_history_names; -- of jsonb: it finds all rows of a parameter, never the newest ones

create table config_history_names (
	name parameter_name not null constraint config_history_names_variable references variable_catalog (name),
	history_id bigint not null constraint config_history_names_history references config_history (id),
	constraint config_history_names_pk primary key (name, history_id)
);
comment on table config_history_names is 'The parameters in the diff of each row of the history; append-only, filled by a trigger.';
comment on column config_history_names.name is 'The parameter.';
comment on column config_history_names.history_id is 'The row of the history.';
insert into config_history_names (name, history_id) select k.name, h.id from config_history h, jsonb_object_keys(h.diff) as k (name);

create index config_history_changed_by on config_history (changed_by, id);

insert into schema_patch (name) values ('0005-history');
