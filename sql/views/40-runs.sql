-- Runs of all kinds, and how the wire carries them and their sets.

create or replace view runs as
select r.run_id, r.kind, r.environment, r.parameter_set_hash,
	substring(coalesce(r.active_config_version, s.config_version) from '[0-9]+$')::bigint as config_version,
	coalesce(r.catalog_version, s.catalog_version) as catalog_version, r.status, r.created_at, r.created_by
from (
	select run_id, kind, environment, parameter_set_hash, active_config_version, catalog_version, status, created_at, created_by
	from finetune_runs
	union all
	select session_id, 'paper', environment, parameter_set_hash, active_config_version, catalog_version, status, created_at, created_by
	from paper_sessions
	union all
	select session_id, 'live', environment, parameter_set_hash, active_config_version, catalog_version, status, created_at, created_by
	from live_sessions
) r
join parameter_sets s on s.hash = r.parameter_set_hash;
comment on view runs is 'Runs of all kinds, each pinned to a parameter set.';
comment on column runs.run_id is 'Id of the run or session.';
comment on column runs.kind is 'finetune, backtest, train, paper or live.';
comment on column runs.environment is 'The environment whose configuration it took.';
comment on column runs.parameter_set_hash is 'The set it is pinned to.';
comment on column runs.config_version is 'The environment''s version it began with.';
comment on column runs.catalog_version is 'The catalog''s version it began with.';
comment on column runs.status is 'Where it stands.';
comment on column runs.created_at is 'When it was bound.';
comment on column runs.created_by is 'Who bound it.';

create or replace function run_json(r runs) returns json
language sql stable set search_path = pg_catalog, public, pg_temp as $$
	select json_build_object('run_id', r.run_id, 'kind', r.kind, 'environment', r.environment,
		'parameter_set_hash', r.parameter_set_hash, 'config_version', r.config_version, 'catalog_version', r.catalog_version,
		'status', r.status, 'created_at', wire_time(r.created_at))
$$;
comment on function run_json(runs) is 'A run as the wire carries it.';
