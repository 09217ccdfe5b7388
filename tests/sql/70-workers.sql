-- Reports of workers: what is recorded, what is measured, what state it makes.
begin;
select no_plan();

create function pg_temp.state(p_worker text) returns text language sql as $$
	select row(state, lag_versions)::text from worker_status where worker_id = p_worker
$$;
create function pg_temp.kinds(p_worker text) returns text language sql as $$
	select string_agg(kind, ' ' order by id) from worker_reports where worker_id = p_worker
$$;

-- A life
select is(tap.report('w', 'paper', 3), 3::bigint, 'a report returns the environment''s version');
select is((select catalog_version from worker_report('w', 'paper', 'b1', 'listen', 'current', 3, null, null, null, '[]', '[]', null, null, 0, null, false)),
	1::bigint, 'and that of the catalog');
select is(pg_temp.kinds('w'), 'started', 'a plain heartbeat leaves no row');
select is(pg_temp.state('w'), '(current,0)', 'current');
select tap.save('paper', '{"CVN_COOLDOWN": "90s"}');
select is(pg_temp.state('w'), '(pending,1)', 'one behind: pending');
select is((select version from tap.report('w', 'paper', 3, '{"state": "pending", "waiting_for": "cycle_end", "waiting_ms": 1500,
	"pending": [{"name": "CVN_COOLDOWN", "version": 4}]}') r (version)), 4::bigint, 'the heartbeat tells the new version');
select cmp_ok((select clock_timestamp() - waiting_since from workers where worker_id = 'w'), '>=', interval '1.5 seconds', 'waiting_since is by the database''s clock');
select tap.report('w', 'paper', 4, '{"applied_ms": 0}');
select is(pg_temp.kinds('w'), 'started waiting applied', 'changes leave rows');
select is((select latency_count::bigint from workers where worker_id = 'w'), 1::bigint, 'one latency');
select cmp_ok((select latency_seconds::double precision from worker_reports where worker_id = 'w' and kind = 'applied'), '<', 5::double precision, 'of a moment');
select is((select sum(n)::bigint from unnest(latency_buckets[1:7]) n), 1::bigint, 'in a bucket of at most 5 s') from workers where worker_id = 'w';
select tap.report('w', 'paper', 4, '{"restart_required": ["CVN_MODEL_TYPE"]}');
select is(pg_temp.state('w'), '(restart_required,0)', 'restart_required');
select tap.report('w', 'paper', 4, '{"state": "rejected", "restart_required": ["CVN_MODEL_TYPE"], "rejected": {"version": 4, "detail": "no"}}');
select is(pg_temp.state('w'), '(rejected,0)', 'rejected goes before restart_required');
select tap.report('w', 'paper', 4, '{"closed": true}');
select is(pg_temp.state('w'), '(offline,0)', 'closed: offline');
select is(pg_temp.kinds('w'), 'started waiting applied restart_required rejected closed', 'its whole life');
select tap.report('w', 'paper', 4, '{"closed": true}');
select tap.report('w', 'paper', 4);
select is(pg_temp.kinds('w'), 'started waiting applied restart_required rejected closed started', 'closed once, and back again');

select is((select head from worker_report('w', 'paper', 'b1', 'listen', 'current', 4, null, null, null, '[]', '[]', null, null, 0, null, false)),
	(select row_hash::text from config_history where environment = 'paper' and version = 4), 'a report is answered with the head of the history as well');

-- What is told again needs no flush of its own; a goodbye is told once.
select is(current_setting('synchronous_commit'), 'off', 'a report does not wait for the disk');
set local synchronous_commit = on;
select tap.report('leaves', 'paper', 4);
set local synchronous_commit = on;
select tap.report('leaves', 'paper', 4, '{"closed": true}');
select is(current_setting('synchronous_commit'), 'on', 'a goodbye does');

-- A heartbeat that says what the last report said, and each member that makes it more than that.
select tap.report('same', 'paper', 4, '{"instance": "a"}');
create function pg_temp.written(p_more jsonb) returns text language plpgsql as $$
declare
	v_before workers;
	v_now workers;
begin
	select * into v_before from workers where worker_id = 'same';
	perform tap.report('same', 'paper', 4, '{"instance": "a"}' || p_more);
	select * into v_now from workers where worker_id = 'same';
	return (select string_agg(n.key, ' ' order by n.key) from jsonb_each(to_jsonb(v_now)) n
		where n.value is distinct from to_jsonb(v_before) -> n.key);
end
$$;
select is(pg_temp.written(more::jsonb), writes, format('%s writes %s', more, writes)) from (values
	('{}', 'last_heartbeat'), ('{"notified_ms": 10}', 'last_heartbeat last_notify_at'), ('{}', 'last_heartbeat'),
	('{"state": "pending", "waiting_for": "cycle_end", "waiting_ms": 5}', 'last_heartbeat state waiting_for waiting_since'),
	('{"state": "pending", "waiting_for": "cycle_end", "waiting_ms": 900}', 'last_heartbeat waiting_since'),
	('{}', 'last_heartbeat state waiting_for waiting_since'), ('{"forbidden": 1}', 'forbidden_applies forbidden_reported last_heartbeat'),
	('{"forbidden": 0}', 'forbidden_reported last_heartbeat'), ('{"applied_ms": 3}', 'applied_at last_heartbeat'),
	('{"build": "b2"}', 'build last_heartbeat'), ('{}', 'build last_heartbeat'),
	('{"rejected": {"version": 5, "detail": "no"}}', 'last_heartbeat rejected'), ('{}', 'last_heartbeat rejected'),
	('{"pending": [{"name": "CVN_COOLDOWN", "version": 5}]}', 'last_heartbeat pending'), ('{}', 'last_heartbeat pending'),
	('{"config_hash": "' || repeat('a', 64) || '"}', 'config_hash last_heartbeat'),
	('{"instance": "b"}', 'config_hash instances last_heartbeat started_at'), ('{"instance": "a"}', 'contested_at instances last_heartbeat')) v (more, writes);
select is(pg_temp.kinds('same'), 'started waiting waiting rejected waiting waiting waiting waiting started', 'and leaves a row for what it tells');

-- Two processes of one id. A restart changes the process once; two that live at once take turns.
create function pg_temp.says(p_instance text, p_closed boolean default false) returns text language sql as $$
	select tap.report('twin', 'paper', 4, jsonb_build_object('instance', p_instance, 'closed', p_closed));
	select row(state, duplicate)::text from worker_status where worker_id = 'twin'
$$;
select is(pg_temp.says(said, closed), becomes, what) from (values
	('a', false, '(current,f)', 'a process'), ('a', false, '(current,f)', 'its heartbeat'), ('b', false, '(current,f)', 'another one: a restart'),
	('a', true, '(current,f)', 'one that was replaced says goodbye, and the other goes on'), ('b', false, '(current,f)', 'as it was'),
	('c', false, '(current,f)', 'a restart'), ('d', false, '(current,f)', 'and another'), ('b', false, '(current,t)', 'who was replaced is there yet'),
	(null, false, '(current,t)', 'who has no name changes nothing'), ('d', false, '(current,t)', 'each after the other')) v (said, closed, becomes, what);
select set_eq($$select cardinality(instances) from workers where worker_id = 'twin'$$, array[4], 'each is known');
update workers set contested_at = null where worker_id = 'twin';
select is(array_agg(pg_temp.says(i::text))::text, format('{%s}', repeat('"(current,f)",', 15) || '"(current,f)"'), 'sixteen replicas, one after the other') from generate_series(1, 16) i;
select is(pg_temp.says('1'), '(current,t)', 'and the first one again');
select pg_temp.says(i::text) from generate_series(2, 20) i;
select results_eq($$select instances::identifier[] from workers where worker_id = 'twin'$$, $$select array(select (21 - i)::text from generate_series(1, 16) i)::identifier[]$$, 'so many are kept, the last ones');
select set_eq($$select kind, count(*) from worker_reports where worker_id = 'twin' group by kind$$, $$values ('started', 24::bigint)$$, 'each process is a life');
update workers set contested_at = contested_at - interval '31 seconds' where worker_id = 'twin';
select is(pg_temp.says('20'), '(current,f)', 'and after a while without the other it is one again');

-- One that ended without a word begins again as another process, with what was saved while it was away.
select tap.report('again', 'paper', 3, '{"instance": "a"}');
select tap.report('again', 'paper', 4, '{"instance": "b", "applied_ms": 0}');
select is(pg_temp.kinds('again'), 'started started', 'another process is another life');
select is(latency_count::bigint, 0::bigint, 'and what it begins with did not come late') from workers where worker_id = 'again';
select tap.report('again', 'paper', 3, '{"instance": "b"}');
select tap.report('again', 'paper', 4, '{"instance": "b", "applied_ms": 0}');
select is(latency_count::bigint, 1::bigint, 'as it would by the same one') from workers where worker_id = 'again';

-- Latency: the age of the apply counts, the clock of the worker does not.
select is(worker_latency_bucket(v.seconds), v.bucket, format('%s s falls into bucket %s', v.seconds, v.bucket))
from (values (0::double precision, 1), (.05, 1), (.0501, 2), (.1, 2), (.25, 3), (.5, 4), (1, 5), (2.5, 6), (5, 7), (10, 8), (30, 9), (60, 10), (60.1, 11)) v (seconds, bucket);
set session_replication_role = replica;
update config_history set changed_at = clock_timestamp() - interval '20 seconds' where environment = 'paper' and version = 4;
set session_replication_role = origin;
select tap.report('slow', 'paper', 3);
select tap.report('slow', 'paper', 4, '{"applied_ms": 8000}');
select ok(latency_sum between 12 and 12 + extract(epoch from clock_timestamp() - now()), 'saved 20 s ago and applied 8 s ago is 12 s') from workers where worker_id = 'slow';
select is(latency_buckets[9], 1::bigint, 'in the bucket up to 30 s') from workers where worker_id = 'slow';
select tap.report('new', 'paper', 4, '{"applied_ms": 0}');
select is(latency_count::bigint, 0::bigint, 'what a worker starts with was not distributed to it') from workers where worker_id = 'new';
select tap.report('early', 'paper', 3);
select tap.report('early', 'paper', 4, '{"applied_ms": 3600000}');
select is(latency_sum::double precision, 0::double precision, 'never below zero') from workers where worker_id = 'early';

-- Counters go on over restarts.
select tap.report('f', 'paper', 4, '{"forbidden": 2}');
select tap.report('f', 'paper', 4, '{"forbidden": 3}');
select tap.report('f', 'paper', 4, '{"forbidden": 0}');
select tap.report('f', 'paper', 4, '{"forbidden": 1}');
select is(forbidden_applies::bigint, 4::bigint, 'forbidden applies add up') from workers where worker_id = 'f';

-- States, in their order
select tap.report(n, 'live', 4) from unnest(array['l0', 'l1', 'l2', 'gone', 'old']) n;
select count(*) from (select tap.save('live', jsonb_build_object('CVN_COOLDOWN', i || 's')) from generate_series(1, 4) i) s;
select tap.report('l1', 'live', 5);
select tap.report('l2', 'live', 4, '{"restart_required": ["CVN_MODEL_TYPE"], "rejected": {"version": 5, "detail": "no"}}');
update workers set last_heartbeat = clock_timestamp() - interval '16 seconds' where worker_id = 'gone';
update workers set last_heartbeat = clock_timestamp() - interval '25 hours' where worker_id = 'old';
select is(pg_temp.state('l0'), '(lagging,4)', 'four versions behind: lagging');
select is(pg_temp.state('l1'), '(pending,3)', 'three: pending');
select is(pg_temp.state('l2'), '(rejected,4)', 'rejected goes before lagging');
select is(pg_temp.state('gone'), '(offline,4)', 'silent for 15 s: offline');
select is(pg_temp.state('old'), null, 'silent for 24 h: not listed');
select is((select row(workers, workers_current)::text from environment_status where environment = 'live'), '(3,0)', 'only who is not offline counts');
set session_replication_role = replica;
update config_history set changed_at = clock_timestamp() - interval '61 seconds' where environment = 'live' and version = 6;
set session_replication_role = origin;
select is((select state from worker_status where worker_id = 'l1'), 'lagging', 'behind for more than 60 s, since the first version it has not: lagging');
select ok(lag_seconds between 61 and 61 + extract(epoch from clock_timestamp() - now()), 'for as long as that') from worker_status where worker_id = 'l1';
select tap.report('l1', 'live', 8);
select is((select row(state, lag_versions, lag_seconds)::text from worker_status where worker_id = 'l1'), '(current,0,0)', 'and current again');

-- A start from the disk is a new life, also without a closing before it.
select tap.report('c', 'paper', 4);
create temporary table life as select started_at as began from workers where worker_id = 'c';
select tap.report('c', 'paper', 3, '{"started_from_cache": true}');
select ok(started_from_cache and started_at > began, 'it began when that was first said') from workers, life where worker_id = 'c';
update life set began = (select started_at from workers where worker_id = 'c');
select tap.report('c', 'paper', 4, '{"started_from_cache": true}');
select is(started_at, began, 'and goes on with the reports after it') from worker_status, life where worker_id = 'c';
select is(pg_temp.kinds('c'), 'started started applied', 'two lives');

-- On the wire
select results_eq($$select k from json_object_keys(workers_json('paper') -> 'workers' -> 0) k$$,
	array['worker_id', 'environment', 'build', 'state', 'applied_version', 'target_version', 'lag_versions', 'lag_seconds', 'config_hash',
	'waiting_for', 'waiting_since', 'pending', 'restart_required', 'rejected', 'applied_at', 'last_heartbeat', 'started_from_cache', 'started_at', 'duplicate'], 'the members of GET /workers, in order');
select is(workers_json('dev')::text, '{"workers" : []}', 'none is an empty list');
select matches(workers_json('live') -> 'workers' -> 0 ->> 'last_heartbeat', '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$', 'times are UTC with milliseconds');
select is(json_array_length(workers_json() -> 'workers'), (select count(*)::int from worker_status), 'without an environment: all');

-- Refusals
select is(attempt('cvn_worker', v.statement), v.outcome, v.what)
from (values
	('CV404', 'an unknown environment', $$select worker_report('w', 'none', 'b', 'listen', 'current', 1, null, null, null, '[]', '[]', null, null, 0, null, false)$$),
	('23514', 'a bad id', $$select worker_report('w w', 'dev', 'b', 'listen', 'current', 1, null, null, null, '[]', '[]', null, null, 0, null, false)$$),
	('23514', 'an unknown state', $$select worker_report('w', 'dev', 'b', 'listen', 'offline', 1, null, null, null, '[]', '[]', null, null, 0, null, false)$$),
	('23514', 'an unknown wait', $$select worker_report('w', 'dev', 'b', 'listen', 'pending', 1, null, 'luck', 1, '[]', '[]', null, null, 0, null, false)$$),
	('23514', 'a negative version', $$select worker_report('w', 'dev', 'b', 'listen', 'current', -1, null, null, null, '[]', '[]', null, null, 0, null, false)$$),
	('23514', 'pending that is no list', $$select worker_report('w', 'dev', 'b', 'listen', 'current', 1, null, null, null, '{}', '[]', null, null, 0, null, false)$$)
) v (outcome, what, statement);

select * from finish();
rollback;
