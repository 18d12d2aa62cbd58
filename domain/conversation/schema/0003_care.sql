alter table contribution add column hidden text not null default '';
alter table contribution add column closed text not null default '';
alter table contribution add column moved text not null default '';
alter table contribution add column held text not null default '';
create index contribution_held on contribution (community, at, id) where held <> '';

create table first_words (
    community bigint primary key,
    by_person bigint not null,
    at bigint not null
);
