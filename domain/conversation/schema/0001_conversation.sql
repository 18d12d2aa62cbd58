create table contribution (
    id bigint primary key,
    root bigint not null,
    parent bigint,
    depth bigint not null,
    community bigint,
    author bigint not null,
    voice boolean not null,
    kind text not null,
    title text not null,
    words text not null,
    html text not null,
    render_version bigint not null,
    audience text not null,
    asks boolean not null,
    quote text not null,
    work text not null,
    trail bigint,
    trail_title text not null,
    grew_from bigint,
    link text not null,
    version bigint not null,
    at bigint not null,
    edited_at bigint,
    withdrawn_at bigint
);
create index contribution_root on contribution (root, at, id);
create index contribution_community on contribution (community, at, id) where parent is null;
create index contribution_alive on contribution (community, at);
create index contribution_newest on contribution (at, id) where parent is null;
create index contribution_author on contribution (author, at, id);
create index contribution_trail on contribution (trail, at, id) where trail is not null;
create index contribution_grew on contribution (grew_from) where grew_from is not null;

create table contribution_revision (
    contribution bigint not null,
    version bigint not null,
    title text not null,
    words text not null,
    html text not null,
    at bigint not null,
    primary key (contribution, version)
);

create table named (
    conversation bigint not null,
    person bigint not null,
    primary key (conversation, person)
);
create index named_person on named (person);

create table mention (
    contribution bigint not null,
    person bigint not null,
    primary key (contribution, person)
);
create index mention_person on mention (person);

create table thanks (
    id bigint primary key,
    contribution bigint not null,
    conversation bigint not null,
    person bigint not null,
    words text not null,
    at bigint not null
);
create index thanks_conversation on thanks (conversation, at, id);
create index thanks_person on thanks (person);

create table me_too (
    contribution bigint not null,
    conversation bigint not null,
    person bigint not null,
    at bigint not null,
    primary key (contribution, person)
);
create index me_too_conversation on me_too (conversation, at);
create index me_too_person on me_too (person);

create table draft (
    person bigint not null,
    place text not null,
    words text not null,
    at bigint not null,
    primary key (person, place)
);
