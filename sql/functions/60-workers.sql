-- The report of a worker: heartbeat and change in one statement. It never notifies: a NOTIFY takes a lock on the
-- whole database at commit and wakes every listener.

-- Bound when it is made, so that it needs no path of its own, and whoever calls it has it in line.
create or replace function worker_latency_bucket(p_seconds double precision) returns integer
language sql immutable parallel safe
return 11 - width_bucket(-p_seconds, '{-60, -30, -10, -5, -2.5, -1, -.5, -.25, -.1, -.05}'::double precision[]);
comment on function worker_latency_bucket(double precision) is 'Which of the eleven buckets of workers.latency_buckets a latency falls into, from 1.';

create or replace function worker_report(p_worker_id text, p_environment text, p_build text, p_feed text, p_state text,
	p_version bigint, p_config_hash text, p_waiting_for text, p_waiting_ms bigint, p_pending jsonb, p_restart_required jsonb,
	p_rejected jsonb, p_applied_ms bigint, p_forbidden bigint, p_notified_ms bigint, p_closed boolean, p_from_cache boolean default false,
	p_instance text default null)
returns table (version bigint, catalog_version bigint, head text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
	v_now timestamptz := clock_timestamp();
	v_closed boolean := coalesce(p_closed, false);
	-- What a worker says of itself it says again: with the next heartbeat, or, when the server broke off, over the next
	-- connection. So nobody waits for the disk, but for a goodbye.
	v_commit text := case when not v_closed then set_config('synchronous_commit', 'off', true) end;
	v_from_cache boolean := coalesce(p_from_cache, false);
	v_build text := coalesce(p_build, '');
	v_version bigint := coalesce(p_version, 0);
	v_forbidden bigint := coalesce(p_forbidden, 0);
	v_pending jsonb := coalesce(p_pending, '[]');
	v_restart_required jsonb := coalesce(p_restart_required, '[]');
	v_rejected jsonb := case when jsonb_typeof(p_rejected) <> 'null' then p_rejected end;
	v_waiting_since timestamptz := case when p_waiting_for is not null then v_now - make_interval(secs => coalesce(p_waiting_ms, 0) / 1000.0) end;
	v_notify_at timestamptz := v_now - make_interval(secs => p_notified_ms / 1000.0);
	v_applied_at timestamptz := v_now - make_interval(secs => p_applied_ms / 1000.0);
	v_old workers;
	v_changed_at timestamptz;
	v_known boolean;
	v_begins boolean;
	v_replaced boolean;
	v_kind text;
	v_latency double precision;
	v_buckets bigint[];
begin
	-- 1. A heartbeat that says what the last report said: a light write, and nothing else is read.
	if p_applied_ms is null and not v_closed then
		update workers w
		set last_heartbeat = v_now, last_notify_at = coalesce(v_notify_at, w.last_notify_at), waiting_since = v_waiting_since
		from active_config c cross join catalog_state s left join config_history h on h.config_id = c.id and h.version = c.version
		where w.worker_id = p_worker_id and w.environment = p_environment and c.environment = p_environment
		and w.closed_at is null and w.applied_version = v_version and w.state = p_state and w.config_hash is not distinct from p_config_hash
		and w.waiting_for is not distinct from p_waiting_for and w.pending = v_pending and w.restart_required = v_restart_required
		and w.rejected is not distinct from v_rejected and w.started_from_cache = v_from_cache and w.forbidden_reported = v_forbidden
		and w.build = v_build and w.feed = p_feed and (p_instance is null or w.instances[1] = p_instance)
		returning c.version, s.version, h.row_hash into version, catalog_version, head;
		if found then
			return next;
			return;
		end if;
	end if;

	-- 2. What it is to know, and what it was. One that was closed, reports from another environment, began with
	-- what it had on disk, or is a process not heard of yet, begins a new life; its counters go on.
	select c.version, s.version, h.row_hash, h.changed_at into version, catalog_version, head, v_changed_at
	from active_config c cross join catalog_state s left join config_history h on h.config_id = c.id and h.version = c.version
	where c.environment = p_environment;
	if not found then
		raise exception 'no environment %', p_environment using errcode = 'CV404';
	end if;
	select * into v_old from workers w where w.worker_id = p_worker_id for update;
	v_known := found;
	if not v_known then
		insert into workers (worker_id, environment, feed, state, applied_version, last_heartbeat, started_at)
		values (p_worker_id, p_environment, p_feed, p_state, v_version, v_now, v_now) on conflict (worker_id) do nothing;
		if not found then
			-- Two first reports of one id: the second waited for the first.
			select * into v_old from workers w where w.worker_id = p_worker_id for update;
			v_known := true;
		end if;
	end if;
	-- A process that another has replaced says goodbye, and nothing else.
	v_replaced := coalesce(p_instance = any (v_old.instances[2:]), false);
	if v_replaced and v_closed then
		return next;
		return;
	end if;
	v_begins := not v_known or v_old.environment <> p_environment or (v_old.closed_at is not null and not v_closed)
		or (v_from_cache and not v_old.started_from_cache) or (p_instance is not null and p_instance <> all (v_old.instances));

	-- 3. What it changes, most telling first; null: a plain heartbeat.
	v_kind := case
		when v_begins then 'started'
		when v_closed then case when v_old.closed_at is null then 'closed' end
		when v_rejected is not null and v_old.rejected is distinct from v_rejected then 'rejected'
		when v_old.applied_version <> v_version then 'applied'
		when v_old.restart_required <> v_restart_required then 'restart_required'
		when v_old.rejected is distinct from v_rejected or v_old.state <> p_state or v_old.pending <> v_pending
			or v_old.waiting_for is distinct from p_waiting_for or v_old.config_hash is distinct from p_config_hash then 'waiting'
	end;

	-- 4. Saved to applied, for a worker that was there before the version was.
	v_buckets := v_old.latency_buckets;
	if not v_begins and p_applied_ms is not null and v_version > v_old.applied_version then
		if v_version <> version then
			v_changed_at := (select h.changed_at from active_config c join config_history h on h.config_id = c.id
				where c.environment = p_environment and h.version = v_version);
		end if;
		v_latency := greatest(0, extract(epoch from v_applied_at - v_changed_at));
	end if;
	if v_latency is not null then
		v_buckets[worker_latency_bucket(v_latency)] := v_buckets[worker_latency_bucket(v_latency)] + 1;
	end if;

	-- 5. Write it. The worker counts from its start: what is lower than before is a new count.
	update workers w
	set environment = p_environment, build = v_build, feed = p_feed, state = p_state, applied_version = v_version,
		config_hash = p_config_hash, waiting_for = p_waiting_for, waiting_since = v_waiting_since, pending = v_pending,
		restart_required = v_restart_required, rejected = v_rejected, applied_at = coalesce(v_applied_at, w.applied_at),
		last_notify_at = coalesce(v_notify_at, w.last_notify_at), last_heartbeat = v_now,
		started_at = case when v_begins then v_now else w.started_at end,
		closed_at = case when v_closed then coalesce(w.closed_at, v_now) end, started_from_cache = v_from_cache,
		forbidden_reported = v_forbidden, forbidden_applies = w.forbidden_applies + v_forbidden
			- case when v_forbidden >= w.forbidden_reported then w.forbidden_reported else 0 end,
		latency_buckets = coalesce(v_buckets, w.latency_buckets), latency_sum = w.latency_sum + coalesce(v_latency, 0),
		latency_count = w.latency_count + (v_latency is not null)::integer,
		instances = case when p_instance is null or p_instance = w.instances[1] then w.instances
			else (array[p_instance::identifier] || array_remove(w.instances, p_instance::identifier))[1:16] end,
		contested_at = case when v_replaced then v_now else w.contested_at end
	where w.worker_id = p_worker_id;
	if v_kind is not null then
		insert into worker_reports (worker_id, environment, version, kind, detail, at, latency_seconds)
		values (p_worker_id, p_environment, v_version, v_kind,
			jsonb_build_object('state', p_state, 'waiting_for', p_waiting_for, 'pending', v_pending,
				'restart_required', v_restart_required, 'rejected', v_rejected, 'started_from_cache', v_from_cache), v_now, v_latency);
	end if;
	return next;
end
$$;
comment on function worker_report(text, text, text, text, text, bigint, text, text, bigint, jsonb, jsonb, jsonb, bigint, bigint, bigint, boolean, boolean, text) is
	'Records what a worker says; returns the environment''s current version, catalog_version, and the digest of the version''s row of the history. Times are given as ages in ms, so only the database''s clock counts.';

-- What it was made of before, and went with who called it.
do $$
begin
	if to_regprocedure('worker_change(workers, workers)') is not null then
		drop function worker_change(workers, workers);
	end if;
end
$$;
