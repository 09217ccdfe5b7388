-- The five roles, made once by who may make roles, and the doors that PUBLIC does not get.
--
--   cvn_owner     owns every object; applies patches
--   cvn_api       the responders: the only role that may change configuration, and only through config_write()
--   cvn_worker    a trading worker: reads its configuration, reports through worker_report()
--   cvn_notifier  reads, listens
--   cvn_reader    dashboards: reads everything but secrets
--
-- Runs as the user who connects, not as cvn_owner. Where the roles exist and nothing is missing it changes nothing.
do $$
declare
	v_role text;
begin
	foreach v_role in array array['cvn_owner', 'cvn_api', 'cvn_worker', 'cvn_notifier', 'cvn_reader'] loop
		if not exists (select from pg_roles where rolname = v_role) then
			execute format('create role %I login', v_role);
		end if;
	end loop;

	-- A superuser hands the database over; anyone else must find it handed over already.
	if (select rolsuper from pg_roles where rolname = current_user) then
		execute format('alter database %I owner to cvn_owner', current_database());
		alter schema public owner to cvn_owner;
	end if;
end
$$;

set role cvn_owner;

do $$
begin
	execute format('revoke all on database %I from public', current_database());
	execute format('grant connect on database %I to cvn_api, cvn_worker, cvn_notifier, cvn_reader', current_database());
end
$$;

revoke all on schema public from public;
grant usage on schema public to cvn_api, cvn_worker, cvn_notifier, cvn_reader;

-- Whatever cvn_owner makes from here on, nobody else may run until grants.sql says so.
alter default privileges for role cvn_owner revoke execute on functions from public;
alter default privileges for role cvn_owner revoke usage on types from public;
