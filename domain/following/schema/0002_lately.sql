-- When somebody last said something in a conversation or was addressed in it: notices look at the latest of these.
alter table part add column at bigint not null default 0;
drop index journal_conversation;
create index journal_conversation on journal (conversation, occurred_at, position) where conversation is not null;
update part set at = said_at;
update part set at = (select max(e.occurred_at) from journal e where e.conversation = part.conversation and e.origin = 'live'
        and ',' || e.toward || ',' like '%,' || cast(part.person as text) || ',%')
    where exists (select 1 from journal e where e.conversation = part.conversation and e.origin = 'live' and e.occurred_at > part.said_at
        and ',' || e.toward || ',' like '%,' || cast(part.person as text) || ',%');
create index part_lately on part (person, named, at);
