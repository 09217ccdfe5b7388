-- Where imported and promoted values came from.

alter table config_changes add column origin jsonb
	constraint config_changes_origin_object check (jsonb_typeof(origin) = 'object');
comment on column config_changes.origin is
	'Of an import or a promotion, where its values came from: {environment, version, catalog_version}, as far as it is known.';

drop function if exists change_create(text, text, bigint, jsonb, jsonb, text, text, text, text);

insert into schema_patch (name) values ('0009-origin');
