-- Catalog, environments, change sets and history. A patch runs once, in one transaction, and registers itself.

create table schema_patch (
	name text constraint schema_patch_pk primary key,
	applied_at timestamptz not null default clock_timestamp()
);
comment on table schema_patch is 'Which numbered patches of sql/patches this database has.';
comment on column schema_patch.name is 'File name of the patch, without .sql.';
comment on column schema_patch.applied_at is 'When it was applied.';

-- The grammars of names, said once. Names compare and sort by bytes, as strcmp does in the core.
create domain parameter_name as text collate "C"
	constraint parameter_name_grammar check (value ~ '^[A-Z][A-Z0-9_]{1,62}$');
comment on domain parameter_name is 'Name of a parameter, such as CVN_ENTRY_THRESHOLD.';

create domain environment_name as text collate "C"
	constraint environment_name_grammar check (value ~ '^[a-z][a-z0-9-]{0,30}$');
comment on domain environment_name is 'Name of an environment, such as paper.';

create domain environment_scope as text collate "C"
	constraint environment_scope_grammar check (value = '*' or value ~ '^[a-z][a-z0-9-]{0,30}$');
comment on domain environment_scope is 'Name of an environment, or * for all of them.';

create domain identifier as text collate "C"
	constraint identifier_grammar check (value ~ '^[A-Za-z0-9._-]{1,64}$');
comment on domain identifier is 'Id of a worker, a login, a run or a request.';

create domain sha256_hex as char(64)
	constraint sha256_hex_grammar check (value ~ '^[0-9a-f]{64}$');
comment on domain sha256_hex is 'A SHA-256 as 64 lower-case hex digits.';

create domain reason_text as text
	constraint reason_text_given check (btrim(value) <> '' and octet_length(value) <= 4096);
comment on domain reason_text is 'Why somebody did something: never empty.';

-- Catalog

create table catalog_state (
	singleton boolean default true constraint catalog_state_pk primary key constraint catalog_state_one_row check (singleton),
	version bigint not null default 0 constraint catalog_state_version_natural check (version >= 0)
);
comment on table catalog_state is 'One row: the version of the catalog and of the rules, which grows by one with each change of either.';
comment on column catalog_state.singleton is 'Always true: there is one row.';
comment on column catalog_state.version is 'catalog_version.';
insert into catalog_state default values;

create table variable_catalog (
	name parameter_name constraint variable_catalog_pk primary key,
	type text not null constraint variable_catalog_type_known
		check (type in ('bool', 'int', 'decimal', 'string', 'enum', 'duration', 'list')),
	allowed_values jsonb constraint variable_catalog_allowed_values_array
		check (jsonb_typeof(allowed_values) = 'array' and not jsonb_path_exists(allowed_values, '$[*] ? (@.type() != "string")')),
	default_value text,
	min_value text,
	max_value text,
	description text not null default '',
	group_name text not null default '',
	category text not null constraint variable_catalog_category_known
		check (category in ('threshold', 'filter_flag', 'cooldown', 'risk_limit')),
	unit text not null default '',
	required boolean not null default false,
	deprecated boolean not null default false,
	hot_reloadable boolean not null default true,
	critical boolean not null default false,
	excluded_from_ftf boolean not null default false,
	version bigint not null constraint variable_catalog_version_natural check (version >= 0),
	updated_at timestamptz not null default clock_timestamp(),
	updated_by identifier not null,
	constraint variable_catalog_bounds_ordered_type
		check ((min_value is null and max_value is null) or type in ('int', 'decimal', 'duration')),
	constraint variable_catalog_enum_has_values
		check (type <> 'enum' or coalesce(jsonb_array_length(allowed_values), 0) > 0),
	constraint variable_catalog_value_bytes
		check (octet_length(default_value) <= 8192 and octet_length(min_value) <= 64 and octet_length(max_value) <= 64)
);
comment on table variable_catalog is 'What parameters there are, and what a value of each may be.';
comment on column variable_catalog.name is 'Name of the parameter.';
comment on column variable_catalog.type is 'bool, int, decimal, string, enum, duration or list.';
comment on column variable_catalog.allowed_values is 'Array of canonical texts a value, or each item of a list, must be among; null: any.';
comment on column variable_catalog.default_value is 'Canonical text in force where an environment has no entry; null: none.';
comment on column variable_catalog.min_value is 'Least value, as canonical text; null: none.';
comment on column variable_catalog.max_value is 'Greatest value, as canonical text; null: none.';
comment on column variable_catalog.description is 'What it does, for who sets it.';
comment on column variable_catalog.group_name is 'Heading under which the console shows it.';
comment on column variable_catalog.category is 'Decides the safe boundary: threshold, filter_flag, cooldown or risk_limit.';
comment on column variable_catalog.unit is 'Unit of the value, for display; empty: none.';
comment on column variable_catalog.required is 'A resolved configuration must have a value of it.';
comment on column variable_catalog.deprecated is 'Kept for old runs; may only go back to its default.';
comment on column variable_catalog.hot_reloadable is 'A running worker may take it over; otherwise it waits for a restart.';
comment on column variable_catalog.critical is 'A change of it needs the approval of another operator.';
comment on column variable_catalog.excluded_from_ftf is 'May not be a factor of a run.';
comment on column variable_catalog.version is 'catalog_version at which the row last changed.';
comment on column variable_catalog.updated_at is 'When the row last changed.';
comment on column variable_catalog.updated_by is 'Who changed it.';

create table variable_catalog_history (
	id bigint generated always as identity constraint variable_catalog_history_pk primary key,
	name parameter_name not null,
	catalog_version bigint not null constraint variable_catalog_history_version_natural check (catalog_version >= 0),
	action text not null constraint variable_catalog_history_action_known check (action in ('create', 'update', 'delete')),
	old jsonb,
	new jsonb,
	changed_by identifier not null,
	change_reason reason_text not null,
	changed_at timestamptz not null default clock_timestamp(),
	request_id identifier,
	constraint variable_catalog_history_action_rows
		check ((old is null) = (action = 'create') and (new is null) = (action = 'delete'))
);
comment on table variable_catalog_history is 'Every change of the catalog; append-only.';
comment on column variable_catalog_history.id is 'Grows with time.';
comment on column variable_catalog_history.name is 'The parameter.';
comment on column variable_catalog_history.catalog_version is 'catalog_version the change made.';
comment on column variable_catalog_history.action is 'create, update or delete.';
comment on column variable_catalog_history.old is 'The row before; null when created.';
comment on column variable_catalog_history.new is 'The row after; null when deleted.';
comment on column variable_catalog_history.changed_by is 'Who changed it.';
comment on column variable_catalog_history.change_reason is 'Why.';
comment on column variable_catalog_history.changed_at is 'When.';
comment on column variable_catalog_history.request_id is 'The request that did it.';
create index variable_catalog_history_name on variable_catalog_history (name, id);

create table config_rules (
	name identifier constraint config_rules_pk primary key,
	expression text not null constraint config_rules_expression_bytes check (octet_length(expression) between 1 and 2048),
	message text not null constraint config_rules_message_bytes check (octet_length(message) between 1 and 1024),
	version bigint not null constraint config_rules_version_natural check (version >= 0),
	updated_at timestamptz not null default clock_timestamp(),
	updated_by identifier not null
);
comment on table config_rules is 'Coherence rules that every resolved configuration must hold.';
comment on column config_rules.name is 'Name of the rule.';
comment on column config_rules.expression is 'The rule, in the language of workerlib/core/rule.h.';
comment on column config_rules.message is 'What an operator is told when it is violated.';
comment on column config_rules.version is 'catalog_version at which the rule last changed.';
comment on column config_rules.updated_at is 'When it last changed.';
comment on column config_rules.updated_by is 'Who changed it.';

-- Environments and their entries

create table active_config (
	id integer generated always as identity constraint active_config_pk primary key,
	environment environment_name not null constraint active_config_environment_unique unique,
	version bigint not null default 0 constraint active_config_version_natural check (version >= 0),
	locked_by identifier,
	locked_at timestamptz,
	updated_at timestamptz not null default clock_timestamp(),
	updated_by identifier not null,
	constraint active_config_lock_whole check ((locked_by is null) = (locked_at is null))
);
comment on table active_config is 'One row an environment. Its row lock serialises the environment''s writers.';
comment on column active_config.id is 'Key of the environment''s entries and history.';
comment on column active_config.environment is 'Name of the environment.';
comment on column active_config.version is 'Grows by one with each change set that is applied.';
comment on column active_config.locked_by is 'The operator who alone may write; null: not locked.';
comment on column active_config.locked_at is 'Since when it is locked.';
comment on column active_config.updated_at is 'When the last change set was applied.';
comment on column active_config.updated_by is 'Who made it.';

create table active_config_entries (
	config_id integer not null constraint active_config_entries_config references active_config (id),
	name parameter_name not null constraint active_config_entries_variable references variable_catalog (name),
	value text not null constraint active_config_entries_value_bytes check (octet_length(value) <= 8192),
	version bigint not null constraint active_config_entries_version_positive check (version >= 1),
	changed_at timestamptz not null,
	changed_by identifier not null,
	constraint active_config_entries_pk primary key (config_id, name)
);
comment on table active_config_entries is 'Values an environment sets itself; for all others the default of the catalog is in force.';
comment on column active_config_entries.config_id is 'The environment.';
comment on column active_config_entries.name is 'The parameter.';
comment on column active_config_entries.value is 'Canonical text.';
comment on column active_config_entries.version is 'The environment''s version that set it.';
comment on column active_config_entries.changed_at is 'When it was set.';
comment on column active_config_entries.changed_by is 'Who set it.';
create index active_config_entries_name on active_config_entries (name);

-- Change sets

create table config_changes (
	id bigint generated always as identity constraint config_changes_pk primary key,
	environment environment_name not null constraint config_changes_environment references active_config (environment),
	kind text not null constraint config_changes_kind_known
		check (kind in ('save', 'change_set', 'restore', 'import', 'promote', 'catalog', 'create')),
	state text not null constraint config_changes_state_known
		check (state in ('draft', 'pending_approval', 'approved', 'active', 'superseded', 'rejected', 'withdrawn')),
	base_version bigint not null constraint config_changes_base_version_natural check (base_version >= 0),
	version bigint,
	changes jsonb not null constraint config_changes_changes_object check (jsonb_typeof(changes) = 'object'),
	diff jsonb not null constraint config_changes_diff_array check (jsonb_typeof(diff) = 'array'),
	content_hash sha256_hex,
	reason reason_text not null,
	created_by identifier not null,
	created_at timestamptz not null default clock_timestamp(),
	edited_by identifier,
	submitted_at timestamptz,
	decided_by identifier,
	decided_at timestamptz,
	comment text constraint config_changes_comment_bytes check (octet_length(comment) <= 4096),
	request_id identifier,
	constraint config_changes_version_when_applied check ((version is not null) = (state in ('active', 'superseded'))),
	constraint config_changes_version_unique unique (environment, version)
);
comment on table config_changes is 'Change sets: what somebody proposed, who decided, and the version it became.';
comment on column config_changes.id is 'Grows with time.';
comment on column config_changes.environment is 'The environment it changes.';
comment on column config_changes.kind is 'What made it: save, change_set, restore, import, promote, catalog or create.';
comment on column config_changes.state is 'Where it stands: draft, pending_approval, approved, active, superseded, rejected or withdrawn.';
comment on column config_changes.base_version is 'The version the author saw.';
comment on column config_changes.version is 'The version it became; null until it is applied.';
comment on column config_changes.changes is 'Object of name and canonical text; null goes back to the default.';
comment on column config_changes.diff is 'Array of {name, old, new}, resolved, by name.';
comment on column config_changes.content_hash is 'SHA-256 of what an approval is bound to.';
comment on column config_changes.reason is 'Why.';
comment on column config_changes.created_by is 'The author.';
comment on column config_changes.created_at is 'When it was drafted.';
comment on column config_changes.edited_by is 'Who edited it last; null: nobody but the author at the start.';
comment on column config_changes.submitted_at is 'When it was submitted.';
comment on column config_changes.decided_by is 'Who approved or rejected it.';
comment on column config_changes.decided_at is 'When it was approved, rejected or withdrawn.';
comment on column config_changes.comment is 'What the decider said.';
comment on column config_changes.request_id is 'The request that made it.';
create index config_changes_state on config_changes (environment, state, id);

create table config_change_events (
	id bigint generated always as identity constraint config_change_events_pk primary key,
	change_id bigint not null constraint config_change_events_change references config_changes (id),
	at timestamptz not null default clock_timestamp(),
	actor identifier not null,
	event text not null constraint config_change_events_event_grammar check (event ~ '^[a-z][a-z_]{0,31}$'),
	detail jsonb not null default '{}' constraint config_change_events_detail_object check (jsonb_typeof(detail) = 'object')
);
comment on table config_change_events is 'What happened to a change set, in order; append-only.';
comment on column config_change_events.id is 'Grows with time.';
comment on column config_change_events.change_id is 'The change set.';
comment on column config_change_events.at is 'When.';
comment on column config_change_events.actor is 'Who.';
comment on column config_change_events.event is 'What: a verb such as submit, approve, activate, supersede.';
comment on column config_change_events.detail is 'Object with what belongs to it.';
create index config_change_events_change on config_change_events (change_id, id);

-- History

create table config_history (
	id bigint generated always as identity constraint config_history_pk primary key,
	config_id integer not null constraint config_history_config references active_config (id),
	environment environment_name not null,
	version bigint not null constraint config_history_version_positive check (version >= 1),
	change_id bigint not null constraint config_history_change references config_changes (id),
	kind text not null constraint config_history_kind_known
		check (kind in ('save', 'change_set', 'restore', 'import', 'promote', 'catalog', 'create')),
	base_env jsonb not null constraint config_history_base_env_object check (jsonb_typeof(base_env) = 'object'),
	diff jsonb not null constraint config_history_diff_object check (jsonb_typeof(diff) = 'object'),
	snapshot jsonb constraint config_history_snapshot_object check (jsonb_typeof(snapshot) = 'object'),
	changed_by identifier not null,
	approved_by identifier,
	change_reason reason_text not null,
	changed_at timestamptz not null default clock_timestamp(),
	request_id identifier,
	catalog_version bigint not null constraint config_history_catalog_version_natural check (catalog_version >= 0),
	prev_hash sha256_hex not null,
	row_hash sha256_hex not null,
	constraint config_history_version_unique unique (config_id, version),
	constraint config_history_snapshot_due check ((snapshot is not null) = (version = 1 or version % 256 = 0))
);
comment on table config_history is 'One row an applied version; append-only. Each row carries the hash of the row before it.';
comment on column config_history.id is 'Grows with time.';
comment on column config_history.config_id is 'The environment.';
comment on column config_history.environment is 'Its name.';
comment on column config_history.version is 'The version this row made.';
comment on column config_history.change_id is 'The change set.';
comment on column config_history.kind is 'Its kind.';
comment on column config_history.base_env is 'Resolved values of the touched parameters before; null: had none.';
comment on column config_history.diff is 'Resolved values of the touched parameters after; null: has none.';
comment on column config_history.snapshot is 'The whole resolved configuration, at version 1 and every 256 versions: it bounds a replay.';
comment on column config_history.changed_by is 'The author.';
comment on column config_history.approved_by is 'Who approved it; null where nothing critical was touched.';
comment on column config_history.change_reason is 'Why.';
comment on column config_history.changed_at is 'When, by the database''s clock: what latencies are measured from.';
comment on column config_history.request_id is 'The request that did it.';
comment on column config_history.catalog_version is 'catalog_version then.';
comment on column config_history.prev_hash is 'row_hash of the version before; zeros at version 1.';
comment on column config_history.row_hash is 'SHA-256 over all other fields, each with its length.';
create index config_history_environment on config_history (environment, id);
create index config_history_changed_at on config_history (changed_at);
create index config_history_request on config_history (request_id) where request_id is not null;
create index config_history_names on config_history using gin (diff);

create table freeze_windows (
	id bigint generated always as identity constraint freeze_windows_pk primary key,
	environment environment_scope not null,
	starts_at timestamptz,
	ends_at timestamptz,
	weekly jsonb constraint freeze_windows_weekly_object check (jsonb_typeof(weekly) = 'object'),
	reason reason_text not null,
	created_by identifier not null,
	created_at timestamptz not null default clock_timestamp(),
	constraint freeze_windows_single_whole check (weekly is not null or (starts_at is not null and ends_at is not null)),
	constraint freeze_windows_in_order check (starts_at < ends_at)
);
comment on table freeze_windows is 'When an environment takes no writes: once, or every week.';
comment on column freeze_windows.id is 'Key.';
comment on column freeze_windows.environment is 'The environment, or * for all.';
comment on column freeze_windows.starts_at is 'Beginning; of a weekly window the first moment it counts, null: always.';
comment on column freeze_windows.ends_at is 'End, not included; of a weekly window the moment it stops counting, null: never.';
comment on column freeze_windows.weekly is 'null, or {"days": [1..7, Monday is 1], "from": "HH:MM", "to": "HH:MM", "timezone"}; to not after from: until the next day.';
comment on column freeze_windows.reason is 'Why.';
comment on column freeze_windows.created_by is 'Who made it.';
comment on column freeze_windows.created_at is 'When it was made.';
create index freeze_windows_environment on freeze_windows (environment);

insert into schema_patch (name) values ('0001-configuration');
