-- What each run began with. A set is shared by all runs that resolved to the same, at whatever version that was.

alter table finetune_runs add column active_config_version text, add column catalog_version bigint, add column request_id identifier;
alter table paper_sessions add column catalog_version bigint, add column request_id identifier;
alter table live_sessions add column catalog_version bigint, add column request_id identifier;

comment on column finetune_runs.active_config_version is 'The configuration''s version it began with; null: the set''s.';
comment on column finetune_runs.catalog_version is 'The catalog''s version it began with; null: the set''s.';
comment on column finetune_runs.request_id is 'Id of the request that bound it.';
comment on column paper_sessions.catalog_version is 'The catalog''s version it began with; null: the set''s.';
comment on column paper_sessions.request_id is 'Id of the request that bound it.';
comment on column live_sessions.catalog_version is 'The catalog''s version it began with; null: the set''s.';
comment on column live_sessions.request_id is 'Id of the request that bound it.';

insert into schema_patch (name) values ('0006-runs');
