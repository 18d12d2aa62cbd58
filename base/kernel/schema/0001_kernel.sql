create table journal (
    id bigint primary key,
    position bigint,
    occurred_at bigint not null,
    recorded_at bigint not null,
    origin text not null,
    actor_kind text not null,
    actor bigint not null,
    verb text not null,
    object_kind text not null,
    object bigint not null,
    conversation bigint,
    community bigint,
    toward text not null,
    asks boolean not null,
    audience text not null,
    txid bigint
);
create unique index journal_position on journal (position);
create index journal_actor on journal (actor, position);
create index journal_community on journal (community, position);

create table node_lease (
    node bigint primary key,
    holder text not null,
    expires_at bigint not null
);

create table once (
    person bigint not null,
    route text not null,
    key text not null,
    hash text not null,
    subject bigint not null,
    at bigint not null,
    primary key (person, route, key)
);
create index once_at on once (at);
