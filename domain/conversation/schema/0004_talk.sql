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

create table gathered (
    contribution bigint not null,
    source bigint not null,
    conversation bigint not null,
    place bigint not null,
    primary key (contribution, source)
);
create index gathered_conversation on gathered (conversation);
create index gathered_source on gathered (source);

create table tray (
    person bigint not null,
    contribution bigint not null,
    place bigint not null,
    primary key (person, contribution)
);
create index tray_contribution on tray (contribution);
