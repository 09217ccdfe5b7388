-- Each event of a change set names the request that it came with, so that the id that an operator was shown leads to it.

alter table config_change_events add column request_id identifier;
comment on column config_change_events.request_id is 'The request that did it; null: by none, or before it was kept.';
create index config_change_events_request on config_change_events (request_id) where request_id is not null;
create index config_changes_request on config_changes (request_id) where request_id is not null;

-- One argument more; a function with fewer would stand beside the new one.
drop function if exists change_move(bigint, text, text, text, text);

insert into schema_patch (name) values ('0011-events');
