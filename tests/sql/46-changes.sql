-- A change set before it is applied: drafted, edited, moved; and who needs approval for what they made easier to write.
begin;
select no_plan();

create temporary table made as
	select change_create('dev', 'change_set', 3, '{"CVN_COOLDOWN": "9s"}', '[{"name": "CVN_COOLDOWN", "old": "10s", "new": "9s"}]', repeat('a', 64), 'why', 'ada', 'r-9') as id;
grant select on made to cvn_api, cvn_worker;
create function pg_temp.now_it_is() returns text language sql as $$
	select row(c.state, c.reason, c.edited_by, c.submitted_at is not null, c.decided_by, c.decided_at is not null, c.comment)::text
	from config_changes c join made using (id)
$$;

select is(pg_temp.now_it_is(), '(draft,why,,f,,f,)', 'a draft');
select is(attempt('cvn_api', $$select change_content(id, 3, '{"CVN_COOLDOWN": "8s"}', '[]', repeat('b', 64), null, 'bob') from made$$), 'ok', 'another content');
select is(pg_temp.now_it_is(), '(draft,why,bob,f,,f,)', 'names who edited; the reason stays');
select is(attempt('cvn_api', $$select change_move(id, 'submit', 'pending_approval', 'ada', null, 'm-1') from made$$), 'ok', 'submitted');
select is(pg_temp.now_it_is(), '(pending_approval,why,bob,t,,f,)', 'at a time');
select is(attempt('cvn_api', $$select change_content(id, 4, '{}', '[]', repeat('c', 64), null, null) from made$$), 'ok', 'rebased');
select is(pg_temp.now_it_is(), '(pending_approval,why,bob,t,,f,)', 'by nobody in particular');
select is(attempt('cvn_api', $$select change_move(id, 'edit', 'draft', 'ada', null, 'm-2') from made$$), 'ok', 'taken back');
select is(pg_temp.now_it_is(), '(draft,why,bob,f,,f,)', 'it is not submitted any more');
select is(attempt('cvn_api', $$select change_move(id, 'activate', 'active', 'ada', null, 'm-3') from made$$), 'CV409', 'a draft does not become active');
select is(attempt('cvn_api', $$select change_move(id, 'submit', 'pending_approval', 'ada', null, 'm-4') from made$$), 'ok', 'submitted again');
select is(attempt('cvn_api', $$select change_move(id, 'reject', 'rejected', 'eve', 'too much', 'm-5') from made$$), 'ok', 'rejected');
select is(pg_temp.now_it_is(), '(rejected,why,bob,t,eve,t,"too much")', 'by whom, and why');
select is(attempt('cvn_api', $$select change_move(id, 'submit', 'pending_approval', 'ada', null, 'm-6') from made$$), 'CV409', 'and that is its end');
select is((select string_agg(event || ':' || actor, ' ' order by e.id) from config_change_events e join made m on m.id = e.change_id),
	'submit:ada edit:ada submit:ada reject:eve', 'each event has its row');
select is((select string_agg(e ->> 'request_id', ' ' order by i) from made, json_array_elements(change_events(id)) with ordinality as u (e, i)), 'm-1 m-2 m-4 m-5',
	'and names the request that it came with');
select is(attempt(r, 'select change_move(id, ''withdraw'', ''withdrawn'', ''ada'', null, null) from made'), '42501', r || ' moves nothing')
from unnest(array['cvn_worker', 'cvn_notifier', 'cvn_reader']) r;
select is(change_document(-1), null, 'no document of what is not');
select is((select change_document(id) #>> '{events,0,event}' from made), 'submit', 'a document has the events');

-- The version that an approved one becomes is found by the request that applied it.
create temporary table applied as
	select change_create('dev', 'change_set', 3, '{"CVN_COOLDOWN": "9s"}', '[{"name": "CVN_COOLDOWN", "old": "10s", "new": "9s"}]', repeat('d', 64), 'why', 'ada', 'r-10') as id;
select change_move(id, 'submit', 'approved', 'ada', null, 'm-7') from applied;
select is(w.change_id, a.id, 'applied') from applied a,
	config_write('dev', 'change_set', 3, '{"CVN_COOLDOWN": "9s"}', '[{"name": "CVN_COOLDOWN", "old": "10s", "new": "9s"}]', repeat('d', 64), 'ada', null, 'why', 'r-11', a.id) w;
select is((select request_id::text from config_history where id = (select max(id) from config_history)), 'r-11', 'the history names the request that applied it');
select is((select string_agg(event || ':' || e.request_id, ' ' order by e.id) from config_change_events e join applied a on a.id = e.change_id), 'submit:m-7 activate:r-11',
	'and so does the event');


-- Where it came from
create temporary table brought as
	select change_create('dev', 'import', 4, '{}', '[]', repeat('e', 64), 'why', 'ada', 'r-12', '{"environment": "paper", "version": 7}') as id;
select is((select change_document(id) -> 'origin' from brought), '{"environment": "paper", "version": 7}', 'an origin is part of the document');
select change_content(id, 4, '{}', '[]', repeat('f', 64), null, 'ada') from brought;
select is((select origin ->> 'version' from config_changes join brought using (id)), '7', 'and stays through an edit');
select is((select change_document(id) -> 'origin' from made), 'null', 'what came from nowhere else has none');
select throws_ok($$select change_create('dev', 'import', 4, '{}', '[]', repeat('e', 64), 'why', 'ada', 'r-12', '[]')$$, '23514', null, 'an origin is an object');

-- Easier to write
insert into variable_catalog_history (name, catalog_version, action, old, new, changed_by, change_reason) values
	('CVN_COOLDOWN', 1, 'update', '{"critical": true}', '{"critical": false}', 'ada', 'x'),
	('CVN_SYMBOLS', 1, 'update', '{"critical": false}', '{"critical": true}', 'ada', 'x'),
	('CVN_FILTER_NEWS', 1, 'update', '{"description": "a"}', '{"description": "b"}', 'ada', 'x'),
	('CVN_STOP_LOSS_PCT', 1, 'update', '{"max_value": "1"}', '{"max_value": "2"}', 'ada', 'x'),
	('CVN_MODEL_TYPE', 1, 'update', '{"allowed_values": ["a"]}', '{"allowed_values": null}', 'bob', 'x');
select set_eq($$select catalog_loosened(array['ada'])$$, array['CVN_COOLDOWN', 'CVN_STOP_LOSS_PCT'], 'what ada made easier');
select set_eq($$select catalog_loosened(array['ada', 'bob', null])$$, array['CVN_COOLDOWN', 'CVN_STOP_LOSS_PCT', 'CVN_MODEL_TYPE'], 'and bob');
select is_empty($$select catalog_loosened(array['eve'])$$, 'and eve nothing');
insert into config_rules_history (name, catalog_version, action, old, new, changed_by) values
	('a', 1, 'create', null, '{"expression": "CVN_EXIT_THRESHOLD > 0"}', 'eve'),
	('a', 1, 'update', '{"expression": "CVN_SYMBOLS <> ''CVN_KILL_SWITCH''"}', '{"expression": "CVN_FILTER_TREND"}', 'eve'),
	('a', 1, 'update', '{"expression": "CVN_FILTER_TREND", "message": "a"}', '{"expression": "CVN_FILTER_TREND", "message": "b"}', 'eve'),
	('b', 1, 'delete', '{"expression": "CVN_ENTRY_THRESHOLD < CVN_MAX_LEVERAGE"}', null, 'eve');
select set_eq($$select catalog_loosened(array['eve'])$$, array['CVN_SYMBOLS', 'CVN_ENTRY_THRESHOLD', 'CVN_MAX_LEVERAGE'],
	'what a rule held back that eve changed or deleted');
select is(catalog_loosens('{"type": "int", "critical": false, "min_value": null, "max_value": "9", "allowed_values": null}'::jsonb || old,
	'{"type": "int", "critical": false, "min_value": null, "max_value": "9", "allowed_values": null}'::jsonb || new), loosens, format('%s to %s', old, new))
from (values ('{}'::jsonb, '{}'::jsonb, false), ('{}', '{"default_value": "3"}', false), ('{}', '{"critical": true}', false),
	('{"critical": true}', '{"critical": false}', true), ('{"critical": true}', '{"critical": true}', false),
	('{"deprecated": true}', '{"deprecated": false}', true), ('{"deprecated": false}', '{"deprecated": true}', false),
	('{"required": true}', '{"required": false}', true), ('{"required": false}', '{"required": true}', false),
	('{"category": "risk_limit", "hot_reloadable": true}', '{"category": "threshold", "hot_reloadable": true}', true),
	('{"category": "risk_limit", "hot_reloadable": false}', '{"category": "risk_limit", "hot_reloadable": true}', true),
	('{"category": "threshold", "hot_reloadable": false}', '{"category": "risk_limit", "hot_reloadable": true}', true),
	('{"category": "risk_limit", "hot_reloadable": false}', '{"category": "threshold", "hot_reloadable": false}', false),
	('{"category": "cooldown", "hot_reloadable": true}', '{"category": "filter_flag", "hot_reloadable": true}', false),
	('{"category": "threshold", "hot_reloadable": true}', '{"category": "risk_limit", "hot_reloadable": true}', false),
	('{"category": "risk_limit", "hot_reloadable": true}', '{"category": "risk_limit", "hot_reloadable": false}', false),
	('{}', '{"type": "decimal"}', true),
	('{}', '{"min_value": "1"}', true), ('{}', '{"max_value": null}', true), ('{}', '{"max_value": "10"}', true),
	('{"allowed_values": ["1"]}', '{"allowed_values": ["1"]}', false), ('{"allowed_values": ["1"]}', '{"allowed_values": ["1", "2"]}', true)) v (old, new, loosens);

select * from finish();
rollback;
