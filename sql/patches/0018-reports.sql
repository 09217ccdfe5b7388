-- A report costs a fraction. PostgreSQL reads the checks of a table from their text in each statement, those of a domain once
-- a connection: what workers and worker_reports may hold is said by domains. Not valid: what there is passed the
-- same in the tables, and is not read again. The views of workers come back with sql/views.

drop view if exists environment_status, worker_status;

create domain natural_number as bigint;
create domain natural_seconds as double precision;
create domain json_array as jsonb;
create domain json_object as jsonb;
create domain worker_build as text;
create domain worker_feed as text;
create domain worker_state as text;
create domain worker_wait as text;
create domain worker_instances as identifier[];
create domain worker_latencies as bigint[];
create domain worker_report_kind as text;
comment on domain natural_number is 'A number that is not below zero.';
comment on domain natural_seconds is 'Seconds, not below zero.';
comment on domain json_array is 'JSON, and an array.';
comment on domain json_object is 'JSON, and an object.';
comment on domain worker_build is 'The build of a worker, as it says.';
comment on domain worker_feed is 'How a worker learns of changes: listen or longpoll.';
comment on domain worker_state is 'As a worker reports it: current, pending, restart_required or rejected.';
comment on domain worker_wait is 'What a change may wait for in a worker.';
comment on domain worker_instances is 'Processes of one worker, a few.';
comment on domain worker_latencies is 'How many latencies in each of eleven buckets.';
comment on domain worker_report_kind is 'What changed in the life of a worker: started, applied, rejected, restart_required, waiting or closed.';

-- Without a check yet, so that no row is rewritten.
alter table workers
	drop constraint workers_build_bytes, drop constraint workers_feed_known, drop constraint workers_state_known,
	drop constraint workers_applied_version_natural, drop constraint workers_waiting_for_known, drop constraint workers_pending_array,
	drop constraint workers_restart_required_array, drop constraint workers_rejected_object,
	drop constraint workers_forbidden_applies_natural, drop constraint workers_forbidden_reported_natural,
	drop constraint workers_latency_buckets_eleven, drop constraint workers_latency_sum_natural,
	drop constraint workers_latency_count_natural, drop constraint workers_instances_few,
	alter build type worker_build, alter feed type worker_feed, alter state type worker_state,
	alter applied_version type natural_number, alter waiting_for type worker_wait, alter pending type json_array,
	alter restart_required type json_array, alter rejected type json_object, alter forbidden_applies type natural_number,
	alter forbidden_reported type natural_number, alter latency_buckets type worker_latencies,
	alter latency_sum type natural_seconds, alter latency_count type natural_number, alter instances type worker_instances;
alter table worker_reports
	drop constraint worker_reports_kind_known, drop constraint worker_reports_detail_object, drop constraint worker_reports_latency_natural,
	alter kind type worker_report_kind, alter detail type json_object, alter latency_seconds type natural_seconds;

alter domain natural_number add constraint natural_number_not_below_zero check (value >= 0) not valid;
alter domain natural_seconds add constraint natural_seconds_not_below_zero check (value >= 0) not valid;
alter domain json_array add constraint json_array_is_one check (jsonb_typeof(value) = 'array') not valid;
alter domain json_object add constraint json_object_is_one check (jsonb_typeof(value) = 'object') not valid;
alter domain worker_build add constraint worker_build_bytes check (octet_length(value) <= 200) not valid;
alter domain worker_feed add constraint worker_feed_known check (value in ('listen', 'longpoll')) not valid;
alter domain worker_state add constraint worker_state_known
	check (value in ('current', 'pending', 'restart_required', 'rejected')) not valid;
alter domain worker_wait add constraint worker_wait_known
	check (value in ('cycle_end', 'position_close', 'section_end', 'heartbeat', 'restart')) not valid;
alter domain worker_instances add constraint worker_instances_few check (cardinality(value) <= 16) not valid;
alter domain worker_latencies add constraint worker_latencies_eleven check (cardinality(value) = 11) not valid;
alter domain worker_report_kind add constraint worker_report_kind_known
	check (value in ('started', 'applied', 'rejected', 'restart_required', 'waiting', 'closed')) not valid;

insert into schema_patch (name) values ('0018-reports');
