-- What is written once stays as it was written, even for the owner.
begin;
select no_plan();

insert into parameter_sets (hash, canonical, config_version, catalog_version)
select encode(sha256(convert_to(c, 'UTF8')), 'hex'), c, 'paper:3', 1
from (values ('{"base_env":{"CVN_X":"1"},"code_version":{},"factors":{},"variables_catalog":{}}')) v (c);
insert into parameter_set_names select hash, 'CVN_COOLDOWN' from parameter_sets;
select is((select base_env ->> 'CVN_X' from parameter_sets), '1', 'the columns of a set come from its text');
select tap.report('g1', 'dev', 0);
insert into config_rules_history (name, catalog_version, action, new, changed_by) values ('r', 1, 'create', '{}', 'ada');
insert into config_changes (environment, kind, state, base_version, changes, diff, reason, created_by)
values ('dev', 'save', 'rejected', 3, '{}', '[]', 'x', 'ada');

select is(attempt('cvn_owner', format(a.statement, t.name)), 'CV409', format(a.statement, t.name) || ' is refused')
from unnest(array['config_history', 'config_change_events', 'variable_catalog_history', 'config_rules_history', 'parameter_sets', 'parameter_set_names',
	'worker_reports']) t (name)
cross join (values ('delete from %I'), ('truncate %I cascade')) a (statement);
select is(attempt('cvn_owner', v.statement), 'CV409', v.statement || ' is refused')
from (values ('update config_history set change_reason = ''another'''), ('update variable_catalog_history set changed_by = ''eve'''),
	('update parameter_sets set created_at = now()'), ('update parameter_sets set canonical = canonical'),
	('update config_change_events set actor = ''eve'''), ('delete from config_changes'),
	('update config_changes set diff = ''[]'' where state = ''active'''), ('update config_changes set reason = ''y'' where state = ''rejected'''),
	('update config_changes set state = ''draft'', version = null where state = ''active''')) v (statement);

select is(attempt('cvn_owner', v.statement), '23514', v.what)
from (values
	('a hash that is not of the text', $$insert into parameter_sets (hash, canonical, config_version, catalog_version)
		select hash, canonical || ' ', '1', 1 from parameter_sets$$),
	('a text with other members', $$insert into parameter_sets (hash, canonical, config_version, catalog_version)
		select encode(sha256(convert_to(c, 'UTF8')), 'hex'), c, '1', 1 from
		(values ('{"base_env":{},"code_version":{},"factors":{},"more":1,"variables_catalog":{}}')) v (c)$$)
) v (what, statement);
select is(attempt('cvn_owner', $$insert into parameter_sets (hash, canonical, config_version, catalog_version)
	select encode(sha256(convert_to(c, 'UTF8')), 'hex'), c, '1', 1 from (values ('{"base_env":{}}')) v (c)$$), '23502', 'a text without a member');

-- What names a parameter keeps it: each case is of one that nothing else names.
insert into variable_catalog (name, type, category, version, updated_by) select 'CVN_NAMED_BY_' || by, 'int', 'threshold', 1, 'ada'
from unnest(array['ENTRY', 'HISTORY', 'CHANGE', 'RULE', 'SET', 'NOTHING']) by;
insert into active_config_entries select id, 'CVN_NAMED_BY_ENTRY', '1', 1, now(), 'ada' from active_config where environment = 'dev';
insert into config_history_names select 'CVN_NAMED_BY_HISTORY', environment, changed_by, id from config_history limit 1;
insert into config_changes (environment, kind, state, base_version, changes, diff, reason, created_by)
values ('dev', 'change_set', 'draft', 3, '{"CVN_NAMED_BY_CHANGE": null}', '[]', 'x', 'ada');
insert into config_rules (name, expression, message, version, updated_by)
values ('of-a-test', 'CVN_NAMED_BY_RULE+1 > 2 or CVN_MODEL_TYPE = ''CVN_NAMED_BY_NOTHING'' or CVN_MODEL_TYPE = "CVN_NAMED_BY_NOTHING"', 'x', 1, 'ada');
insert into parameter_set_names select hash, 'CVN_NAMED_BY_SET' from parameter_sets;
select is(attempt('cvn_owner', format('delete from variable_catalog where name = %L', v.name)), v.outcome, format('%s: %s', v.name, v.outcome))
from (values ('CVN_MIN_VOLUME_USD', '23503'), ('CVN_NAMED_BY_ENTRY', '23503'), ('CVN_NAMED_BY_HISTORY', '23503'), ('CVN_NAMED_BY_CHANGE', '23503'),
	('CVN_NAMED_BY_RULE', '23503'), ('CVN_NAMED_BY_SET', '23503'), ('CVN_NAMED_BY_NOTHING', 'ok')) v (name, outcome);
select set_eq($$select name::text from config_rule_names where rule = 'of-a-test'$$, array['CVN_MODEL_TYPE', 'CVN_NAMED_BY_RULE'], 'what is in quotes is no parameter');
select set_eq($$select rule_names('CVN_B > 1 and not CVN_A = "CVN_C" or CVN_B < 2')$$, array['CVN_A', 'CVN_B'], 'what an expression names, once');
select is_empty($$select rule_names(null)$$, 'no expression names nothing');

-- The links follow what they are of.
update config_rules set expression = 'CVN_COOLDOWN > 1s' where name = 'of-a-test';
select set_eq($$select name::text from config_rule_names where rule = 'of-a-test'$$, array['CVN_COOLDOWN'], 'another expression, other names');
select is(attempt('cvn_owner', $$update config_rules set expression = 'CVN_NO_SUCH > 1' where name = 'of-a-test'$$), '23503', 'a rule names what there is');
delete from config_rules where name = 'of-a-test';
select is_empty($$select from config_rule_names where rule = 'of-a-test'$$, 'a rule that is gone names nothing');
update config_changes set changes = '{"CVN_COOLDOWN": "9s", "CVN_SYMBOLS": null}' where changes ? 'CVN_NAMED_BY_CHANGE';
select set_eq($$select n.name::text from config_change_names n join config_changes c on c.id = n.change_id where c.state = 'draft'$$,
	array['CVN_COOLDOWN', 'CVN_SYMBOLS'], 'an edited change set names what it names now');
select is(attempt('cvn_owner', $$update config_changes set changes = '{"CVN_NO_SUCH": "9s"}' where state = 'draft'$$), '23503', 'and only what there is');

-- A name is used once.
insert into variable_catalog_history (name, catalog_version, action, old, changed_by, change_reason) values ('CVN_GONE', 1, 'delete', '{}', 'ada', 'x');
select is(attempt('cvn_owner', $$insert into variable_catalog (name, type, category, version, updated_by) values ('CVN_GONE', 'int', 'threshold', 1, 'ada')$$),
	'23505', 'a name that was deleted is not used again');

select * from finish();
rollback;
