-- The report of a worker: heartbeat and change in one statement. It never notifies: a NOTIFY takes a lock on the
-- whole database at commit and wakes every listener.

create or replace function worker_latency_bucket(p_seconds double precision) returns integer
language sql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
	select 1 + count(*)::integer from unnest(array[.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60]) as bound where p_seconds > bound
$$;
comment on function worker_latency_bucket(double precision) is 'Which of the eleven buckets of workers.latency_buckets a latency falls into, from 1.';

-- What a report changed, most telling first; null: a plain heartbeat.
create or replace function worker_change(p_old workers, p_new workers) returns text
language sql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
	select case
		when p_old.worker_id is null or p_old.started_at <> p_new.started_at or (p_new.started_from_cache and not p_old.started_from_cache) then 'started'
		when p_new.closed_at is not null then case when p_old.closed_at is null then 'closed' end
		when p_old.rejected is distinct from p_new.rejected and p_new.rejected is not null then 'rejected'
		when p_old.applied_version <> p_new.applied_version then 'applied'
		when p_old.restart_required <> p_new.restart_required then 'restart_required'
		when p_old.rejected is distinct from p_new.rejected or p_old.state <> p_new.state or p_old.pending <> p_new.pending
			or p_old.waiting_for is distinct from p_new.waiting_for or p_old.config_hash is distinct from p_new.config_hash then 'waiting'
	end
$$;
comment on function worker_change(workers, workers) is 'Kind of the row in worker_reports that a report deserves, or null.';

create or replace function worker_report(p_worker_id text, p_environment text, p_build text, p_feed text, p_state text,
	p_version bigint, p_config_hash text, p_waiting_for text, p_waiting_ms bigint, p_pending jsonb, p_restart_required jsonb,
	p_rejected jsonb, p_applied_ms bigint, p_forbidden bigint, p_notified_ms bigint, p_closed boolean, p_from_cache boolean default false,
	p_instance text default null)
returns table (version bigint, catalog_version bigint, head text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_version bigint;
	v_catalog_version bigint;
	v_head text;
	v_old workers;
	v_new workers;
	v_replaced boolean;
	v_kind text;
	v_latency double precision;
	v_bucket integer;
begin
	select c.version, s.version, h.row_hash into v_version, v_catalog_version, v_head
	from active_config c cross join catalog_state s left join config_history h on h.config_id = c.id and h.version = c.version
	where c.environment = p_environment;
	if not found then
		raise exception 'no environment %', p_environment using errcode = 'CV404';
	end if;

	-- 1. What it was, and what it is now. One that was closed, reports from another environment, began with what
	-- it had on disk, or is a process not heard of yet, begins a new life; its counters go on.
	select * into v_old from workers w where w.worker_id = p_worker_id for update;
	if not found then
		-- Two first reports of one id: the second waits for the first.
		perform pg_advisory_xact_lock(hashtextextended('worker ' || p_worker_id, 0));
		select * into v_old from workers w where w.worker_id = p_worker_id for update;
	end if;
	-- A process that another has replaced says goodbye, and nothing else.
	v_replaced := coalesce(p_instance = any (v_old.instances[2:]), false);
	if v_replaced and p_closed then
		return query select v_version, v_catalog_version, v_head;
		return;
	end if;
	v_new := v_old;
	v_new.worker_id := p_worker_id;
	v_new.instances := coalesce(case when p_instance is null then v_old.instances
		else (array[p_instance::identifier] || array_remove(v_old.instances, p_instance::identifier))[1:16] end, '{}');
	v_new.contested_at := case when v_replaced then v_now else v_old.contested_at end;
	v_new.environment := p_environment;
	v_new.build := coalesce(p_build, '');
	v_new.feed := p_feed;
	v_new.state := p_state;
	v_new.applied_version := coalesce(p_version, 0);
	v_new.config_hash := p_config_hash;
	v_new.waiting_for := p_waiting_for;
	v_new.waiting_since := case when p_waiting_for is not null then v_now - make_interval(secs => coalesce(p_waiting_ms, 0) / 1000.0) end;
	v_new.pending := coalesce(p_pending, '[]');
	v_new.restart_required := coalesce(p_restart_required, '[]');
	v_new.rejected := case when jsonb_typeof(p_rejected) <> 'null' then p_rejected end;
	v_new.applied_at := coalesce(v_now - make_interval(secs => p_applied_ms / 1000.0), v_old.applied_at);
	v_new.last_notify_at := coalesce(v_now - make_interval(secs => p_notified_ms / 1000.0), v_old.last_notify_at);
	v_new.last_heartbeat := v_now;
	v_new.started_from_cache := coalesce(p_from_cache, false);
	v_new.closed_at := case when p_closed then coalesce(v_old.closed_at, v_now) end;
	if v_old.worker_id is null or v_old.environment <> p_environment or (v_old.closed_at is not null and not coalesce(p_closed, false))
		or (v_new.started_from_cache and not v_old.started_from_cache)
		or (p_instance is not null and p_instance <> all (v_old.instances)) then
		v_new.started_at := v_now;
	end if;
	-- The worker counts from its start: what is lower than before is a new count.
	v_new.forbidden_reported := coalesce(p_forbidden, 0);
	v_new.forbidden_applies := coalesce(v_old.forbidden_applies, 0) + v_new.forbidden_reported
		- case when v_new.forbidden_reported >= coalesce(v_old.forbidden_reported, 0) then coalesce(v_old.forbidden_reported, 0) else 0 end;
	v_kind := worker_change(v_old, v_new);

	-- 2. Saved to applied, for a worker that was there before the version was.
	v_new.latency_buckets := coalesce(v_old.latency_buckets, array_fill(0::bigint, array[11]));
	v_new.latency_sum := coalesce(v_old.latency_sum, 0);
	v_new.latency_count := coalesce(v_old.latency_count, 0);
	if v_kind <> 'started' and p_applied_ms is not null and v_new.applied_version > v_old.applied_version then
		select greatest(0, extract(epoch from v_new.applied_at - h.changed_at)) into v_latency
		from config_history h join active_config c on c.id = h.config_id
		where c.environment = p_environment and h.version = v_new.applied_version;
	end if;
	if v_latency is not null then
		v_bucket := worker_latency_bucket(v_latency);
		v_new.latency_buckets[v_bucket] := v_new.latency_buckets[v_bucket] + 1;
		v_new.latency_sum := v_new.latency_sum + v_latency;
		v_new.latency_count := v_new.latency_count + 1;
	end if;

	-- 3. Write it.
	if v_old.worker_id is null then
		insert into workers select v_new.*;
	else
		update workers w
		set (environment, build, feed, state, applied_version, config_hash, waiting_for, waiting_since, pending, restart_required,
			rejected, applied_at, last_notify_at, last_heartbeat, started_at, closed_at, forbidden_applies, forbidden_reported,
			latency_buckets, latency_sum, latency_count, started_from_cache, instances, contested_at)
		= (v_new.environment, v_new.build, v_new.feed, v_new.state, v_new.applied_version, v_new.config_hash, v_new.waiting_for,
			v_new.waiting_since, v_new.pending, v_new.restart_required, v_new.rejected, v_new.applied_at, v_new.last_notify_at,
			v_new.last_heartbeat, v_new.started_at, v_new.closed_at, v_new.forbidden_applies, v_new.forbidden_reported,
			v_new.latency_buckets, v_new.latency_sum, v_new.latency_count, v_new.started_from_cache,
			v_new.instances, v_new.contested_at)
		where w.worker_id = p_worker_id;
	end if;
	if v_kind is not null then
		insert into worker_reports (worker_id, environment, version, kind, detail, at, latency_seconds)
		values (p_worker_id, p_environment, v_new.applied_version, v_kind,
			jsonb_build_object('state', v_new.state, 'waiting_for', v_new.waiting_for, 'pending', v_new.pending,
				'restart_required', v_new.restart_required, 'rejected', v_new.rejected, 'started_from_cache', v_new.started_from_cache), v_now, v_latency);
	end if;
	return query select v_version, v_catalog_version, v_head;
end
$$;
comment on function worker_report(text, text, text, text, text, bigint, text, text, bigint, jsonb, jsonb, jsonb, bigint, bigint, bigint, boolean, boolean, text) is
	'Records what a worker says; returns the environment''s current version, catalog_version, and the digest of the version''s row of the history. Times are given as ages in ms, so only the database''s clock counts.';
