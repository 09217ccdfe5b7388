-- How workers and environments stand. A worker that has not reported for 24 hours is no longer listed.

create view worker_status as
select w.worker_id, w.environment, w.build,
	case
		when not l.online then 'offline'
		when w.rejected is not null or w.state = 'rejected' then 'rejected'
		when l.versions > 3 or l.seconds > 60 then 'lagging'
		when w.restart_required <> '[]' then 'restart_required'
		when w.pending <> '[]' or l.versions > 0 or w.state = 'pending' then 'pending'
		else 'current'
	end as state,
	w.applied_version, c.version as target_version, l.versions as lag_versions, l.seconds as lag_seconds,
	w.config_hash, w.waiting_for, w.waiting_since, w.pending, w.restart_required, w.rejected, w.applied_at, w.last_heartbeat,
	w.started_from_cache, w.started_at,
	coalesce(w.contested_at > clock_timestamp() - interval '30 seconds', false) as duplicate
from workers w
join active_config c on c.environment = w.environment
left join config_history h on h.config_id = c.id and h.version = w.applied_version + 1
cross join lateral (
	select w.closed_at is null and w.last_heartbeat > clock_timestamp() - interval '15 seconds' as online,
		greatest(0, c.version - w.applied_version) as versions,
		coalesce(round(greatest(0, extract(epoch from clock_timestamp() - h.changed_at)), 3), 0)::double precision as seconds
) l
where w.last_heartbeat > clock_timestamp() - interval '24 hours';
comment on view worker_status is 'One row a worker seen within 24 hours; of several states the first of offline, rejected, lagging, restart_required, pending, current.';
comment on column worker_status.worker_id is 'The worker.';
comment on column worker_status.environment is 'The environment it runs in.';
comment on column worker_status.build is 'Its build.';
comment on column worker_status.state is 'offline (closed, or silent for 15 s), rejected, lagging (more than 3 versions or 60 s), restart_required, pending or current.';
comment on column worker_status.applied_version is 'The version it has applied.';
comment on column worker_status.target_version is 'The environment''s version.';
comment on column worker_status.lag_versions is 'How many versions it is behind.';
comment on column worker_status.lag_seconds is 'How long ago the first version it has not applied was saved; 0: none.';
comment on column worker_status.config_hash is 'SHA-256 of its configuration.';
comment on column worker_status.waiting_for is 'What its oldest waiting change waits for.';
comment on column worker_status.waiting_since is 'Since when.';
comment on column worker_status.pending is 'Array of {name, version}.';
comment on column worker_status.restart_required is 'Array of names.';
comment on column worker_status.rejected is '{version, detail} or null.';
comment on column worker_status.applied_at is 'When it last applied something.';
comment on column worker_status.last_heartbeat is 'When it last reported.';
comment on column worker_status.started_from_cache is 'It began with what it had on disk, because it could not reach the platform.';
comment on column worker_status.started_at is 'When this life of it was first heard of.';
comment on column worker_status.duplicate is 'Two processes reported under this id within 30 s, each after the other.';

create view environment_status as
select c.environment, c.version, c.updated_at, c.updated_by, c.locked_by,
	f.until is not null as frozen, f.until as frozen_until, f.reason as freeze_reason,
	coalesce(w.workers, 0) as workers, coalesce(w.workers_current, 0) as workers_current
from active_config c
cross join lateral (
	select u.until, (
		select z.reason from freeze_windows z
		where u.until is not null and z.environment in (c.environment, '*') and freeze_window_end(z, u.at) is not null
		order by freeze_window_end(z, u.at) desc, z.id limit 1
	) as reason
	from (select m.at, freeze_until(c.environment, m.at) as until from (select clock_timestamp() as at) m) u -- one moment for both
) f
left join (
	select s.environment, count(*) as workers, count(*) filter (where s.state = 'current') as workers_current
	from worker_status s where s.state <> 'offline' group by s.environment
) w on w.environment = c.environment;
comment on view environment_status is 'One row an environment: version, lock, freeze and its workers.';
comment on column environment_status.environment is 'The environment.';
comment on column environment_status.version is 'Its version.';
comment on column environment_status.updated_at is 'When the last change set was applied.';
comment on column environment_status.updated_by is 'Who made it.';
comment on column environment_status.locked_by is 'Who alone may write; null: not locked.';
comment on column environment_status.frozen is 'It takes no writes now.';
comment on column environment_status.frozen_until is 'Until when; null: not frozen.';
comment on column environment_status.freeze_reason is 'Why: the reason of the window that ends last.';
comment on column environment_status.workers is 'Workers that are not offline.';
comment on column environment_status.workers_current is 'Those of them that are current.';
