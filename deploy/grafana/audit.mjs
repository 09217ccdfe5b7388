// Who changed what, when and why: the log as it is written, and the history from the database.
import { BARS, graph, logs, loki, postgres, row, rows, sql, stream, table } from './panels.mjs';

// What is of no environment, as a reconnect, is shown with each.
const LINES = '{app="cvn-config", env=~"${environment:regex}|"} | json'
	+ ' | event=~"config_change_.*|parameter_set_frozen|listen_reconnect|worker_lag_behind"';

const HISTORY = `
select h.changed_at as "Time", h.environment::text as "Environment", h.version as "Version", h.kind as "Kind",
	h.changed_by::text as "By", h.approved_by::text as "Approved by", h.change_reason::text as "Reason",
	(select string_agg(format('%s: %s', d.key, d.value), E'\\n' order by d.key) from jsonb_each_text(h.diff) d) as "Now"
from config_history h
where h.environment in ($environment) and $__timeFilter(h.changed_at)
order by h.changed_at desc, h.id desc
limit 500`;

const PENDING = `
select c.submitted_at as "Submitted", c.environment::text as "Environment", c.id as "Change set",
	c.created_by::text as "By", c.edited_by::text as "Edited by", c.reason::text as "Reason",
	(select string_agg(format('%s: %s to %s', d ->> 'name', coalesce(d ->> 'old', '(none)'), coalesce(d ->> 'new', '(none)')), E'\\n')
		from jsonb_array_elements(c.diff) d) as "Difference"
from config_changes c
where c.environment in ($environment) and c.state = 'pending_approval'
order by c.submitted_at`;

const DECISIONS = `
select c.decided_at as "Time", c.environment::text as "Environment", c.id as "Change set", c.state as "State",
	c.created_by::text as "By", c.decided_by::text as "Decided by", c.comment as "Comment"
from config_changes c
where c.environment in ($environment) and c.decided_by is not null and $__timeFilter(c.decided_at)
order by c.decided_at desc
limit 500`;

const AN_HOUR = `
select date_trunc('hour', h.changed_at) as time, h.changed_by::text as metric, count(*) as changes
from config_history h
where h.environment in ($environment) and $__timeFilter(h.changed_at)
group by 1, 2
order by 1, 2`;

const FREEZES = `
select w.environment::text as "Environment", w.starts_at as "From", w.ends_at as "Until", w.weekly::text as "Weekly",
	w.reason::text as "Reason", w.created_by::text as "By", freeze_window_end(w, now()) is not null as "In force"
from freeze_windows w
where (w.environment::text in ($environment) or w.environment = '*') and (w.ends_at is null or w.ends_at > now())
order by w.starts_at nulls first`;

const CATALOG = `
select h.changed_at as "Time", h.name::text as "Parameter", h.action as "Action", h.changed_by::text as "By",
	h.change_reason::text as "Reason", h.catalog_version as "Catalog version"
from variable_catalog_history h
where $__timeFilter(h.changed_at)
order by h.changed_at desc, h.id desc
limit 500`;

const query = (text, format) => sql(text.trim(), format);

export const audit = {
	uid: 'configuration-platform-audit',
	title: 'Configuration platform: audit',
	variables: [loki, postgres, rows('environment', 'Environment', 'select environment::text from active_config order by 1')],
	panels: [
		row('As it happens'),
		stream('Live', 'Saves, approvals, applies, freezes of runs, reconnects, workers that lag.', logs(LINES)),
		graph('Events', 'By kind.', logs(`sum by (event) (count_over_time(${LINES} [$__auto]))`), 'short', { w: 24, custom: BARS }),
		row('What was written'),
		table('History', 'Append-only; each row with the digest of the one before.', query(HISTORY), { h: 12 }),
		table('Waiting for approval', 'Oldest first.', query(PENDING), { w: 12 }),
		table('Decisions', 'Who approved or rejected, and when.', query(DECISIONS), { w: 12 }),
		graph('Changes an hour', 'By whom.', query(AN_HOUR, 'time_series'), 'short', { custom: BARS }),
		table('Freeze windows', 'Those that are in force or to come.', query(FREEZES), { w: 12, h: 8 }),
		table('Catalog', 'What a parameter is, and who changed it.', query(CATALOG)),
	],
};
