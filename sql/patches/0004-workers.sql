-- What workers say about themselves.

create table workers (
	worker_id identifier constraint workers_pk primary key,
	environment environment_name not null constraint workers_environment references active_config (environment),
	build text not null default '' constraint workers_build_bytes check (octet_length(build) <= 200),
	feed text not null constraint workers_feed_known check (feed in ('listen', 'longpoll')),
	state text not null constraint workers_state_known check (state in ('current', 'pending', 'restart_required', 'rejected')),
	applied_version bigint not null constraint workers_applied_version_natural check (applied_version >= 0),
	config_hash sha256_hex,
	waiting_for text constraint workers_waiting_for_known
		check (waiting_for in ('cycle_end', 'position_close', 'section_end', 'heartbeat', 'restart')),
	waiting_since timestamptz,
	pending jsonb not null default '[]' constraint workers_pending_array check (jsonb_typeof(pending) = 'array'),
	restart_required jsonb not null default '[]'
		constraint workers_restart_required_array check (jsonb_typeof(restart_required) = 'array'),
	rejected jsonb constraint workers_rejected_object check (jsonb_typeof(rejected) = 'object'),
	applied_at timestamptz,
	last_notify_at timestamptz,
	last_heartbeat timestamptz not null,
	started_at timestamptz not null,
	closed_at timestamptz,
	forbidden_applies bigint not null default 0 constraint workers_forbidden_applies_natural check (forbidden_applies >= 0),
	forbidden_reported bigint not null default 0
		constraint workers_forbidden_reported_natural check (forbidden_reported >= 0),
	latency_buckets bigint[] not null default array_fill(0::bigint, array[11])
		constraint workers_latency_buckets_eleven check (cardinality(latency_buckets) = 11),
	latency_sum double precision not null default 0 constraint workers_latency_sum_natural check (latency_sum >= 0),
	latency_count bigint not null default 0 constraint workers_latency_count_natural check (latency_count >= 0),
	constraint workers_waiting_whole check ((waiting_for is null) = (waiting_since is null))
) with (fillfactor = 50);
comment on table workers is 'The last report of each worker. Rewritten at each heartbeat, so half of each page is left free for it.';
comment on column workers.worker_id is 'Id the worker gave itself.';
comment on column workers.environment is 'The environment it runs in.';
comment on column workers.build is 'Its build, as it says.';
comment on column workers.feed is 'How it learns of changes: listen or longpoll.';
comment on column workers.state is 'As it last reported: current, pending, restart_required or rejected.';
comment on column workers.applied_version is 'Every version up to it is in force, or waits for the restart.';
comment on column workers.config_hash is 'SHA-256 of the configuration in force, in canonical form.';
comment on column workers.waiting_for is 'What the oldest waiting change waits for; null: nothing waits.';
comment on column workers.waiting_since is 'Since when.';
comment on column workers.pending is 'Array of {name, version} that wait.';
comment on column workers.restart_required is 'Array of names that wait for a restart.';
comment on column workers.rejected is '{version, detail} of what it refused; null: nothing.';
comment on column workers.applied_at is 'When it last applied something.';
comment on column workers.last_notify_at is 'When it last got a notification.';
comment on column workers.last_heartbeat is 'When it last reported.';
comment on column workers.started_at is 'First report since it was last closed or gone.';
comment on column workers.closed_at is 'When it said goodbye; null: it did not.';
comment on column workers.forbidden_applies is 'Applies inside a cycle or section, over all its lives: must be zero.';
comment on column workers.forbidden_reported is 'The same as last reported by this life: what the total grows from.';
comment on column workers.latency_buckets is 'Saved to applied: how many in each bucket (not cumulative), up to .05 .1 .25 .5 1 2.5 5 10 30 60 +Inf seconds.';
comment on column workers.latency_sum is 'Sum of these latencies, seconds.';
comment on column workers.latency_count is 'How many.';
create index workers_environment_id on workers (environment, worker_id);

create table worker_reports (
	id bigint generated always as identity constraint worker_reports_pk primary key,
	worker_id identifier not null constraint worker_reports_worker references workers (worker_id),
	environment environment_name not null,
	version bigint not null,
	kind text not null constraint worker_reports_kind_known
		check (kind in ('started', 'applied', 'rejected', 'restart_required', 'waiting', 'closed')),
	detail jsonb not null constraint worker_reports_detail_object check (jsonb_typeof(detail) = 'object'),
	at timestamptz not null,
	latency_seconds double precision constraint worker_reports_latency_natural check (latency_seconds >= 0)
);
comment on table worker_reports is 'What changed in the life of a worker; a plain heartbeat leaves no row.';
comment on column worker_reports.id is 'Grows with time.';
comment on column worker_reports.worker_id is 'The worker.';
comment on column worker_reports.environment is 'The environment it ran in.';
comment on column worker_reports.version is 'The version applied then.';
comment on column worker_reports.kind is 'started, applied, rejected, restart_required, waiting or closed.';
comment on column worker_reports.detail is 'state, waiting_for, pending, restart_required and rejected then.';
comment on column worker_reports.at is 'When it was reported.';
comment on column worker_reports.latency_seconds is 'Saved to applied, by the database''s clock; null: nothing was applied.';
create index worker_reports_worker on worker_reports (worker_id, id);
create index worker_reports_environment on worker_reports (environment, id);

insert into schema_patch (name) values ('0004-workers');
