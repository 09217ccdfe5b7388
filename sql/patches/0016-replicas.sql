-- As many processes under one id as somebody who starts a number of replicas with it would have: whoever is forgotten
-- between two reports of its own would be taken for one that has just started.

alter table workers drop constraint workers_instances_few;
alter table workers add constraint workers_instances_few check (cardinality(instances) <= 16);

insert into schema_patch (name) values ('0016-replicas');
