-- A save makes another version of the row of its environment, on the same page, and who reads the row walks along all that
-- came before it until the page is tidied up, which is when it is full: most of each page is left free, so that this is soon.

alter table active_config set (fillfactor = 10);
comment on table active_config is
	'One row an environment. Its row lock serialises the environment''s writers. Rewritten at each save, so most of each page is left free for it.';

insert into schema_patch (name) values ('0020-room');
