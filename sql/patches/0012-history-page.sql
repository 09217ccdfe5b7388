-- A page of the history may be that of one change set; a function without that would stand beside the new one.

drop function if exists history_page(text, text, text, text, timestamptz, timestamptz, bigint, integer, text, text);

insert into schema_patch (name) values ('0012-history-page');
