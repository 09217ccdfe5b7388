-- SQL agrees with the core: its tables are read from the sources.
begin;
select no_plan();

\set moves `tr '\n\t' '  ' < "$CVN_TEST_ROOT/workerlib/core/lifecycle.c" | grep -o '\.from = LIFECYCLE_[A-Z_]*, \.event = LIFECYCLE_[A-Z_]*, \.to = LIFECYCLE_[A-Z_]*' | sed 's/\.[a-z]* = LIFECYCLE_//g' | tr 'A-Z' 'a-z'`
\set states `sed -n '/define LIFECYCLE_STATES/,/^$/s/.*"\(.*\)".*/\1/p' "$CVN_TEST_ROOT/workerlib/core/lifecycle.h"`
\set events `sed -n '/define LIFECYCLE_EVENTS/,/^$/s/.*"\(.*\)".*/\1/p' "$CVN_TEST_ROOT/workerlib/core/lifecycle.h"`

create temporary table core_state as select s as state from regexp_split_to_table(:'states', '\n') s;
create temporary table core_move as
	select (regexp_split_to_array(m, ', '))[1] as was, (regexp_split_to_array(m, ', '))[3] as becomes from regexp_split_to_table(:'moves', '\n') m;

select cmp_ok((select count(*) from core_move), '>=', 10::bigint, 'the core''s table was found');
select is((select count(*) from core_move where config_change_may(was, becomes)), (select count(*) from core_move), 'SQL admits every move of the core');
select set_eq('select a.state as was, b.state as becomes from core_state a, core_state b where config_change_may(a.state, b.state)',
	'select was, becomes from core_move', 'and no other');
select set_eq($$select m[1] from pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m where c.conname = 'change_state_known'$$,
	'select state from core_state', 'the states are the core''s');
select is_empty($$select distinct event from config_change_events where event <> all (regexp_split_to_array($$ || quote_literal(:'events') || $$, '\n'))$$,
	'the events written are the core''s');
select is(attempt('cvn_owner', format($$insert into config_changes (environment, kind, state, base_version, changes, diff, reason, created_by)
	values ('dev', 'change_set', %L, 3, '{}', '[]', 'x', 'ada')$$, s)), 'ok', 'a change set may be ' || s)
from unnest(array['draft', 'pending_approval', 'approved', 'rejected', 'withdrawn']) s;
select is(attempt('cvn_owner', format('update config_changes set state = %L where state = %L and id > 10', v.becomes, v.was)), 'CV409',
	format('%s does not become %s', v.was, v.becomes))
from (values ('rejected', 'draft'), ('withdrawn', 'pending_approval'), ('approved', 'draft'), ('rejected', 'rejected')) v (was, becomes);

-- Which category waits for which boundary, and which boundary is the laxer one.
\set categories `grep -o '{ "[a-z_]*", BOUNDARY_[A-Z_]* }' "$CVN_TEST_ROOT/workerlib/core/boundary.c" | tr -d '{}" '`
\set boundaries `sed -n 's/^enum boundary { \(.*\), BOUNDARIES };/\1/p' "$CVN_TEST_ROOT/workerlib/core/boundary.h"`
create temporary table core_boundary as select lower(substr(b, 10)) as name, i from regexp_split_to_table(:'boundaries', ', ') with ordinality as u (b, i);
create temporary table core_category as
	select (string_to_array(c, ','))[1] as name, lower(substr((string_to_array(c, ','))[2], 10)) as boundary from regexp_split_to_table(:'categories', '\n') c;
create temporary table core_definition as
	select jsonb_build_object('category', c.name, 'hot_reloadable', hot) as definition, b.name as boundary, b.i
	from core_category c cross join (values (true), (false)) h (hot) join core_boundary b on b.name = case when hot then c.boundary else 'restart' end;
select set_eq('select name from core_category', $$select m[1] from pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m
	where c.conname = 'variable_catalog_category_known'$$, 'the categories are the core''s');
select is((select count(*) from core_definition), 8::bigint, 'each has a boundary, hot and cold');
select is(catalog_boundary(definition), boundary, 'SQL waits as the core does: ' || definition::text) from core_definition;
select is(catalog_loosens(a.definition, b.definition), a.i > b.i, format('%s to %s', a.definition, b.definition)) from core_definition a, core_definition b;

select * from finish();
rollback;
