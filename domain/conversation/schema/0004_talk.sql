alter table contribution add column fades_at bigint;
create index contribution_fades on contribution (fades_at) where fades_at is not null and words <> '';

create table announcement (
    contribution bigint primary key,
    community bigint not null,
    until bigint not null,
    at bigint not null
);
create index announcement_community on announcement (community, until);

create table put_aside (
    person bigint not null,
    contribution bigint not null,
    primary key (person, contribution)
);
create index put_aside_contribution on put_aside (contribution);

create table collected (
    contribution bigint not null,
    source bigint not null,
    conversation bigint not null,
    place bigint not null,
    primary key (contribution, source)
);
create index collected_conversation on collected (conversation);
create index collected_source on collected (source);

create table tray (
    person bigint not null,
    contribution bigint not null,
    place bigint not null,
    primary key (person, contribution)
);
create index tray_contribution on tray (contribution);
