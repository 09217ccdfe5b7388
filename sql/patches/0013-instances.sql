-- Two processes that report under one id are told apart, and a report is answered with the head of the history as well.

alter table workers add column instances identifier[] not null default '{}'
	constraint workers_instances_few check (cardinality(instances) <= 4), add column contested_at timestamptz;
comment on column workers.instances is 'The processes that reported last under this id, the newest first; each made its name at its start.';
comment on column workers.contested_at is 'When one of them last reported although another had taken its place: two run under one id.';

-- One argument and one column more; a function with fewer would stand beside the new one.
drop function if exists worker_report(text, text, text, text, text, bigint, text, text, bigint, jsonb, jsonb, jsonb, bigint, bigint, bigint, boolean, boolean);

insert into schema_patch (name) values ('0013-instances');
