-- The same grammars, said so that they cost little: a bound in a regular expression makes a state of each place in the
-- text, and a save looks at some twenty names and digests. Not valid: what there is passed the same grammar in other words, and
-- is not read again.

alter domain parameter_name drop constraint parameter_name_grammar;
alter domain parameter_name add constraint parameter_name_grammar
	check (octet_length(value) between 2 and 63 and value ~ '^[A-Z][A-Z0-9_]+$') not valid;

alter domain environment_name drop constraint environment_name_grammar;
alter domain environment_name add constraint environment_name_grammar
	check (octet_length(value) <= 31 and value ~ '^[a-z][a-z0-9-]*$') not valid;

alter domain environment_scope drop constraint environment_scope_grammar;
alter domain environment_scope add constraint environment_scope_grammar
	check (value = '*' or octet_length(value) <= 31 and value ~ '^[a-z][a-z0-9-]*$') not valid;

alter domain identifier drop constraint identifier_grammar;
alter domain identifier add constraint identifier_grammar
	check (octet_length(value) <= 64 and value ~ '^[A-Za-z0-9._-]+$') not valid;

-- As text: what is shorter has blanks at its end otherwise.
alter domain sha256_hex drop constraint sha256_hex_grammar;
alter domain sha256_hex add constraint sha256_hex_grammar
	check (octet_length(value::text) = 64 and value::text ~ '^[0-9a-f]+$') not valid;

alter table config_change_events drop constraint config_change_events_event_grammar;
alter table config_change_events add constraint config_change_events_event_grammar
	check (octet_length(event) <= 32 and event ~ '^[a-z][a-z_]*$') not valid;

insert into schema_patch (name) values ('0014-grammars');
