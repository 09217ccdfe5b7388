-- The doors of runs: what they take, what they refuse, what stays as it is.
begin;
select no_plan();

-- The text of a set as the API writes it: here without anything that jsonb would write another way.
create function tap.canonical(p_environment text, p_factors jsonb default '{}') returns text
language sql as $$
	select format('{"base_env":%s,"code_version":{},"factors":%s,"variables_catalog":%s}',
		jsonb_strip_nulls(config_values(p_environment)), p_factors, run_catalog())
$$;
create function tap.bind(p_run_id text, p_kind text, p_environment text, p_factors jsonb default '{}') returns text
language sql as $$
	select attempt('cvn_api', format('select run_bind(%L, %L, %L, %L, %L, %s, ''ada'', ''r-1'')', p_run_id, p_kind, p_environment,
		encode(sha256(convert_to(c, 'UTF8')), 'hex'), c, (select version from active_config where environment = p_environment)))
	from canonical(p_environment, p_factors) c
$$;

-- Binding
select is(bind('f1', 'finetune', 'dev', '{"a":1}'), 'ok', 'a fine-tuning is bound');
select is(bind('b1', 'backtest', 'dev', '{"a":1}'), 'ok', 'a backtest');
select is(bind('t1', 'train', 'dev', '{"a":1}'), 'ok', 'a training');
select is(bind('p1', 'paper', 'dev', '{"a":1}'), 'ok', 'a paper session');
select is(bind('l1', 'live', 'dev', '{"a":1}'), 'ok', 'a live session');
select set_eq($$select run_id::text, kind from finetune_runs$$,
	$$values ('b1', 'backtest'), ('f1', 'finetune'), ('t1', 'train')$$, 'three kinds are in finetune_runs');
select set_eq('select session_id::text from paper_sessions', array['p1'], 'paper is in paper_sessions');
select set_eq('select session_id::text from live_sessions', array['l1'], 'live is in live_sessions');
select is((select count(*) from parameter_sets), 1::bigint, 'what resolves to the same shares a set');
select is((select count(*) from parameter_set_names), (select count(*) from variable_catalog), 'a set names the whole catalog');
select set_eq('select config_version, catalog_version, status::text, created_by::text from runs where run_id = ''f1''',
	$$select c.version as config_version, s.version as catalog_version, 'running' as status, 'ada' as created_by from active_config c, catalog_state s where c.environment = 'dev'$$, 'a run has the versions it began with');
select is((run_json(r) ->> 'config_version')::bigint, r.config_version, 'the wire has them too') from runs r where run_id = 'p1';

-- An id is one run's
select is(bind('f1', 'finetune', 'dev', '{"a":1}'), '40001', 'an id again: begin again and look');
select is(bind('f1', 'live', 'dev', '{"a":1}'), '40001', 'an id again in another table');
select is(bind('p1', 'train', 'dev', '{"a":2}'), '40001', 'and the other way round');
select is((select count(*) from parameter_sets), 1::bigint, 'a refused run leaves no set');

-- What does not fit
select is(attempt('cvn_api', format('select run_bind(%L, %L, %L, %L, %L, %s, %L, null)', v.run_id, v.kind, v.environment, v.hash, v.canonical, v.version, v.by)),
	v.outcome, v.what)
from (
	select c.version, canonical('dev') as good, canonical('paper') as other from active_config c where c.environment = 'dev'
) d, lateral (values
	('CV404', 'an environment that is not', 'x', 'train', 'nowhere', encode(sha256(convert_to(d.good, 'UTF8')), 'hex'), d.good, d.version, 'ada'),
	('CV412', 'a version that has passed', 'x', 'train', 'dev', encode(sha256(convert_to(d.good, 'UTF8')), 'hex'), d.good, d.version - 1, 'ada'),
	('CV422', 'the values of another environment', 'x', 'train', 'dev', encode(sha256(convert_to(d.other, 'UTF8')), 'hex'), d.other, d.version, 'ada'),
	('CV422', 'a catalog that is not this one', 'x', 'train', 'dev', repeat('0', 64),
		jsonb_set(d.good::jsonb, '{variables_catalog,CVN_COOLDOWN}', '{}')::text, d.version, 'ada'),
	('23514', 'a hash of something else', 'x', 'train', 'dev', repeat('0', 64), d.good, d.version, 'ada'),
	('23514', 'an unknown kind', 'x', 'dream', 'dev', encode(sha256(convert_to(d.good, 'UTF8')), 'hex'), d.good, d.version, 'ada'),
	('23514', 'an id that cannot be', 'a b', 'train', 'dev', encode(sha256(convert_to(d.good, 'UTF8')), 'hex'), d.good, d.version, 'ada'),
	('23502', 'nobody', 'x', 'train', 'dev', encode(sha256(convert_to(d.good, 'UTF8')), 'hex'), d.good, d.version, null)
) v (outcome, what, run_id, kind, environment, hash, canonical, version, by);

-- Again, and where it stands
select is(attempt('cvn_api', $$select run_rerun('p2', 'p1', 'bob', null)$$), 'ok', 'a run again');
select set_eq($$select kind, environment::text, parameter_set_hash, config_version from runs where run_id = 'p2'$$,
	$$select kind, environment::text, parameter_set_hash, config_version from runs where run_id = 'p1'$$, 'has the set and the versions of the first');
select is(attempt('cvn_api', $$select run_rerun('p3', 'nobody', 'bob', null)$$), 'CV404', 'of a run that is not');
select is(attempt('cvn_api', $$select run_rerun('f1', 'p1', 'bob', null)$$), '40001', 'under an id that is taken');
select ok(run_set_status('f1', 'failed') and run_set_status('p1', 'succeeded') and run_set_status('l1', 'stopped'), 'a status of each table');
select is(run_set_status('nobody', 'failed'), false, 'of a run that is not');
select is(attempt('cvn_api', $$select run_set_status('f1', 'Not A Status')$$), '23514', 'a status that cannot be');
select is(attempt('cvn_owner', v.statement), v.outcome, v.statement) from (values
	('CV409', 'update finetune_runs set parameter_set_hash = parameter_set_hash, environment = ''live'''),
	('CV409', 'update paper_sessions set active_config_version = ''999'''),
	('CV409', 'update live_sessions set created_by = ''eve'''),
	('ok', 'update live_sessions set status = ''done''')
) v (outcome, statement);

-- Nobody goes around
select is(attempt(v.role, v.statement), '42501', v.role || ': ' || v.statement) from (values
	('cvn_api', 'insert into finetune_runs default values'), ('cvn_api', 'update finetune_runs set status = ''failed'''),
	('cvn_api', 'delete from paper_sessions'), ('cvn_api', 'insert into parameter_sets default values'),
	('cvn_api', 'insert into parameter_set_names default values'), ('cvn_api', 'truncate live_sessions'),
	('cvn_api', $$select run_insert('x', 'train', 'dev', repeat('0', 64), 1, 1, 'x', null)$$), ('cvn_api', $$select run_claim('x')$$),
	('cvn_worker', $$select run_bind('x', 'train', 'dev', '', '{}', 1, 'x', null)$$), ('cvn_worker', $$select run_set_status('f1', 'x')$$),
	('cvn_notifier', $$select run_rerun('x', 'f1', 'x', null)$$), ('cvn_reader', $$select run_lock('x', 'dev')$$)
) v (role, statement);
select is(attempt('cvn_reader', 'select * from runs'), 'ok', 'cvn_reader reads runs');

-- Differences
select is(run_differences('{"a":1,"b":null,"c":[1]}', '{"a":1,"c":[2],"d":"x"}')::jsonb,
	'[{"name":"b","left":null,"right":null},{"name":"c","left":[1],"right":[2]},{"name":"d","left":null,"right":"x"}]', 'differences by name');
select is(run_differences('{}', '{}')::text, '[]', 'none');

select is(attempt('cvn_owner', $$delete from variable_catalog where name = 'CVN_MAX_LEVERAGE'$$), '23503', 'a parameter that a set names stays');

select * from finish();
rollback;
