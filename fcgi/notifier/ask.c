#include "fcgi/notifier/ask.h"

#include "fcgi/notifier/wire.h"

/* What comes once a connection has no name. */
static const struct async_statement statements[ASKS] = {
	/*
	 * Compiling a plan takes a second where the answer takes a millisecond, and what is asked of one
	 * environment is not to be planned anew each time because an array might have been longer.
	 * The server gives up on a lock before we do, on the rest behind our last deadline: a backend that
	 * waits does not see that we have gone, and each new connection would leave another one behind.
	 */
	[ASK_SETTINGS] = {
		"select set_config('jit', 'off', false),"
		" set_config('plan_cache_mode', 'force_generic_plan', false),"
		" set_config('lock_timeout', '2500ms', false),"
		" set_config('statement_timeout', '31s', false)",
		0, 3000, NULL
	},
	[ASK_LISTEN] = {"listen config_changed", 0, 3000, NULL},
	[ASK_LISTEN_EVENTS] = {"listen config_event", 0, 3000, NULL},
	[ASK_LISTENING] = {
		"select count(*) from pg_listening_channels() as c (name)"
		" where c.name in ('config_changed', 'config_event')",
		0, 3000, NULL
	},
	[ASK_COUNTS] = {
		"select a.environment, a.version, count(h.id) filter (where h.kind <> 'create'),"
		" count(h.id) filter (where h.kind = 'restore'),"
		" max(h.row_hash::text) filter (where h.version = a.version)"
		" from active_config a left join config_history h on h.config_id = a.id"
		" and h.version <= a.version group by a.id",
		0, 30000, NULL
	},
	/*
	 * The lateral limit makes each environment's news a
	 * short walk along the index, whatever is guessed.
	 */
	[ASK_CATCH_UP] = {
		"with place as materialized ("
		"select a.id, a.environment, a.version, coalesce(s.version, 0) as seen,"
		" (select md5(coalesce(string_agg(w::text, ';' order by w.id), '')) from freeze_windows w"
		" where w.environment in (a.environment, '*')) as freezes, coalesce(a.locked_by, '') as lock,"
		" (select h.row_hash from config_history h where h.config_id = a.id"
		" and h.version = s.version) as seen_hash from active_config a"
		" left join unnest($1::text[], $2::bigint[]) as s (environment, version) using (environment))"
		" select p.environment, p.version, (select c.version from catalog_state c), p.freezes,"
		" p.lock, h.version, h.kind, k.name, h.row_hash, p.seen_hash,"
		" (select c.stamp from catalog_state c) from place p"
		" left join lateral (select h.id, h.version, h.kind, h.diff, h.row_hash from config_history h"
		" where h.config_id = p.id and h.version > greatest(p.seen, p.version - 1000)"
		" and h.version <= p.version"
		" order by h.version limit 1000) h on true"
		" left join lateral jsonb_object_keys(h.diff) as k (name) on true"
		" order by h.id nulls first, k.name",
		2, 3000, "catch_up"
	},
	[ASK_NEWS] = {
		"select a.environment, a.version, c.version, null, null, h.version, h.kind, k.name,"
		" h.row_hash, (select o.row_hash from config_history o"
		" where o.config_id = a.id and o.version = s.version), c.stamp"
		" from unnest($1::text[], $2::bigint[]) as s (environment, version)"
		" join active_config a on a.environment = s.environment cross join catalog_state c"
		" left join lateral (select h.id, h.version, h.kind, h.diff, h.row_hash from config_history h"
		" where h.config_id = a.id and h.version > greatest(s.version, a.version - 1000)"
		" and h.version <= a.version"
		" order by h.version limit 1000) h on true"
		" left join lateral jsonb_object_keys(h.diff) as k (name) on true"
		" order by h.id nulls first, k.name",
		2, 3000, "news"
	},
	[ASK_CHANGES_OPEN] = {
		"select t.top, c.id, c.environment, c.state, coalesce(left(c.content_hash, 16), '')"
		" from (select coalesce(max(id), 0) as top from config_changes) t"
		" left join config_changes c"
		" on c.state in ('draft', 'pending_approval', 'approved', 'active') or c.id > t.top - 200"
		" order by c.id",
		0, 30000, NULL
	},
	[ASK_CHANGES] = {
		/* Between two ends, so that the index is taken whatever is guessed of the parameters. */
		"select t.top, c.id, c.environment, c.state, coalesce(left(c.content_hash, 16), '')"
		" from (select coalesce(max(id), 0) as top from config_changes) t cross join lateral ("
		"select * from config_changes where id = any($1::bigint[])"
		" union all select * from config_changes where id > $2::bigint and id <= t.top) c"
		" order by c.id", 2, 3000, "changes"
	},
	[ASK_RUNS] = {
		"select r.* from ("
		"select run_id, kind, environment, parameter_set_hash, created_at from finetune_runs"
		" union all select session_id, 'paper', environment, parameter_set_hash, created_at"
		" from paper_sessions"
		" union all select session_id, 'live', environment, parameter_set_hash, created_at"
		" from live_sessions) r"
		" where r.created_at > clock_timestamp() - make_interval(secs => $1::double precision)"
		" order by r.created_at, r.run_id",
		1, 3000, "runs"
	},
	[ASK_AUTHENTICATE] = {
		"select login, name, environment, role from authenticate($1, $2)",
		2, 3000, "authenticate"
	},
	[ASK_WATCH] = {
		"with place as materialized ("
		"select a.id, a.environment, a.version,"
		" coalesce($2::bigint is null or $2::bigint > a.version or $2::bigint < a.version - 1000"
		" or $3 <> (select h.row_hash::text from config_history h where h.config_id = a.id"
		" and h.version = $2::bigint), false) as whole,"
		" (select h.row_hash from config_history h where h.config_id = a.id"
		" and h.version = a.version) as head from active_config a where a.environment = $1),"
		" touched as materialized ("
		"select distinct k.name from place p cross join lateral ("
		"select h.diff from config_history h where not p.whole and h.config_id = p.id"
		" and h.version > $2::bigint and h.version <= p.version order by h.version limit 1000) h"
		" cross join lateral jsonb_object_keys(h.diff) as k (name))"
		" select p.version, (select c.version from catalog_state c), r.name, r.value, p.whole,"
		" p.head, (select c.stamp from catalog_state c)"
		" from place p left join resolved_config r"
		" on r.environment = p.environment and (p.whole or r.name in (select t.name from touched t))"
		" order by r.name",
		3, 3000, "watch"
	},
	[ASK_WORKERS] = {
		"select worker_id, environment, state, applied_version, target_version, lag_versions,"
		" lag_seconds, waiting_for, extract(epoch from applied_at),"
		" coalesce(jsonb_array_length(restart_required), 0), duplicate::int"
		" from worker_status order by environment, worker_id",
		0, 3000, "workers"
	},
	[ASK_MEASURES] = {
		"select a.environment, coalesce(min(p.n), 0),"
		" coalesce(sum(w.forbidden_applies), 0), coalesce(sum(w.latency_sum), 0),"
		" coalesce(sum(w.latency_count), 0), pg_notification_queue_usage(),"
		" coalesce(sum(w.latency_buckets[1]), 0), coalesce(sum(w.latency_buckets[2]), 0),"
		" coalesce(sum(w.latency_buckets[3]), 0), coalesce(sum(w.latency_buckets[4]), 0),"
		" coalesce(sum(w.latency_buckets[5]), 0), coalesce(sum(w.latency_buckets[6]), 0),"
		" coalesce(sum(w.latency_buckets[7]), 0), coalesce(sum(w.latency_buckets[8]), 0),"
		" coalesce(sum(w.latency_buckets[9]), 0), coalesce(sum(w.latency_buckets[10]), 0),"
		" coalesce(sum(w.latency_buckets[11]), 0),"
		" coalesce(min(p.oldest), 0), (freeze_until(a.environment) is not null)::int"
		" from active_config a left join workers w on w.environment = a.environment"
		" left join lateral (select count(*) as n,"
		" greatest(0, extract(epoch from clock_timestamp() - min(c.submitted_at))) as oldest"
		" from config_changes c where c.environment = a.environment"
		" and c.state = 'pending_approval') p on true"
		" group by a.environment order by a.environment",
		0, 3000, "measures"
	},
	[ASK_APPLIED] = {
		"select h.version, h.changed_by, k.name from config_history h"
		" cross join lateral jsonb_object_keys(h.diff) as k (name)"
		" where h.environment = $1 and h.version > $2::bigint and h.version <= $3::bigint"
		" order by h.version desc, k.name limit 200",
		3, 3000, "applied"
	},
	[ASK_SCHEMA] = {"select max(name) from schema_patch", 0, 3000, NULL},
};

bool ask(struct wire *wire, enum ask which, const char *const *params, async_done *done, void *arg)
{
	return wire_query(wire, &statements[which], params, done, arg);
}
