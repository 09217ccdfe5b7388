-- Whose a session or token is.
begin;
select no_plan();

insert into operators (login, password_hash, created_by, disabled) values
	('ada', '$y$x', 'root', false), ('bob', '$y$x', 'root', false), ('eve', '$y$x', 'root', true),
	('zoe', '$y$x', 'root', false);
insert into operator_roles values ('ada', '*', 'editor'), ('ada', 'live', 'approver'), ('eve', '*', 'admin'), ('zoe', '*', 'admin');
insert into sessions (sha256, login, created_at, expires_at) values
	(repeat('1', 64), 'ada', now(), now() + interval '1 hour'), (repeat('2', 64), 'bob', now(), now() + interval '1 hour'),
	(repeat('3', 64), 'eve', now(), now() + interval '1 hour'), (repeat('4', 64), 'ada', now() - interval '2 hours', now() - interval '1 hour');
insert into tokens (name, sha256, role, environment, created_by, expires_at, revoked_at) values
	('paper workers', repeat('a', 64), 'worker', 'paper', 'ada', null, null), ('short', repeat('b', 64), 'viewer', '*', 'zoe', now() + interval '1 hour', null),
	('over', repeat('c', 64), 'viewer', '*', 'zoe', now() - interval '1 hour', null), ('revoked', repeat('d', 64), 'viewer', '*', 'zoe', null, now()),
	('of one who is gone', repeat('e', 64), 'viewer', '*', 'eve', null, null), ('of one who was an admin', repeat('f', 64), 'viewer', '*', 'ada', null, null);

select is((select string_agg(row(a.*)::text, ' ' order by environment) from authenticate(v.kind, repeat(v.digit, 64)) a), v.found, v.what)
from (values
	('session', '1', '(ada,,*,editor) (ada,,live,approver)', 'a session gives every role'),
	('session', '2', '(bob,,,)', 'one without roles gives a row without role'),
	('session', '3', null, 'one who is disabled gives nothing'),
	('session', '4', null, 'an expired session gives nothing'),
	('session', '9', null, 'an unknown one gives nothing'),
	('session', 'a', null, 'a token is not a session'),
	('token', 'a', '(ada,"paper workers",paper,worker)', 'a token gives its role and its creator'),
	('token', 'b', '(zoe,short,*,viewer)', 'until it expires'),
	('token', 'c', null, 'an expired token gives nothing'),
	('token', 'd', null, 'a revoked one gives nothing'),
	('token', 'e', null, 'one of a disabled creator gives nothing'),
	('token', 'f', null, 'nor an operator''s of who is no admin everywhere'),
	('token', '1', null, 'a session is not a token')
) v (kind, digit, found, what);
select is(attempt('cvn_api', $$select authenticate('password', repeat('1', 64))$$), 'CV422', 'another kind is an error');
select is(attempt('cvn_notifier', $$select authenticate('token', repeat('a', 64))$$), 'ok', 'the notifier may ask');
select is((select count(*) from authenticate('token', 'short')), 0::bigint, 'a digest of another length is unknown');

update operators set disabled = true where login <> 'zoe';
select is(attempt('cvn_api', v.statement), 'CV409', 'the last admin everywhere: ' || v.statement)
from (values ($$select operator_delete('zoe')$$), ($$select operator_update('zoe', null, '[]', null)$$), ($$select operator_update('zoe', null, null, true)$$)) v (statement);

select * from finish();
rollback;
