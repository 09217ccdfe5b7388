-- A writer is told under the lock which definitions are in force.

comment on column catalog_state.stamp is 'Another one after every statement that wrote the catalog or the rules, and never the same again.';

-- Who made what easier to write is asked at each save.
create index variable_catalog_history_author on variable_catalog_history (changed_by) where action = 'update';
create index config_rules_history_author on config_rules_history (changed_by);

insert into schema_patch (name) values ('0017-definitions');
