-- What change sets and the history may hold is said by domains as well: a save meets some thirty checks of tables,
-- which PostgreSQL reads from their text in each statement, and those of a domain once a connection. Not valid: what there is
-- passed the same in the tables.

drop trigger if exists config_changes_link on config_changes; -- it names a column, and comes back below

create domain comment_text as text;
create domain change_kind as text;
create domain change_state as text;
create domain change_event as text;
comment on domain comment_text is 'What somebody said to a decision.';
comment on domain change_kind is 'What made a change set: save, change_set, restore, import, promote, catalog or create.';
comment on domain change_state is 'Where a change set stands: draft, pending_approval, approved, active, superseded, rejected or withdrawn.';
comment on domain change_event is 'What happened to a change set, such as submit.';

-- Without a check yet, so that no row is rewritten.
alter table config_changes
	drop constraint config_changes_changes_object,
	drop constraint config_changes_comment_bytes, drop constraint config_changes_diff_array, drop constraint config_changes_kind_known,
	drop constraint config_changes_origin_object, drop constraint config_changes_state_known,
	alter changes type json_object, alter comment type comment_text,
	alter diff type json_array, alter kind type change_kind, alter origin type json_object, alter state type change_state;
alter table config_change_events
	drop constraint config_change_events_detail_object, drop constraint config_change_events_event_grammar,
	alter detail type json_object, alter event type change_event;
alter table config_history
	drop constraint config_history_base_env_object, drop constraint config_history_diff_object,
	drop constraint config_history_kind_known, drop constraint config_history_snapshot_object,
	alter base_env type json_object, alter diff type json_object, alter kind type change_kind, alter snapshot type json_object;

-- A new database gets it with its function.
do $$
begin
	if to_regprocedure('config_changes_link()') is not null then
		create trigger config_changes_link after insert or update of changes on config_changes
			for each row execute function config_changes_link();
	end if;
end
$$;

alter domain comment_text add constraint comment_text_bytes check (octet_length(value) <= 4096) not valid;
alter domain change_kind add constraint change_kind_known
	check (value in ('save', 'change_set', 'restore', 'import', 'promote', 'catalog', 'create')) not valid;
alter domain change_state add constraint change_state_known
	check (value in ('draft', 'pending_approval', 'approved', 'active', 'superseded', 'rejected', 'withdrawn')) not valid;
alter domain change_event add constraint change_event_grammar
	check (octet_length(value) <= 32 and value ~ '^[a-z][a-z_]*$') not valid;

insert into schema_patch (name) values ('0019-domains');
