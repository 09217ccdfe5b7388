-- Environments that differ, through the same doors as every other write.

-- A save by an operator: works out the diff, as the API does. The values are ASCII, so to_json writes canonical text.
create or replace function pg_temp.demo_save(p_environment text, p_reason text, p_changes jsonb) returns void
language plpgsql as $$
declare
	v_diff jsonb;
	v_content text;
begin
	select config_diff(jsonb_object_agg(r.name, r.value), jsonb_object_agg(r.name, coalesce(p_changes ->> r.name, r.default_value)))
	into v_diff from resolved_config r where r.environment = p_environment and p_changes ? r.name;

	select format('{"changes":[%s],"environment":%s}', string_agg(format('{"name":%s,"new":%s,"old":%s}',
		to_json(d ->> 'name'), coalesce(to_json(d ->> 'new')::text, 'null'), coalesce(to_json(d ->> 'old')::text, 'null')),
		',' order by d ->> 'name' collate "C"), to_json(p_environment))
	into v_content from jsonb_array_elements(v_diff) d;

	perform config_write(p_environment, 'save', (select version from active_config where environment = p_environment),
		p_changes, v_diff, encode(sha256(convert_to(v_content, 'UTF8')), 'hex'), 'demo', null, p_reason, null);
end
$$;

do $$
begin
	if exists (select from active_config) then
		return;
	end if;

	perform environment_create('dev', null, 'demo', 'For trying things out', null);
	perform pg_temp.demo_save('dev', 'Small and quick, so that something happens', '{
		"CVN_COOLDOWN": "10s", "CVN_COOLDOWN_AFTER_LOSS": "30s", "CVN_SIGNAL_SMOOTHING_BARS": "1"}');
	perform pg_temp.demo_save('dev', 'Try the boosted trees of the next release', '{
		"CVN_MODEL_TYPE": "lightgbm", "CVN_MODEL_VERSION": "2026.11.0-rc1"}');

	perform environment_create('paper', null, 'demo', 'Rehearsal on live prices with no money', null);
	perform pg_temp.demo_save('paper', 'A wider universe than live, to collect fills', '{
		"CVN_SYMBOLS": "[\"BTCUSDT\",\"ETHUSDT\",\"SOLUSDT\",\"AVAXUSDT\",\"LINKUSDT\"]", "CVN_MAX_TRADES_PER_HOUR": "40"}');
	perform pg_temp.demo_save('paper', 'More entries than in live, to see the tail of the scores', '{
		"CVN_ENTRY_THRESHOLD": "0.58", "CVN_MIN_CONFIDENCE_GAP": "0.03"}');

	perform environment_create('live', null, 'demo', 'Real money', null);
	perform pg_temp.demo_save('live', 'Liquid symbols only', '{
		"CVN_SYMBOLS": "[\"BTCUSDT\",\"ETHUSDT\"]", "CVN_MIN_VOLUME_USD": "1000000", "CVN_MAX_SPREAD_BPS": "3.5"}');
	perform pg_temp.demo_save('live', 'Stay out around announcements, longer rest after a loss', '{
		"CVN_FILTER_NEWS": "true", "CVN_COOLDOWN_AFTER_LOSS": "15m"}');
	perform pg_temp.demo_save('live', 'Surer entries after the review of October', '{
		"CVN_ENTRY_THRESHOLD": "0.66", "CVN_MAX_SLIPPAGE_BPS": "6"}');
end
$$;
