-- What the catalog holds, told apart: its version may come again, with another content, after a backup was restored.

alter table catalog_state add column stamp uuid not null default gen_random_uuid();
comment on column catalog_state.stamp is 'Another one after every statement that wrote the catalog, and never the same again.';

insert into schema_patch (name) values ('0015-stamp');
