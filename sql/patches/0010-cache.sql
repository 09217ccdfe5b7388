-- A worker that could not reach the platform at its start, and began with what it had on disk, says so.

alter table workers add column started_from_cache boolean not null default false;
comment on column workers.started_from_cache is 'It began this life with the configuration on its disk, because it could not reach the platform.';
comment on column worker_reports.detail is 'state, waiting_for, pending, restart_required, rejected and started_from_cache then.';

-- Its report has one member more; a function with fewer would stand beside the new one.
drop function if exists worker_report(text, text, text, text, text, bigint, text, text, bigint, jsonb, jsonb, jsonb, bigint, bigint, bigint, boolean);

insert into schema_patch (name) values ('0010-cache');
