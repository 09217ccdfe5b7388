-- config_write: the door of every write.
begin;
select no_plan();

-- A save
select is(version, 4::bigint, 'a save makes the next version') from tap.save('dev', '{"CVN_COOLDOWN": "90s", "CVN_ENTRY_THRESHOLD": "0.7"}');
select results_eq($$select name::text collate "C", value, e.version from active_config_entries e join active_config c on c.id = e.config_id and c.environment = 'dev'
	where e.version = 4 order by name$$, $$values ('CVN_COOLDOWN' collate "C", '90s', 4::bigint), ('CVN_ENTRY_THRESHOLD', '0.7', 4)$$, 'its entries');
select is(to_jsonb(h) - array['id', 'config_id', 'change_id', 'changed_at', 'prev_hash', 'row_hash'],
	'{"environment": "dev", "version": 4, "kind": "save", "base_env": {"CVN_COOLDOWN": "10s", "CVN_ENTRY_THRESHOLD": "0.62"},
	"diff": {"CVN_COOLDOWN": "90s", "CVN_ENTRY_THRESHOLD": "0.7"}, "snapshot": null, "changed_by": "ada", "approved_by": null,
	"change_reason": "a test", "request_id": "r-1", "catalog_version": 1}'::jsonb, 'its row of the history')
from config_history h where environment = 'dev' and version = 4;
select is(pg_stat_get_xact_tuples_hot_updated(t), pg_stat_get_xact_tuples_updated(t), format('no index of %s is written where a row gets another value', t))
from unnest(array['active_config', 'active_config_entries']::regclass[]) t;
select is(state, 'active', 'its change set is active') from config_changes where environment = 'dev' and version = 4;
select is(updated_by::text, 'ada', 'the environment says who') from active_config where environment = 'dev';

select is((select entry_value from resolved_config where environment = 'dev' and name = 'CVN_COOLDOWN'), '90s', 'resolved: the entry');
select lives_ok($$select tap.save('dev', '{"CVN_COOLDOWN": null}')$$, 'null goes back to the default');
select is((select row(value, source, entry_value)::text from resolved_config where environment = 'dev' and name = 'CVN_COOLDOWN'),
	'(1m,default,)', 'resolved: the default');
select is((select row(version, body ->> 'value', body ->> 'source')::text from parameter_json('dev', 'CVN_COOLDOWN')), '(5,1m,default)', 'and on the wire');
select is((select e.version from active_config_entries e join active_config c on c.id = e.config_id and c.environment = 'dev'
	where name = 'CVN_ENTRY_THRESHOLD'), 4::bigint, 'an entry that was not touched keeps its version');

-- Refusals
select is(attempt('cvn_api', v.statement), v.outcome, v.what)
from (values
	('CV412', 'a base that is not current', $$select config_write('dev', 'save', 4, '{"CVN_COOLDOWN": "9s"}', '[{"name":"CVN_COOLDOWN","old":"1m","new":"9s"}]', null, 'ada', null, 'x', null)$$),
	('CV412', 'no base', $$select config_write('dev', 'save', null, '{"CVN_COOLDOWN": "9s"}', '[{"name":"CVN_COOLDOWN","old":"1m","new":"9s"}]', null, 'ada', null, 'x', null)$$),
	('CV404', 'an unknown environment', $$select config_write('none', 'save', 5, '{}', '[]', null, 'ada', null, 'x', null)$$),
	('CV422', 'a diff with a wrong old value', $$select config_write('dev', 'save', 5, '{"CVN_COOLDOWN": "9s"}', '[{"name":"CVN_COOLDOWN","old":"2m","new":"9s"}]', null, 'ada', null, 'x', null)$$),
	('CV422', 'a diff that leaves something out', $$select config_write('dev', 'save', 5, '{"CVN_COOLDOWN": "9s", "CVN_FILTER_NEWS": "true"}', '[{"name":"CVN_COOLDOWN","old":"1m","new":"9s"}]', null, 'ada', null, 'x', null)$$),
	('CV422', 'a diff of something else', $$select config_write('dev', 'save', 5, '{}', '[{"name":"CVN_COOLDOWN","old":"1m","new":"9s"}]', null, 'ada', null, 'x', null)$$),
	('23503', 'an unknown parameter', $$select config_write('dev', 'save', 5, '{"CVN_NONE": "9s"}', '[]', null, 'ada', null, 'x', null)$$),
	('23514', 'no reason', $$select config_write('dev', 'save', 5, '{"CVN_COOLDOWN": "9s"}', '[{"name":"CVN_COOLDOWN","old":"1m","new":"9s"}]', null, 'ada', null, ' ', null)$$),
	('23502', 'nobody', $$select config_write('dev', 'save', 5, '{"CVN_COOLDOWN": "9s"}', '[{"name":"CVN_COOLDOWN","old":"1m","new":"9s"}]', null, null, null, 'x', null)$$),
	('23514', 'an unknown kind', $$select config_write('dev', 'other', 5, '{"CVN_COOLDOWN": "9s"}', '[{"name":"CVN_COOLDOWN","old":"1m","new":"9s"}]', null, 'ada', null, 'x', null)$$),
	('CV409', 'a change set that is not approved', $$select config_write('dev', 'save', 5, '{"CVN_COOLDOWN": "9s"}', '[{"name":"CVN_COOLDOWN","old":"1m","new":"9s"}]', repeat('0', 64), 'ada', null, 'x', null, 1)$$)
) v (outcome, what, statement);
select is((select version from active_config where environment = 'dev'), 5::bigint, 'and nothing of it was written');

-- Superseding: only when no value of a change set is in force.
create function pg_temp.states(variadic p_versions bigint[]) returns text language sql as $$
	select string_agg(c.state, ' ' order by c.version) from config_changes c where c.environment = 'live' and c.version = any (p_versions)
$$;
select tap.save('live', '{"CVN_EXIT_THRESHOLD": "0.4", "CVN_MAX_OPEN_POSITIONS": "3"}');
select tap.save('live', '{"CVN_EXIT_THRESHOLD": "0.5"}');
select is(pg_temp.states(5, 6), 'active active', 'one of two values is still in force: active');
select tap.save('live', '{"CVN_MAX_OPEN_POSITIONS": "4"}');
select is(pg_temp.states(5, 6, 7), 'superseded active active', 'none is: superseded');
select tap.save('live', '{"CVN_EXIT_THRESHOLD": null}');
select is(pg_temp.states(5, 6, 7, 8), 'superseded superseded active active', 'back to the default supersedes too');
select is((select string_agg(event || ':' || coalesce(e.request_id, ''), ' ' order by e.id) from config_change_events e join config_changes c on c.id = e.change_id
	where c.environment = 'live' and c.version = 5), 'activate:r-1 supersede:r-1', 'and its events say so, with the request that did it');

select is((select state from config_changes where environment = 'live' and kind = 'create' and diff = '[]'), 'active',
	'what was created without values has none that could be superseded');

-- An approved change set becomes active under its own id.
create temporary table proposed as select change_create('dev', 'change_set', 5, '{"CVN_MAX_POSITION_USD": "60000"}',
	'[{"name": "CVN_MAX_POSITION_USD", "old": "50000", "new": "60000"}]', repeat('a', 64), 'more', 'ada', null) as id;
select change_move(id, 'submit', 'pending_approval', 'ada', null, null) from proposed;
select change_move(id, 'approve', 'approved', 'bob', null, null) from proposed;
select is(w.change_id, c.id, 'the approved one, not a new one') from config_changes c,
	config_write('dev', 'change_set', 5, c.changes, c.diff, c.content_hash, 'ada', 'bob', 'more', null, c.id) w
where c.state = 'approved';
select is((select row(changed_by, approved_by, version)::text from config_history where environment = 'dev' order by id desc limit 1), '(ada,bob,6)',
	'history names author and approver');

-- What is critical is not set without an approval, whoever asks and whatever name they give for the approver.
create function pg_temp.set_critical(p_changed_by text, p_approved_by text, p_change_id bigint default null, p_kind text default 'change_set')
returns text language sql as $$
	select attempt('cvn_api', format($q$select config_write('dev', %L, 6, '{"CVN_MAX_POSITION_USD": "70000"}',
		'[{"name": "CVN_MAX_POSITION_USD", "old": "60000", "new": "70000"}]', repeat('b', 64), %L, %L, 'more', null, %L)$q$,
		p_kind, p_changed_by, p_approved_by, p_change_id))
$$;
create function pg_temp.proposed(p_decided_by text, p_event text, p_hash text) returns bigint language sql as $$
	with made as (
		insert into config_changes (environment, kind, state, base_version, changes, diff, content_hash, reason, created_by, edited_by, decided_by, decided_at)
		values ('dev', 'change_set', 'approved', 6, '{"CVN_MAX_POSITION_USD": "70000"}', '[{"name": "CVN_MAX_POSITION_USD", "old": "60000", "new": "70000"}]',
			repeat('b', 64), 'more', 'ada', 'eve', p_decided_by, now())
		returning id
	), told as (
		insert into config_change_events (change_id, actor, event, detail)
		select id, p_decided_by, p_event, jsonb_build_object('content_hash', p_hash) from made
		returning change_id
	)
	select change_id from told
$$;
select is(pg_temp.set_critical('ada', null), 'CV409', 'a save of a critical parameter');
select is(pg_temp.set_critical('ada', 'bob'), 'CV409', 'a save in the name of an approver');
select is(pg_temp.set_critical('ada', null, pg_temp.proposed(who, event, hash)), 'CV409', what)
from (values ('approved by its author', 'ada', 'approve', repeat('b', 64)), ('approved by who edited it last', 'eve', 'approve', repeat('b', 64)),
	('approved without an approval', 'bob', 'submit', repeat('b', 64)), ('approved with another content', 'bob', 'approve', repeat('c', 64))) v (what, who, event, hash);
select is((select version from active_config where environment = 'dev'), 6::bigint, 'and nothing of it was written');
insert into variable_catalog_history (name, catalog_version, action, old, new, changed_by, change_reason)
values ('CVN_SYMBOLS', 1, 'update', '{"critical": true}', '{"critical": false}', 'mallory', 'x');
select is(attempt('cvn_api', format($$select config_write('dev', 'save', 6, '{"CVN_SYMBOLS": "[]"}',
	jsonb_build_array(jsonb_build_object('name', 'CVN_SYMBOLS', 'old', (select value from resolved_config where environment = 'dev' and name = 'CVN_SYMBOLS'), 'new', '[]')),
	null, %L, null, 'x', null)$$, who)), outcome, format('%s saves what mallory made easier to write', who))
from (values ('mallory', 'CV409')) v (who, outcome);
select is(attempt('cvn_api', 'select config_approval(c) from config_changes c where c.state in (''active'', ''superseded'')'), 'ok', 'what is applied would be again');
select is(pg_temp.set_critical('ada', 'bob', pg_temp.proposed('bob', 'approve', repeat('b', 64)), 'restore'), 'CV409', 'approved as of another kind');
select is(pg_temp.set_critical('ada', 'bob', pg_temp.proposed('bob', 'approve', repeat('b', 64))), 'ok', 'approved by another, as it is: written');

-- A new environment, and the lock
select is(version, 1::bigint, 'an environment starts at version 1') from environment_create('copy', 'live', 'ada', 'a copy', null);
select results_eq($$select name::text collate "C", value from config_at('copy', 1)$$,
	$$select name::text collate "C", value from resolved_config where environment = 'live' and value is not null order by name$$, 'a copy resolves as its model');
select is((select snapshot -> 'CVN_SYMBOLS' from config_history where environment = 'copy'), to_jsonb('["BTCUSDT","ETHUSDT"]'::text), 'with a snapshot');
select is(attempt('cvn_api', $$select environment_create('copy', null, 'ada', 'again', null)$$), '23505', 'not twice');
select is(attempt('cvn_api', $$select environment_create('more', 'none', 'ada', 'x', null)$$), 'CV404', 'not from nowhere');
select ok(environment_lock('copy', 'ada'), 'locked');
select is((select locked_by from config_lock('copy')), 'ada', 'config_lock says by whom');
select ok(environment_lock('copy', null), 'unlocked');
select is((select row(version, locked_by, catalog_version, frozen_until)::text from config_lock('copy')), '(1,,1,)', 'config_lock says what is current');
select ok(not environment_lock('none', 'ada'), 'an unknown environment cannot be locked');
select is_empty($$select * from config_lock('none')$$, 'config_lock: no row for an unknown environment');
select throws_ok($$do $f$ begin delete from catalog_state; perform config_lock('copy'); end $f$ $$, 'P0002', null, 'without a state of the catalog nobody is told that there are no definitions');

-- A catalog change that moves what environments resolve to
update variable_catalog set default_value = '50s' where name = 'CVN_COOLDOWN';
select lives_ok($$select config_write('dev', 'catalog', 7, '{}', '[{"name":"CVN_COOLDOWN","old":"1m","new":"50s"}]', null, 'ada', null, 'x', null)$$,
	'a new default is a version');
select is(attempt('cvn_api', $$select config_write('dev', 'catalog', 8, '{}', '[{"name":"CVN_COOLDOWN","old":"1m","new":"55s"}]', null, 'ada', null, 'x', null)$$),
	'CV422', 'with the value that it resolves to');
select is(attempt('cvn_api', $$select config_write('dev', 'catalog', 8, '{"CVN_MAX_POSITION_USD": "80000"}', '[{"name":"CVN_MAX_POSITION_USD","old":null,"new":"80000"}]',
	null, 'ada', null, 'x', null)$$), 'CV422', 'what is critical is not set in the name of the catalog, as if it were new');
update variable_catalog set default_value = '2' where name = 'CVN_MAX_LEVERAGE';
select is(attempt('cvn_api', $$select config_write('dev', 'catalog', 8, '{}', jsonb_build_array(jsonb_build_object('name', 'CVN_MAX_LEVERAGE',
	'old', '3', 'new', '2')), null, 'ada', null, 'x', null)$$), 'CV409', 'and for what is critical another default is another value');
select catalog_write('CVN_NEW_LIMIT', to_jsonb(v) || '{"critical": true, "default_value": "7"}', 'ada', 'new', null) from variable_catalog v where v.name = 'CVN_MAX_LEVERAGE';
select is(attempt('cvn_api', $$select config_write('dev', 'catalog', 8, '{}', jsonb_build_array(jsonb_build_object('name', 'CVN_MAX_LEVERAGE',
	'old', null, 'new', '2')), null, 'ada', null, 'x', null)$$), 'CV409', 'also where it is said that there was none before');
select is(attempt('cvn_api', $$select config_write('dev', 'catalog', 8, '{}', '[{"name":"CVN_NEW_LIMIT","old":null,"new":"7"}]', null, 'ada', null, 'x', null)$$),
	'ok', 'but what is new may come with a value');

select * from finish();
rollback;
