-- What is in force.
drop view if exists resolved_config, worker_status, environment_status;

create view resolved_config as
select c.environment, c.version, v.name, v.type, v.allowed_values::text as allowed_values, v.default_value, v.min_value, v.max_value,
	v.category, v.required, v.deprecated, v.hot_reloadable, v.critical, v.excluded_from_ftf,
	e.value as entry_value, coalesce(e.value, v.default_value) as value,
	case when e.value is null then 'default' else 'entry' end as source,
	e.version as changed_version, e.changed_at, e.changed_by
from active_config c
cross join variable_catalog v
left join active_config_entries e on e.config_id = c.id and e.name = v.name;
comment on view resolved_config is
	'One row per environment and parameter: its definition and the value in force, an entry or else the default of the catalog.';
comment on column resolved_config.environment is 'The environment.';
comment on column resolved_config.version is 'Its version.';
comment on column resolved_config.name is 'The parameter.';
comment on column resolved_config.type is 'As in variable_catalog.';
comment on column resolved_config.allowed_values is 'JSON array as text.';
comment on column resolved_config.default_value is 'As in variable_catalog.';
comment on column resolved_config.min_value is 'As in variable_catalog.';
comment on column resolved_config.max_value is 'As in variable_catalog.';
comment on column resolved_config.category is 'As in variable_catalog.';
comment on column resolved_config.required is 'As in variable_catalog.';
comment on column resolved_config.deprecated is 'As in variable_catalog.';
comment on column resolved_config.hot_reloadable is 'As in variable_catalog.';
comment on column resolved_config.critical is 'As in variable_catalog.';
comment on column resolved_config.excluded_from_ftf is 'As in variable_catalog.';
comment on column resolved_config.entry_value is 'What the environment sets itself; null: nothing.';
comment on column resolved_config.value is 'What is in force; null: the parameter has no value.';
comment on column resolved_config.source is 'entry or default.';
comment on column resolved_config.changed_version is 'Version that set the entry; null: default.';
comment on column resolved_config.changed_at is 'When the entry was set; null: default.';
comment on column resolved_config.changed_by is 'Who set the entry; null: default.';
