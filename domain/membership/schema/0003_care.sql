alter table suspension add column rule text not null default '';

create table waits (
    what text not null,
    thing bigint not null,
    audience bigint not null,
    community bigint,
    spared bigint not null,
    spared_too bigint not null,
    at bigint not null,
    primary key (what, thing, audience)
);
create index waits_audience on waits (audience);
