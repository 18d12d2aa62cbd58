-- The person whose a remembered voice is, by their own act and a steward's word.
alter table voice add column person bigint;
-- Its name as it is looked for: in small letters.
alter table voice add column sought text not null default '';
update voice set sought = lower(name);
create index voice_person on voice (person) where person is not null;
create index voice_sought on voice (sought, id);
