-- A believable trading desk: parameters of all types and categories, and the rules between them. Values are
-- canonical. Nothing here runs where a catalog exists already.

create temporary table demo_catalog (like variable_catalog including defaults) on commit drop;

insert into demo_catalog (group_name, name, type, default_value, min_value, max_value, unit, category,
	allowed_values, required, deprecated, hot_reloadable, critical, excluded_from_ftf, description, version, updated_by)
select g, n, t, d, lo, hi, u, c, a::jsonb, f like '%r%', f like '%d%', f not like '%n%', f like '%c%', f like '%x%', e, 1, 'demo'
from (values
-- Flags: r required, d deprecated, n not hot reloadable, c critical, x excluded from FTF.
('Signal', 'CVN_ENTRY_THRESHOLD', 'decimal', '0.62', '0', '1', '', 'threshold', null, 'r',
	'Least score of the model at which a position is opened. Higher means fewer and surer entries.'),
('Signal', 'CVN_EXIT_THRESHOLD', 'decimal', '0.45', '0', '1', '', 'threshold', null, 'r',
	'Score below which an open position is closed, whatever its profit.'),
('Signal', 'CVN_SHORT_ENTRY_THRESHOLD', 'decimal', '0.68', '0', '1', '', 'threshold', null, '',
	'Least score at which a short position is opened.'),
('Signal', 'CVN_MIN_CONFIDENCE_GAP', 'decimal', '0.05', '0', '0.5', '', 'threshold', null, '',
	'Least distance between the best and the second best class of the model.'),
('Signal', 'CVN_SIGNAL_SMOOTHING_BARS', 'int', '3', '1', '50', 'bars', 'threshold', null, '',
	'Number of bars over which the score is averaged before it is compared.'),
('Signal', 'CVN_SIGNAL_MAX_AGE', 'duration', '5s', '100ms', '5m', '', 'threshold', null, 'r',
	'A score older than this is thrown away, not traded.'),
('Filters', 'CVN_FILTER_TREND', 'bool', 'true', null, null, '', 'filter_flag', null, 'r',
	'Take only entries in the direction of the long moving average.'),
('Filters', 'CVN_FILTER_VOLUME', 'bool', 'true', null, null, '', 'filter_flag', null, 'r',
	'Skip entries while the traded volume is below CVN_MIN_VOLUME_USD.'),
('Filters', 'CVN_FILTER_SPREAD', 'bool', 'true', null, null, '', 'filter_flag', null, 'r',
	'Skip entries while the spread is above CVN_MAX_SPREAD_BPS.'),
('Filters', 'CVN_FILTER_NEWS', 'bool', 'false', null, null, '', 'filter_flag', null, '',
	'Stay out of the market around scheduled announcements.'),
('Filters', 'CVN_TREND_WINDOW_BARS', 'int', '200', '10', '1000', 'bars', 'filter_flag', null, '',
	'Length of the moving average that the trend filter looks at.'),
('Filters', 'CVN_MIN_VOLUME_USD', 'int', '250000', '0', '100000000', 'USD', 'threshold', null, '',
	'Least volume of the last hour for an entry.'),
('Filters', 'CVN_MAX_SPREAD_BPS', 'decimal', '8', '0', '200', 'bps', 'threshold', null, '',
	'Widest spread between bid and ask for an entry.'),
('Filters', 'CVN_VOLATILITY_REGIME', 'enum', 'any', null, null, '', 'filter_flag', '["any","low","normal","high"]', '',
	'Trade only in this regime of volatility.'),
('Filters', 'CVN_BLOCKED_HOURS', 'list', '[]', null, null, 'UTC', 'filter_flag',
	'["00","01","02","03","04","05","06","07","08","09","10","11","12","13","14","15","16","17","18","19","20","21","22","23"]', '',
	'Hours of the day without new entries.'),
('Universe', 'CVN_SYMBOLS', 'list', '["BTCUSDT","ETHUSDT","SOLUSDT"]', null, null, '', 'filter_flag', null, 'r',
	'What is traded. Open positions in a symbol that is taken out are still managed to their end.'),
('Universe', 'CVN_BENCHMARK_SYMBOL', 'string', 'BTCUSDT', null, null, '', 'filter_flag', null, '',
	'Symbol against which relative strength is measured.'),
('Universe', 'CVN_BAR_INTERVAL', 'duration', '1m', '1s', '1d', '', 'threshold', null, 'rn',
	'Length of a bar. Features are computed on it, so it needs a restart.'),
('Cooldown', 'CVN_COOLDOWN', 'duration', '1m', '0s', '1h', '', 'cooldown', null, 'r',
	'Pause after a closed position before the same symbol is entered again.'),
('Cooldown', 'CVN_COOLDOWN_AFTER_LOSS', 'duration', '5m', '0s', '1d', '', 'cooldown', null, 'r',
	'Pause after a position closed at a loss.'),
('Cooldown', 'CVN_COOLDOWN_AFTER_ERROR', 'duration', '30s', '1s', '1h', '', 'cooldown', null, '',
	'Pause after the exchange refused an order.'),
('Cooldown', 'CVN_MAX_TRADES_PER_HOUR', 'int', '12', '1', '500', 'trades', 'cooldown', null, '',
	'Entries of all symbols together within an hour.'),
('Risk', 'CVN_MAX_POSITION_USD', 'int', '50000', '0', '10000000', 'USD', 'risk_limit', null, 'rc',
	'Largest position in one symbol.'),
('Risk', 'CVN_MAX_EXPOSURE_USD', 'int', '150000', '0', '50000000', 'USD', 'risk_limit', null, 'rc',
	'Sum of all open positions.'),
('Risk', 'CVN_MAX_DAILY_LOSS_USD', 'int', '5000', '0', '1000000', 'USD', 'risk_limit', null, 'rc',
	'Realised loss of a day after which nothing is opened until midnight UTC.'),
('Risk', 'CVN_MAX_DRAWDOWN_PCT', 'decimal', '8', '0', '100', '%', 'risk_limit', null, 'rc',
	'Fall from the highest equity after which all positions are closed and trading stops.'),
('Risk', 'CVN_MAX_LEVERAGE', 'decimal', '2', '1', '20', 'x', 'risk_limit', null, 'rcn',
	'Leverage asked of the exchange when a session begins.'),
('Risk', 'CVN_KILL_SWITCH', 'bool', 'false', null, null, '', 'risk_limit', null, 'rc',
	'Close everything and open nothing.'),
('Risk', 'CVN_STOP_LOSS_PCT', 'decimal', '0.5', '0', '100', '%', 'risk_limit', null, 'r',
	'Loss at which a position is closed, in percent of its entry price.'),
('Risk', 'CVN_TAKE_PROFIT_PCT', 'decimal', '1.5', '0', '100', '%', 'risk_limit', null, 'r',
	'Profit at which a position is closed, in percent of its entry price.'),
('Risk', 'CVN_TRAILING_STOP', 'bool', 'false', null, null, '', 'risk_limit', null, '',
	'Let the stop follow the price.'),
('Risk', 'CVN_MAX_OPEN_POSITIONS', 'int', '5', '1', '100', 'positions', 'risk_limit', null, 'r',
	'Positions open at the same time.'),
('Risk', 'CVN_RISK_PER_TRADE_PCT', 'decimal', '0.25', '0', '5', '%', 'risk_limit', null, '',
	'Part of the equity that one position may lose at its stop.'),
('Execution', 'CVN_ORDER_TYPE', 'enum', 'limit', null, null, '', 'threshold', '["limit","market","post_only"]', 'r',
	'Type of the entry order.'),
('Execution', 'CVN_ORDER_TIMEOUT', 'duration', '2500ms', '100ms', '1m', '', 'cooldown', null, 'r',
	'An entry order not filled by then is cancelled.'),
('Execution', 'CVN_MAX_SLIPPAGE_BPS', 'decimal', '12.5', '0', '500', 'bps', 'threshold', null, '',
	'Furthest from the decision price that an order may be filled.'),
('Execution', 'CVN_EXECUTION_NOTE', 'string', '', null, null, '', 'threshold', null, 'x',
	'Free text attached to each order, for reconciliation.'),
('Execution', 'CVN_EXCHANGE', 'enum', 'binance', null, null, '', 'risk_limit', '["binance","bybit","kraken"]', 'rcn',
	'Venue the orders go to.'),
('Model', 'CVN_MODEL_TYPE', 'enum', 'xgboost', null, null, '', 'threshold', '["xgboost","lightgbm","catboost"]', 'rn',
	'Family of the model that scores entries.'),
('Model', 'CVN_MODEL_VERSION', 'string', '2026.10.2', null, null, '', 'threshold', null, 'rn',
	'Version of the model in the registry.'),
('Model', 'CVN_FEATURE_SET', 'string', 'core-v7', null, null, '', 'threshold', null, 'rn',
	'Version of the feature pipeline the model was trained on.'),
('Model', 'CVN_INFERENCE_TIMEOUT', 'duration', '250ms', '10ms', '10s', '', 'threshold', null, '',
	'A score that takes longer counts as none.'),
('Model', 'CVN_LEGACY_SCORE_SCALE', 'decimal', '1', '0', '10', '', 'threshold', null, 'dx',
	'Scale of the scores of models before 2025. No longer read.')
) as v (g, n, t, d, lo, hi, u, c, a, f, e);

do $$
begin
	if exists (select from variable_catalog) then
		return;
	end if;
	insert into variable_catalog select * from demo_catalog;
	insert into variable_catalog_history (name, catalog_version, action, new, changed_by, change_reason)
	select c.name, c.version, 'create', to_jsonb(c), 'demo', 'Demo catalog' from variable_catalog c order by c.name;

	insert into config_rules (name, expression, message, version, updated_by) values
	('stop-below-target', 'CVN_STOP_LOSS_PCT < CVN_TAKE_PROFIT_PCT',
		'The stop loss must be smaller than the take profit.', 1, 'demo'),
	('spread-within-slippage', 'CVN_MAX_SPREAD_BPS <= CVN_MAX_SLIPPAGE_BPS',
		'A spread that is accepted must not be wider than the slippage that is.', 1, 'demo'),
	('drawdown-leaves-room', 'if CVN_MAX_LEVERAGE > 5 then CVN_MAX_DRAWDOWN_PCT <= 10',
		'Above 5x leverage the drawdown limit must be 10 % or less.', 1, 'demo'),
	('market-orders-need-spread-filter', 'if CVN_ORDER_TYPE = ''market'' then CVN_FILTER_SPREAD',
		'Market orders are allowed only with the spread filter on.', 1, 'demo');
	update catalog_state set version = 1;
end
$$;
