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

select is(attempt('cvn_owner', $$delete from variable_catalog where name = 'CVN_COOLDOWN'$$), '23503', 'a parameter that history names stays');
select is(attempt('cvn_owner', $$delete from variable_catalog where name = 'CVN_MAX_LEVERAGE'$$), 'ok', 'one that nothing names may go');

select * from finish();
rollback;
