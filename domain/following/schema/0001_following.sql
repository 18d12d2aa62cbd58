create table follow (
    id bigint primary key,
    person bigint not null,
    what text not null,
    thing bigint not null,
    word text not null,
    since bigint not null
);
create unique index follow_once on follow (person, what, thing, word);
create index follow_thing on follow (thing);

-- In which conversations a person said something, or was addressed. Derived from the journal.
create table part (
    person bigint not null,
    conversation bigint not null,
    said_at bigint not null,
    named boolean not null,
    primary key (person, conversation)
);

-- What a person marked on their notices. Seen by them alone.
create table notice_mark (
    person bigint not null,
    conversation bigint not null,
    read_to bigint not null,
    unread boolean not null,
    muted boolean not null,
    at bigint not null,
    primary key (person, conversation)
);

create table notice_setting (
    person bigint primary key,
    read_to bigint not null,
    took_part boolean not null
);

create index journal_conversation on journal (conversation, position) where conversation is not null;
create index journal_announced on journal (community, occurred_at) where verb = 'announced';

-- Who took part before there was this table.
insert into part (person, conversation, said_at, named)
select e.actor, e.conversation, max(e.occurred_at), false
from journal e join person p on p.id = e.actor and p.left_at is null
where e.verb in ('contributed', 'replied') and e.actor_kind = 'person' and e.origin = 'live' and e.conversation is not null
group by e.actor, e.conversation;

insert into part (person, conversation, said_at, named)
select m.person, c.root, 0, false
from mention m join contribution c on c.id = m.contribution join person p on p.id = m.person and p.left_at is null
where not c.voice
group by m.person, c.root
on conflict (person, conversation) do nothing;

insert into part (person, conversation, said_at, named)
select n.person, n.conversation, 0, true
from named n join contribution c on c.id = n.conversation and c.author <> n.person join person p on p.id = n.person and p.left_at is null
where true
on conflict (person, conversation) do update set named = true;

-- What was said before there were notices is no news.
insert into notice_setting (person, read_to, took_part)
select p.id, (select coalesce(max(position), 0) from journal), true from person p where p.left_at is null;
